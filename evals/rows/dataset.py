"""Evaluation rows: JSONL in `evals/datasets`, one question or conversation a row (datasets/README.md)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import ClassVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from index.library.library import DocumentView, Library

DATASETS = Path(__file__).parents[1] / "datasets"
_CLOSED = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class Gold:
    """One piece of evidence: a verbatim quotation and the address of the clause that holds it."""

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED
    clause: str
    quote: str
    document: str = ""
    """`id` or `id@version`; empty where the rows are about one document only."""


@dataclass(frozen=True, slots=True)
class Row:
    """A question (the last of `turns`) and what a right answer is."""

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED
    id: str
    split: str
    """`dev` may be tuned on; `test` may not."""
    kind: str
    voice: str
    turns: tuple[str, ...]
    status: str
    """The status wanted."""
    gold: tuple[Gold, ...]
    facts: tuple[tuple[str, ...], ...] = ()
    """What the answer's text must contain: for each fact, its accepted variants."""
    correction: bool = False
    """The question takes something for granted that the text contradicts."""
    also: tuple[str, ...] = ()
    """Other statuses that are fitting too."""
    forbidden: tuple[str, ...] = ()
    """What no answer may say as its own."""
    author: str = ""
    as_of: date | None = None
    """The day on which it is asked; None: the day of the run."""


_ROW = TypeAdapter(Row)


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


def row_schema() -> str:
    """The JSON Schema of a row (draft 2020-12), as `evals/datasets/row.schema.json` holds it."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **_ROW.json_schema()}
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def read_dataset(path: Path = DATASETS / "plan.jsonl", split: str | None = None) -> Dataset:
    """The rows of `path`, all or one split. A broken line or an id that was there already is a fault, the
    other rows are read all the same. Raises OSError."""
    rows, lines, faults = [], [], []
    first: dict[str, int] = {}
    for number, line in _lines(path):
        try:
            row = _ROW.validate_json(line)
        except ValidationError as error:
            faults += [RowFault(path.name, number, _say(e["loc"], e["msg"])) for e in error.errors()]
            continue
        if row.id in first:
            faults.append(RowFault(path.name, number, f"id {row.id} is that of line {first[row.id]} too"))
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


def gold_view(gold: Gold, library: Library) -> DocumentView | None:
    """The document that `gold` is about; without a name, the only one that the library has."""
    identifier, _, version = gold.document.partition("@")
    if not identifier:
        ids = library.ids()
        return library.get(ids[0]) if len(ids) == 1 else None
    return library.get(identifier, version or None)


def gold_faults(dataset: Dataset, library: Library) -> dict[str, RowFault]:
    """By row id what is wrong with a row's gold: no such document or clause, or not its words."""
    found = {}
    for row, line in zip(dataset.rows, dataset.lines, strict=True):
        for gold in row.gold:
            if text := _gold_fault(gold, library):
                found[row.id] = RowFault(dataset.path.name, line, f"{row.id}: {text}")
    return found


def _gold_fault(gold: Gold, library: Library) -> str | None:
    view = gold_view(gold, library)
    if view is None:
        return f"no document {gold.document or '(none named)'}"
    clause = view.clause(gold.clause)
    if clause is None:
        return f"no clause {gold.clause}"
    if gold.quote not in view.document.text[clause.start : clause.end]:
        return f"the quotation is not in clause {gold.clause}"
    return None


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    # not splitlines(): a question may hold U+2028, which JSON leaves as it is
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if line.strip():
            yield number, line


def _say(where: tuple[int | str, ...], message: str) -> str:
    return f"{'.'.join(map(str, where))}: {message}" if where else message
