"""Which rows failed, in which way, the worst first."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.schema import Status
from evals.runs.report.labels import lower_is_better
from evals.runs.report.records import Quoted, Record, Run
from index.text.folding import fold_text


class RowOutcome(StrEnum):
    """How a row can fail; a closed set, the worst first."""

    ERROR = "error"
    ANSWERED_ANYWAY = "answered_anyway"
    REFUSED = "refused"
    WRONG_STATUS = "wrong_status"
    WRONG_CLAUSE = "wrong_clause"
    MISSED_CORRECTION = "missed_correction"
    FALSE_CORRECTION = "false_correction"
    ALTERED_QUOTE = "altered_quote"
    MISSING_FACT = "missing_fact"
    MISSING_EVIDENCE = "missing_evidence"
    JUDGED_WRONG = "judged_wrong"


# Outcomes that a metric tells, in the order above.
_TOLD_BY = {
    "clause_hit@1": RowOutcome.WRONG_CLAUSE,
    "correction": RowOutcome.MISSED_CORRECTION,
    "false_correction": RowOutcome.FALSE_CORRECTION,
    "verbatim": RowOutcome.ALTERED_QUOTE,
    "facts": RowOutcome.MISSING_FACT,
    "all_evidence": RowOutcome.MISSING_EVIDENCE,
}


@dataclass(frozen=True, slots=True)
class Failure:
    """A row with something wrong: `outcomes` from the worst on; the rest is for the reader to judge by."""

    id: str
    kind: str
    voice: str
    turns: tuple[str, ...]
    wanted: str
    got: str
    outcomes: tuple[RowOutcome, ...]
    answer: str
    right: bool = False
    confidence: float | None = None
    standalone: str = ""
    gold: tuple[Quoted, ...] = ()
    cited: tuple[Quoted, ...] = ()
    missing_facts: tuple[str, ...] = ()


def find_failures(run: Run) -> tuple[Failure, ...]:
    """The failed rows: wrong ones before right ones with a fault, then by outcome, the surest first."""
    judged = {record.id: record for record in run.records}
    found = [_error(str(row["id"]), row["turns"], str(row["error"]), judged.get(str(row["id"])))
             for row in run.generated.values() if "error" in row]  # fmt: skip
    failed_to_run = {failure.id for failure in found}
    for record in run.records:
        if record.id not in failed_to_run and (outcomes := outcomes_of(record)):
            found.append(_failure(record, outcomes, run))
    order = list(RowOutcome)
    return tuple(
        sorted(found, key=lambda f: (f.right, order.index(f.outcomes[0]), -(f.confidence or 0), f.id))
    )


def outcomes_of(record: Record) -> tuple[RowOutcome, ...]:
    """Everything that is wrong with the row, the worst first; empty for a row without a fault."""
    if record.status != record.wanted:
        if record.wanted == Status.ANSWERED:
            return (RowOutcome.REFUSED,)  # whatever else is missing follows from that
        return (RowOutcome.ANSWERED_ANYWAY if record.status == Status.ANSWERED else RowOutcome.WRONG_STATUS,)
    found = tuple(outcome for metric, outcome in _TOLD_BY.items() if _bad(record, metric))
    return found or (() if record.right else (RowOutcome.JUDGED_WRONG,))


def missing_facts(facts: Sequence[Sequence[str]], answer: str) -> tuple[str, ...]:
    """The first variant of each fact of which no variant stands in the answer."""
    text = fold_text(answer)
    return tuple(
        variants[0] for variants in facts if variants and not any(fold_text(v) in text for v in variants)
    )


def _bad(record: Record, metric: str) -> bool:
    value = record.values.get(metric)
    if value is None:
        return False
    return value > 0 if lower_is_better(metric) else value < 1


def _failure(record: Record, outcomes: tuple[RowOutcome, ...], run: Run) -> Failure:
    answer = run.generated.get(record.id, {}).get("answer") or {}
    standalone = str(answer.get("standalone_question") or "")
    return Failure(
        record.id,
        record.kind,
        record.voice,
        record.turns,
        record.wanted,
        record.status,
        outcomes,
        record.answer,
        record.right,
        record.confidence,
        "" if standalone == record.turns[-1] else standalone,
        record.gold,
        record.cited,
        missing_facts(record.facts, record.answer) if record.wanted == Status.ANSWERED else (),
    )


def _error(row_id: str, turns: Sequence[str], text: str, record: Record | None) -> Failure:
    kind, voice, wanted, gold = (
        (record.kind, record.voice, record.wanted, record.gold) if record else ("", "", "", ())
    )
    outcomes = (RowOutcome.ERROR,)
    return Failure(row_id, kind, voice, tuple(turns), wanted, "error", outcomes, text, gold=gold)
