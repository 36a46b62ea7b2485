"""Evaluation rows: JSONL in `evals/datasets`, one question or conversation a row."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATASETS = Path(__file__).parent / "datasets"


@dataclass(frozen=True, slots=True)
class Gold:
    """One piece of evidence: a verbatim quotation and the address of the clause that holds it."""

    clause: str
    quote: str


@dataclass(frozen=True, slots=True)
class Row:
    """A question (the last of `turns`) and what a right answer is."""

    id: str
    split: str
    """`dev` may be tuned on; `test` may not."""
    kind: str
    voice: str
    turns: tuple[str, ...]
    status: str
    gold: tuple[Gold, ...]
    facts: tuple[tuple[str, ...], ...]
    """What the answer's text must contain: for each fact, its accepted variants."""
    correction: bool


def load_rows(path: Path = DATASETS / "plan.jsonl", split: str | None = None) -> tuple[Row, ...]:
    """The rows of `path`, all or one split. Raises ValueError naming file and line."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            rows.append(_row(json.loads(line)))
        except (KeyError, TypeError, json.JSONDecodeError) as error:
            raise ValueError(f"{path.name}:{number}: {error!r}") from error
    return tuple(row for row in rows if split in (None, row.split))


def _row(data: dict[str, Any]) -> Row:
    return Row(
        id=data["id"],
        split=data["split"],
        kind=data["kind"],
        voice=data["voice"],
        turns=tuple(data["turns"]),
        status=data["status"],
        gold=tuple(Gold(**gold) for gold in data["gold"]),
        facts=tuple(tuple(variants) for variants in data["facts"]),
        correction=bool(data["correction"]),
    )
