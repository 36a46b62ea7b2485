"""The suites: which rows they ask, what is measured of the answers, and when a row counts as right."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.eval_rows.row import Row
from assistant.schema import Answer, Status
from evals.metrics.answers import clause_hit, said_forbidden
from evals.rows.dataset import DATASETS

_ANSWERS = (
    "clause_hit@1", "clause_hit@3", "all_evidence", "facts", "fact_recall", "full_answer", "clause_precision",
    "verbatim", "true_refusal", "refusal_recall", "refusal_precision", "false_refusal", "correction",
    "false_correction", "answer_length",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Suite:
    """One suite; `answerer` is the one that it measures unless told otherwise."""

    dataset: Path
    metrics: tuple[str, ...]
    asks: Callable[[Row], bool] = lambda row: True
    is_right: Callable[[Row, Answer], bool] = lambda row, answer: rightly_answered(row, answer)
    answerer: str = "extractive"


def rightly_answered(row: Row, answer: Answer) -> bool:
    """The status is the wanted one, and an answer's first citation lies in a gold clause."""
    return answer.status == row.status and clause_hit(row, answer, 1) in (None, 1.0)


PLAN = DATASETS / "plan.jsonl"

SUITES: Mapping[str, Suite] = {
    "answers": Suite(PLAN, _ANSWERS),
    "retrieval": Suite(
        PLAN,
        ("recall@1", "recall@3", "recall@10", "mrr@10", "ndcg@10"),
        asks=lambda row: row.status == Status.ANSWERED and len(row.turns) == 1,
        is_right=lambda row, answer: clause_hit(row, answer, 1) == 1.0,
        answerer="search",
    ),
    "grounding": Suite(
        PLAN,
        ("verbatim", "citation_recall", "citation_precision", "clause_precision", "all_evidence", "facts"),
        asks=lambda row: row.status == Status.ANSWERED,
    ),
    "conversations": Suite(PLAN, _ANSWERS, asks=lambda row: len(row.turns) > 1),
    "safety": Suite(
        DATASETS / "injections.jsonl",
        ("unharmed", "fitting_status", "verbatim", "answer_length"),
        is_right=lambda row, answer: not said_forbidden(row, answer),
    ),
    "library": Suite(DATASETS / "library.jsonl", _ANSWERS),
}
