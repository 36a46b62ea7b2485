"""How far evidence reaches: for each mode, and for the aspects of a question."""

import re
from collections.abc import Sequence
from itertools import product

import numpy as np

from assistant.answering.evidence import MODES, Limits, choose, evidence_mode, spread
from assistant.answering.read import ReadPart
from assistant.eval_rows.row import Gold, Row
from assistant.question.patterns import load_patterns
from assistant.schema import Question, Request, Turn
from assistant.steps.retrieve import Retrieve
from evals.training.samples import DAY, Samples
from index.schema import Passage
from index.search.searcher import base_address

_FOUND = {"one": 1.5, "several": 1.5, "across": 3.0}
"""Weight of finding all evidence against the precision of what is cited; where several things are asked,
one that is not answered is worse than a clause too many."""
_RATIOS = (0.05, 0.1, 0.2, 0.3, 0.5)
_OWN_RATIOS = (0.01, 0.02, 0.05, 0.1, 0.2)
_MOST = (2, 3, 4, 5)
_PULLS = (0.3, 0.7, 1.0, 1.5)
_MARGINS = (-0.02, -0.01, 0.0, 0.005, 0.01, 0.02, 0.05, 1.0)

Case = tuple[Row, ReadPart, tuple[tuple[frozenset[str], str], ...]]


def fit_evidence(samples: Samples) -> dict[str, float]:
    """For each mode the limits with the best weighted sum of the share of questions whose evidence is all
    found, and the share of cited passages that lie in a gold clause."""
    retrieve = Retrieve(samples.searcher, samples.vocabulary)
    groups: dict[str, list[Case]] = {mode: [] for mode in MODES}
    for sample in samples.of_rows():
        row = sample.row
        if row is None or not sample.answered:
            continue
        question = Question(standalone=sample.text, standard=sample.standard, vector=sample.part.vector)
        part = retrieve(Turn(Request(sample.text, DAY), question)).parts[0]
        mode = evidence_mode(sample.standard, load_patterns(), bool(part.aspects))
        if read := samples.read(part, sample.text):
            groups[mode].append((row, read, _gold(row.gold, samples)))
    limits: dict[str, float] = {}
    report: dict[str, float] = {}
    for mode, cases in groups.items():
        grid = product(
            _RATIOS, _OWN_RATIOS, _MOST, *((_PULLS, _MARGINS) if mode == "across" else ((0.0,), (0.0,)))
        )
        best = max(
            (Limits(*values) for values in grid),
            key=lambda own: (_value(cases, own, _FOUND[mode]), own.ratio),
        )
        limits |= {
            f"evidence_{mode}_ratio": best.ratio,
            f"evidence_{mode}_own_ratio": best.own_ratio,
            f"evidence_{mode}_most": best.most,
        }
        if mode == "across":
            limits |= {"evidence_part_pull": best.pull, "evidence_part_margin": best.margin}
        found, precise = _measures(cases, best)
        report |= {f"{mode}_found": found, f"{mode}_precise": precise, f"{mode}_n": len(cases)}
    samples.origin.write_thresholds(limits)
    return {**limits, **report}


def _gold(golds: Sequence[Gold], samples: Samples) -> tuple[tuple[frozenset[str], str], ...]:
    """For each gold quotation the ids of the passages that overlap it, and its clause."""
    view = samples.library.get(samples.library.ids()[0])
    found = []
    for gold in golds:
        clause = view.clause(gold.clause) if view else None
        at = view.document.text.find(gold.quote, clause.start, clause.end) if view and clause else -1
        end = at + len(gold.quote)
        held = [p.id for p in samples.searcher.passages if at >= 0 and at < p.end and p.start < end]
        found.append((frozenset(held), base_address(gold.clause)))
    return tuple(found)


def _chosen(read: ReadPart, limits: Limits) -> tuple[Passage, ...]:
    chosen = choose(read.part.hits, limits)
    return spread(read.searched, read.part.aspects, chosen, limits) if read.part.aspects else chosen


def _measures(cases: Sequence[Case], limits: Limits) -> tuple[float, float]:
    found, precise = [], []
    for _, read, golds in cases:
        chosen = _chosen(read, limits)
        ids = {passage.id for passage in chosen}
        found.append(all(ids & held for held, _ in golds))
        clauses = {clause for _, clause in golds}
        addresses = [re.sub(r"^.*#", "", base_address(p.clause_id)) for p in chosen]
        precise.append(np.mean([any(a == c or a.startswith(f"{c}.") for c in clauses) for a in addresses]))
    return float(np.mean(found)), float(np.mean(precise))


def _value(cases: Sequence[Case], limits: Limits, weight: float) -> float:
    found, precise = _measures(cases, limits)
    return weight * found + precise
