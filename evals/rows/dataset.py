"""Evaluation rows: JSONL in `evals/datasets`, one question or conversation a row (datasets/README.md)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from assistant.eval_rows.check import gold_fault
from assistant.eval_rows.row import ROW, Row
from index.library.library import Library

DATASETS = Path(__file__).parents[1] / "datasets"


@dataclass(frozen=True, slots=True)
class RowFault:
    """Something wrong in a file, named by its line (from 1)."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


@dataclass(frozen=True, slots=True)
class Dataset:
    """The good rows of a file, each with its line number, and what is wrong with the others."""

    path: Path
    rows: tuple[Row, ...]
    lines: tuple[int, ...]
    faults: tuple[RowFault, ...]


def read_dataset(path: Path = DATASETS / "plan.jsonl", split: str | None = None) -> Dataset:
    """The rows of `path`, all or one split. A broken line or an id that was there already is a fault, the
    other rows are read all the same. Raises OSError."""
    rows, lines, faults = [], [], []
    first: dict[str, int] = {}
    for number, line in _lines(path):
        try:
            row = ROW.validate_json(line)
        except ValidationError as error:
            faults += [RowFault(path.name, number, _say(e["loc"], e["msg"])) for e in error.errors()]
            continue
        if row.id in first:
            faults.append(RowFault(path.name, number, f"编号 {row.id} 与第 {first[row.id]} 行的相同"))
            continue
        first[row.id] = number
        if split in (None, row.split):
            rows.append(row)
            lines.append(number)
    return Dataset(path, tuple(rows), tuple(lines), tuple(faults))


def load_rows(path: Path = DATASETS / "plan.jsonl", split: str | None = None) -> tuple[Row, ...]:
    """The rows of a file without faults. Raises ValueError naming file and line, and OSError."""
    dataset = read_dataset(path, split)
    if dataset.faults:
        raise ValueError(str(dataset.faults[0]))
    return dataset.rows


def gold_faults(dataset: Dataset, library: Library) -> dict[str, RowFault]:
    """By row id what is wrong with a row's gold: no such document or clause, or not its words."""
    found = {}
    for row, line in zip(dataset.rows, dataset.lines, strict=True):
        for gold in row.gold:
            if text := gold_fault(gold, library):
                found[row.id] = RowFault(dataset.path.name, line, f"{row.id}: {text}")
    return found


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    # not splitlines(): a question may hold U+2028, which JSON leaves as it is
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if line.strip():
            yield number, line


def _say(where: tuple[int | str, ...], message: str) -> str:
    return f"{'.'.join(map(str, where))}: {message}" if where else message
