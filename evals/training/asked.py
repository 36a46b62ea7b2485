"""What tells the asked parts of a message from the rest: two sparse logistic regressions.

Fitted on messages whose asked stretches their authors marked, on messages that ask several things, and on
lay questions between courtesies and stories. How well it works is measured on authors that it was not fitted
on: each author of marked messages is left out once.
"""

import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.optimize import minimize

from assistant.question.asked import (
    ASKED,
    AskedModel,
    LinearModel,
    begin_features,
    clause_features,
    sentences,
    topical_features,
)
from assistant.question.clauses import Clause, clauses
from assistant.question.message import clean_text, understood
from assistant.question.patterns import SENTENCE
from evals.rows.dataset import DATASETS
from evals.training.fitting import digest_of
from evals.training.samples import Samples
from index.schema import LayQuestion

MESSAGES = DATASETS / "messages"
_MARKED = ("messages.m1.jsonl", "messages.m2.jsonl")
_PARTS = "several_parts.dev.jsonl"
_OTHER_PARTS = "several_parts.dev2.jsonl"
"""By another author, only to measure: fitted on too, it made stories fall into parts."""
_WRAPPINGS = "wrappings.w1.jsonl"
_WRAPPED = 240
_UNMARKED = 0.3
"""Share of the wrapped questions that lose their question mark."""
_PENALTY = 1e-5
_ASKING_WEIGHT = 1.5
_TOPICAL_PENALTY = 1e-4
_FOREIGN_TAKEN = 0.1
"""Share of courtesies and other stories that may be taken for what a question is about."""
_LAY_STEP = 21
"""Every how manieth lay question is an example."""
_LEAST_COUNT = 2
_FLOOR, _BESIDE = 0.5, 0.01
_NEVER_ASKS = 0.002
"""Share of messages that ask something which may be taken for one that asks nothing."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A cleaned message and the spans of what it asks."""

    message: str
    spans: tuple[tuple[int, int], ...]


