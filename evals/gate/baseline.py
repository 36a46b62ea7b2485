"""Committed baselines: of each row what the assistant was worth when somebody last looked and agreed.

A line holds no text of the row, only a mark of its content, so that a changed row is not compared.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from assistant.eval_rows.row import Row
from evals.runs.evaluate import Judged
from evals.runs.report.records import Quoted, Record
from index.storage.atomic_files import replace_file

BASELINES = Path(__file__).parents[1] / "baselines"
_ROW = TypeAdapter(Row)


@dataclass(frozen=True, slots=True)
class Baseline:
    """The records of one suite as they were, and which rows are new or changed since."""

    records: tuple[Record, ...]
    unknown: tuple[str, ...]
    """Rows that the baseline lacks or has otherwise."""
    gone: tuple[str, ...]
    """Rows of the baseline that are not asked any more."""


def path_of(suite: str, directory: Path = BASELINES) -> Path:
    """The file of a suite's baseline."""
    return directory / f"{suite}.jsonl"


def write_baseline(path: Path, judged: Sequence[Judged]) -> None:
    """Keep what was judged, one line a row, in the order of the rows."""
    lines = [
        json.dumps(
            {
                "id": j.row.id,
                "row": mark_of(j.row),
                "status": j.answer.status,
                "right": j.right,
                "confidence": round(j.answer.confidence, 3),
                "values": record_of(j.row, "", j.right, dict(j.values), 0.0).values,
            },
            separators=(",", ":"),
        )
        for j in judged
    ]
    path.parent.mkdir(exist_ok=True)
    replace_file(path, "".join(f"{line}\n" for line in lines).encode())


def read_baseline(path: Path, rows: Sequence[Row]) -> Baseline:
    """The baseline beside the rows as they are now. Raises OSError, and ValueError for a broken line."""
    held = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            data = json.loads(line)
            held[data["id"]] = data
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path.name}:{number}: {error!r}") from error
    records, unknown = [], []
    for row in rows:
        data = held.pop(row.id, None)
        if data is None or data["row"] != mark_of(row):
            unknown.append(row.id)
        else:
            records.append(record_of(row, data["status"], data["right"], data["values"], data["confidence"]))
    return Baseline(tuple(records), tuple(unknown), tuple(held))


def record_of(
    row: Row, status: str, right: bool, values: dict[str, float | None], confidence: float
) -> Record:
    """A row and its worth as comparisons read them."""
    rounded = {name: value if value is None else round(value, 4) for name, value in values.items()}
    gold = tuple(Quoted(gold.clause, gold.quote) for gold in row.gold)
    return Record(
        row.id, row.kind, row.voice, row.split, row.turns, row.status, status, gold, row.facts, rounded,
        confidence, right, 0.0, "", (),
    )  # fmt: skip


def mark_of(row: Row) -> str:
    """A short mark of everything that the row asks and expects; not of the note beside it."""
    return hashlib.sha256(_ROW.dump_json(row, exclude={"note"})).hexdigest()[:12]
