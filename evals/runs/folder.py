"""A run's folder: what was asked, what came back, what it is worth. Everything but timings can be made again.

<folder>/
  run.json          suite, answerer, data set, settings, versions, machine
  rows.jsonl        the rows asked
  generated.jsonl   one answer, or the text of an error, a row; appended as they come
  metrics.jsonl     one judged answer a row
  summary.json      aggregates
  report.md, report.html
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from assistant.eval_rows.row import Row
from assistant.schema import Answer
from evals.rows.dataset import load_rows
from index.storage.atomic_files import replace_file

_ANSWER = TypeAdapter(Answer)
_ROWS = TypeAdapter(tuple[Row, ...])


class OtherRun(ValueError):
    """A folder cannot be resumed with these settings."""


@dataclass(frozen=True, slots=True)
class Generated:
    """What came back for a row: an answer and how long the whole row took, or the text of an error."""

    id: str
    answer: Answer | None = None
    milliseconds: float = 0.0
    error: str = ""


class RunFolder:
    """One run on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, path: Path, settings: Mapping[str, Any], rows: Sequence[Row]) -> "RunFolder":
        """A new folder. Raises FileExistsError where there is one."""
        path.mkdir(parents=True)
        folder = cls(path)
        lines = [json.dumps(row, ensure_ascii=False) for row in _ROWS.dump_python(tuple(rows), mode="json")]
        replace_file(path / "rows.jsonl", "".join(f"{line}\n" for line in lines).encode())
        folder.write_json("run.json", {**settings, "started": _now(), "finished": None})
        return folder

    def settings(self) -> dict[str, Any]:
        """run.json. Raises OSError and ValueError."""
        held: dict[str, Any] = json.loads((self.path / "run.json").read_text(encoding="utf-8"))
        return held

    def check_same(self, settings: Mapping[str, Any]) -> None:
        """Raises OtherRun where the folder was begun with another suite, data, parameters or index."""
        held = self.settings()
        changed = [key for key in settings if key != "machine" and held.get(key) != settings[key]]
        if changed:
            raise OtherRun("、".join(changed))

    def rows(self) -> tuple[Row, ...]:
        """The rows asked."""
        return load_rows(self.path / "rows.jsonl")

    def generated(self) -> dict[str, Generated]:
        """By row id what came back; the last word counts, and a line cut off at the end is dropped."""
        path = self.path / "generated.jsonl"
        found = {}
        if path.exists():
            for line in _whole_lines(path):
                data = json.loads(line)
                answer = _ANSWER.validate_python(data["answer"]) if "answer" in data else None
                found[data["id"]] = Generated(
                    data["id"], answer, data.get("milliseconds", 0.0), data.get("error", "")
                )
        return found

    def append(self, row: Row, generated: Generated) -> None:
        """Add one row's outcome; on disk when this returns."""
        record: dict[str, Any] = {"id": row.id, "turns": row.turns}
        if generated.answer is None:
            record["error"] = generated.error
        else:
            record["answer"] = _ANSWER.dump_python(generated.answer, mode="json")
            record["milliseconds"] = generated.milliseconds
        with (self.path / "generated.jsonl").open("ab") as file:
            file.write(json.dumps(record).encode() + b"\n")

    def mend(self) -> None:
        """Rewrite generated.jsonl with one line a row, so that a line cut off does not spoil the next."""
        rows, generated = {row.id: row for row in self.rows()}, self.generated()
        (self.path / "generated.jsonl").unlink(missing_ok=True)
        for row_id, held in generated.items():
            if row_id in rows:
                self.append(rows[row_id], held)

    def finish(self) -> None:
        """Note that every row has been asked."""
        self.write_json("run.json", {**self.settings(), "finished": _now()})

    def write_json(self, name: str, data: object) -> None:
        """Write one JSON file whole."""
        replace_file(self.path / name, f"{json.dumps(data, ensure_ascii=False, indent=1)}\n".encode())

    def write_lines(self, name: str, records: Sequence[Mapping[str, Any]]) -> None:
        """Write one JSONL file whole."""
        replace_file(self.path / name, "".join(json.dumps(record) + "\n" for record in records).encode())


def folder_name(suite: str) -> str:
    """A name for a new run: the time, to the second, and the suite."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{suite}"


def _whole_lines(path: Path) -> list[bytes]:
    lines = path.read_bytes().split(b"\n")
    return [line for line in lines[:-1] if line]  # what follows the last line break was cut off


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
