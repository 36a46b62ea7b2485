"""An evaluation row: one question or conversation, and what a right answer is."""

import json
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from pydantic import ConfigDict, TypeAdapter

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
    note: str = ""
    """What its author wants others to know; nothing is measured by it."""


ROW = TypeAdapter(Row)
"""Reads a row from JSON and writes it."""


def row_schema() -> str:
    """The JSON Schema of a row (draft 2020-12), as `evals/datasets/row.schema.json` holds it."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **ROW.json_schema()}
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def row_line(row: Row) -> str:
    """A row as one line of a file, without what it leaves at its default."""
    return json.dumps(ROW.dump_python(row, mode="json", exclude_defaults=True), ensure_ascii=False)