def marked_messages(path: Path) -> Iterator[Marked]:
    """The rows of a file with `marked` (⟦ and ⟧ around what is asked) or with `text` and `parts`."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        message = clean_text(re.sub("[⟦⟧]", "", row.get("marked") or row["text"]))
        spans, at = [], 0
        for part in row.get("asked") or row["parts"]:
            text = clean_text(part["text"]).strip("。.？！?!,;；， ")
            start = message.find(text, at)
            if start >= 0:
                at = start + len(text)
                spans.append((start, at))
        yield Marked(message, tuple(spans))


def wrapped_questions(questions: Sequence[str], seed: int = 0) -> Iterator[Marked]:
    """Lay questions of one clause between courtesies and stories."""
    chosen = random.Random(seed)  # noqa: S311 - which examples are drawn is no secret
    plain = [text for text in map(clean_text, questions) if len(clauses(text)) == 1]
    rows = [json.loads(line) for line in (MESSAGES / _WRAPPINGS).read_text(encoding="utf-8").splitlines()]
    for number in range(_WRAPPED):
        question, around = chosen.choice(plain), rows[number % len(rows)]
        if chosen.random() < _UNMARKED:
            question = question.rstrip("?？")
        message = clean_text(around["before"] + question + around["after"])
        asked = question.strip("?？。,. ")
        start = message.index(asked)
        yield Marked(message, ((start, start + len(asked)),))


def labels(found: Sequence[Clause], spans: Sequence[tuple[int, int]]) -> list[bool]:
    """Of each clause whether half of it or more is asked."""
    return [
        any(2 * (min(end, c.end) - max(start, c.start)) >= c.end - c.start for start, end in spans)
        for c in found
    ]


def fit_asked(samples: Samples) -> dict[str, float]:
    """Fit on all messages, write `assistant/data/asked.json`, and measure with each author left out."""
    lay = [s.source.text for s in samples.of_corpus if isinstance(s.source, LayQuestion)]
    authors = [list(marked_messages(MESSAGES / name)) for name in _MARKED]
    others = [*marked_messages(MESSAGES / _PARTS), *wrapped_questions(lay)]
    found: dict[str, float] = {}
    for at, held_out in enumerate(authors):
        rest = [row for other, rows in enumerate(authors) if other != at for row in rows]
        measured = _measure(_fit([*rest, *others], least=0.0), held_out)
        found |= {f"{_MARKED[at].split('.')[1]}_{name}": value for name, value in measured.items()}
    everything = [*authors[0], *authors[1], *others]
    model = _fit(everything, least=0.0)
    measured = _measure(model, list(marked_messages(MESSAGES / _OTHER_PARTS)))
    found |= {f"parts_{name}": value for name, value in measured.items()}
    best = [max(map(model.asks.chance, clause_features(clauses(row.message)))) for row in everything]
    least = round(float(np.quantile(best, _NEVER_ASKS)), 4)
    topical, topical_floor = _fit_topical(samples, lay)
    values = {
        "topical": {"weights": topical.weights, "bias": topical.bias},
        "topical_floor": topical_floor,
        "asks": {"weights": model.asks.weights, "bias": model.asks.bias},
        "begins": {"weights": model.begins.weights, "bias": model.begins.bias},
        "floor": _FLOOR,
        "beside": _BESIDE,
        "least": least,
    }
    files = [MESSAGES / name for name in (*_MARKED, _PARTS, _WRAPPINGS)]
    held = {"fitted_from": digest_of(files, samples.origin.digest), "values": values}
    ASKED.write_text(json.dumps(held, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    return found | {"least": least, "topical_floor": topical_floor}


def _fit(rows: Sequence[Marked], least: float) -> AskedModel:
    asks: list[tuple[frozenset[str], bool]] = []
    begins: list[tuple[frozenset[str], bool]] = []
    for row in rows:
        found = clauses(row.message)
        asked = labels(found, row.spans)
        asks += zip(clause_features(found), asked, strict=True)
        begins += _begin_examples(found, asked, row.spans)
    nothing = LinearModel({}, 0.0)
    begin = fit_linear(begins, 1.0)
    return AskedModel(fit_linear(asks, _ASKING_WEIGHT), begin, _FLOOR, _BESIDE, least, nothing, 1.0)


def _fit_topical(samples: Samples, lay: Sequence[str]) -> tuple[LinearModel, float]:
    """Which told sentences are about the documents' matters: those before the questions of development rows,
    and lay questions, against courtesies and stories; and the floor that a tenth of these reach, each kind of
    them left out once."""
    topical = [
        sentence
        for row in samples.rows
        for question in (understood(row.turns[-1]),)
        if row.status == "answered" and question.parts
        for sentence in SENTENCE.findall(question.clean[: question.parts[0].start])
    ]
    topical += lay[::_LAY_STEP]
    foreign = [
        (row["kind"], sentence)
        for row in map(json.loads, (MESSAGES / _WRAPPINGS).read_text(encoding="utf-8").splitlines())
        for text in (row["before"], row["after"])
        for sentence in SENTENCE.findall(clean_text(text))
    ]
    own = [(topical_features(text, samples.vocabulary), True) for text in topical]
    other = [(kind, topical_features(text, samples.vocabulary)) for kind, text in foreign]
    reached: list[float] = []
    for left_out in sorted({kind for kind, _ in other}):
        model = fit_linear(
            [*own, *((f, False) for kind, f in other if kind != left_out)], 1.0, _TOPICAL_PENALTY
        )
        reached += [model.chance(f) for kind, f in other if kind == left_out]
    floor = round(float(np.quantile(reached, 1 - _FOREIGN_TAKEN)), 3)
    return fit_linear([*own, *((f, False) for _, f in other)], 1.0, _TOPICAL_PENALTY), floor


def _begin_examples(
    found: Sequence[Clause], asked: Sequence[bool], spans: Sequence[tuple[int, int]]
) -> Iterator[tuple[frozenset[str], bool]]:
    """Each clause after the first of the sentences that ask, and whether a part begins in it."""
    features = begin_features(found, asked)
    kept = {
        at
        for first, last in sentences(found)
        if any(asked[first : last + 1])
        for at in range(first, last + 1)
    }
    begun = False
    for at in sorted(kept):
        begins = any(found[at].start <= start < found[at].end for start, _ in spans)
        if begun:
            yield features[at], begins
        begun = begun or begins


def fit_linear(
    examples: Sequence[tuple[frozenset[str], bool]], weight: float, penalty: float = _PENALTY
) -> LinearModel:
    """A logistic regression over sparse features; examples that are so count `weight` times."""
    counts = Counter(name for features, _ in examples for name in features)
    at = {
        name: column for column, name in enumerate(sorted(n for n, c in counts.items() if c >= _LEAST_COUNT))
    }
    rows, columns, values = [], [], []
    for row, (features, _) in enumerate(examples):
        for name in sorted(features & at.keys()):
            rows.append(row)
            columns.append(at[name])
            values.append(1 / len(features) ** 0.5)
    x = sparse.csr_matrix((values, (rows, columns)), shape=(len(examples), len(at)))
    sign = np.asarray([1.0 if is_so else -1.0 for _, is_so in examples])
    share = np.where(sign > 0, weight, 1.0)
    share /= share.sum()

    def loss(w):  # type: ignore[no-untyped-def]
        margin = sign * (x @ w[:-1] + w[-1])
        slope = -share * sign / (1 + np.exp(margin))
        whole = np.append(x.T @ slope + 2 * penalty * w[:-1], slope.sum())
        return float((share * np.logaddexp(0, -margin)).sum() + penalty * (w[:-1] ** 2).sum()), whole

    fitted = minimize(loss, np.zeros(len(at) + 1), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    weights = {name: round(float(fitted[column]), 2) for name, column in at.items()}
    return LinearModel({n: w for n, w in weights.items() if abs(w) >= 0.05}, round(float(fitted[-1]), 3))


def _measure(model: AskedModel, rows: Sequence[Marked]) -> Mapping[str, float]:
    """Shares: of marked stretches those found (half of their characters or more in a part); of found parts
    those that hold a marked stretch; of messages those whose number of parts is right."""
    held = stretches = right = parts = counted = 0
    for row in rows:
        asking = model.asked(row.message)
        overlaps = [
            [min(end, part.end) - max(start, part.start) for start, end in row.spans] for part in asking.parts
        ]
        stretches += len(row.spans)
        held += sum(
            any(2 * overlap[at] >= end - start for overlap in overlaps)
            for at, (start, end) in enumerate(row.spans)
        )
        parts += len(asking.parts)
        right += sum(any(value > 0 for value in overlap) for overlap in overlaps)
        counted += len(asking.parts) == len(row.spans)
    return {"recall": held / stretches, "precision": right / parts, "counted": counted / len(rows)}
