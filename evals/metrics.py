"""Metrics as pure functions of a row and its answer, each 0 or 1, or a share; None where undefined.

Clause hit and evidence recall follow known-item retrieval; citation precision follows ALCE (Gao et
al., 2023, arXiv:2305.14627) with the clause as the unit of support.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from assistant.schema import Answer, Citation, Status
from evals.dataset import Row
from index.library import Library
from index.search import base_address
from index.text import fold_text

Metric = Callable[[Row, Answer, Library], float | None]


def address_of(citation: Citation) -> str:
    """The citation's clause without its paragraph number."""
    return base_address(citation.clause_id.partition("#")[2])


def in_gold_clause(citation: Citation, row: Row) -> bool:
    """The citation's clause is a gold one or lies under it."""
    address = address_of(citation)
    golds = {base_address(gold.clause) for gold in row.gold}
    return any(address == gold or address.startswith(f"{gold}.") for gold in golds)


def clause_hit(row: Row, answer: Answer, depth: int) -> float | None:
    """A gold clause is among the first `depth` cited; a refused answerable question is a miss."""
    if row.status != Status.ANSWERED:
        return None
    first = list(dict.fromkeys(address_of(c) for c in answer.citations))[:depth]
    golds = {base_address(gold.clause) for gold in row.gold}
    return float(any(a == g or a.startswith(f"{g}.") for a in first for g in golds))


def evidence_recall(row: Row, answer: Answer) -> float | None:
    """Every gold quotation overlaps a citation by half of itself or more (1 or 0)."""
    if row.status != Status.ANSWERED:
        return None
    quotes = [fold_text(c.quote) for c in answer.citations]
    return float(all(any(_covers(q, fold_text(g.quote)) for q in quotes) for g in row.gold))


def _covers(quote: str, gold: str) -> bool:
    if gold in quote:
        return True
    # a gold quotation may span sentences; each citation is one sentence of it
    return len(quote) >= len(gold) / 2 and quote in gold


def fact_recall(row: Row, answer: Answer) -> float | None:
    """Every fact stands in the answer's text in one of its variants (1 or 0)."""
    if row.status != Status.ANSWERED:
        return None
    text = fold_text(answer.answer)
    return float(
        answer.status is Status.ANSWERED
        and all(any(fold_text(variant) in text for variant in variants) for variants in row.facts)
    )


def citation_precision(row: Row, answer: Answer) -> float | None:
    """Share of the citations that lie in a gold clause."""
    if row.status != Status.ANSWERED or not answer.citations:
        return None
    return sum(in_gold_clause(c, row) for c in answer.citations) / len(answer.citations)


def verbatim_rate(answer: Answer, library: Library) -> float | None:
    """Share of all quotations, related ones too, that equal the stored text at their offsets."""
    quoted = (*answer.citations, *answer.related)
    if not quoted:
        return None
    held = 0
    for citation in quoted:
        view = library.get(citation.document_id, citation.document_version)
        held += view is not None and view.document.text[citation.start : citation.end] == citation.quote
    return held / len(quoted)


def true_refusal(row: Row, answer: Answer) -> float | None:
    """An unanswerable or off-topic question ends with just its status."""
    if row.status not in (Status.NOT_COVERED, Status.OUT_OF_SCOPE):
        return None
    return float(answer.status == row.status)


def false_refusal(row: Row, answer: Answer) -> float | None:
    """An answerable question ends with anything but an answer."""
    return float(answer.status is not Status.ANSWERED) if row.status == Status.ANSWERED else None


def correction_made(row: Row, answer: Answer) -> float | None:
    """A false premise is contradicted, with a gold clause cited first."""
    if not row.correction:
        return None
    return float(answer.correction and clause_hit(row, answer, 1) == 1.0)


def false_correction(row: Row, answer: Answer) -> float | None:
    """An answerable question without a false premise is contradicted."""
    if row.correction or row.status != Status.ANSWERED:
        return None
    return float(answer.correction)


METRICS: Mapping[str, Metric] = {
    "clause_hit@1": lambda row, answer, library: clause_hit(row, answer, 1),
    "clause_hit@3": lambda row, answer, library: clause_hit(row, answer, 3),
    "all_evidence": lambda row, answer, library: evidence_recall(row, answer),
    "facts": lambda row, answer, library: fact_recall(row, answer),
    "citation_precision": lambda row, answer, library: citation_precision(row, answer),
    "verbatim": lambda row, answer, library: verbatim_rate(answer, library),
    "true_refusal": lambda row, answer, library: true_refusal(row, answer),
    "false_refusal": lambda row, answer, library: false_refusal(row, answer),
    "correction": lambda row, answer, library: correction_made(row, answer),
    "false_correction": lambda row, answer, library: false_correction(row, answer),
}


def bootstrap_interval(values: Sequence[float], rounds: int = 1000) -> tuple[float, float]:
    """95 % percentile bootstrap interval of the mean (Efron, 1979), with a fixed seed."""
    sample = np.asarray(values, dtype=np.float64)
    picks = np.random.RandomState(0).randint(0, len(sample), (rounds, len(sample)))
    low, high = np.quantile(sample[picks].mean(1), [0.025, 0.975])
    return float(low), float(high)


def calibration_error(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """Expected calibration error over bins of equal width (Guo et al., 2017, arXiv:1706.04599): the mean
    distance of confidence and share of right ones, weighted by how many fall into a bin."""
    confidence, truth = np.asarray(confidences, dtype=np.float64), np.asarray(right, dtype=np.float64)
    at = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [abs(confidence[at == b].sum() - truth[at == b].sum()) for b in range(bins)]
    return float(sum(gaps) / max(len(confidence), 1))


def is_right(row: Row, answer: Answer) -> bool:
    """The status is the wanted one, and an answer's first citation lies in a gold clause."""
    return answer.status == row.status and clause_hit(row, answer, 1) in (None, 1.0)
