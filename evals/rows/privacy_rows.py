"""Rows about personal data: texts with what must be masked, and texts of which nothing may be."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.rows.dataset import DATASETS

PRIVACY = DATASETS / "privacy"
_WRITTEN_BY_PEOPLE = {
    "question",
    "questions",
    "text",
    "turns",
    "marked",
    "history",
    "before",
    "after",
    "true",
    "false",
}
"""Fields of rows that hold what somebody would write; others hold rows of tables and sources."""


@dataclass(frozen=True, slots=True)
class Form:
    """A text of one kind, and the `data` in it that must be masked, in order."""

    kind: str
    text: str
    data: tuple[str, ...]


def read_forms(*paths: Path) -> tuple[Form, ...]:
    """The forms of files, by default of all that are kept here. Raises ValueError for a row of other fields,
    or whose data is not in its text."""
    forms = []
    for path in paths or sorted(PRIVACY.glob("forms*.jsonl")):
        for row in _rows(path):
            if set(row) != {"kind", "text", "data"} or not _in_order(row["text"], row["data"]):
                raise ValueError(f"{path.name}: {row}")
            forms.append(Form(row["kind"], row["text"], tuple(row["data"])))
    return tuple(forms)


def texts_of(path: Path) -> Iterator[str]:
    """The texts of a file of questions (JSONL, what people would write in it), or the text of a document."""
    if path.suffix == ".jsonl":
        for row in _rows(path):
            yield from _strings(row)
    else:
        yield path.read_text(encoding="utf-8")


def _rows(path: Path) -> Iterator[Any]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def _in_order(text: str, data: list[str]) -> bool:
    at = 0
    for part in data:
        at = text.find(part, at) + len(part)
        if at < len(part):
            return False
    return bool(data)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for part in value if isinstance(value, list) else ():
        yield from _strings(part)
    for name, part in value.items() if isinstance(value, dict) else ():
        if name in _WRITTEN_BY_PEOPLE or isinstance(part, dict):
            yield from _strings(part)
