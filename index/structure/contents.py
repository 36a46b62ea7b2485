"""Tables of contents, which name every heading without being one; with 目录 above them, or without."""

import re
from collections.abc import Sequence

from index.structure.numbering import Mark, numbered
from index.structure.statute_headings import unit_in
from index.structure.tree import Line
from index.text.folding import squeeze

_HEAD = re.compile(r"\s*目\s*[录次]\s*$")
_LEADER = re.compile(r"[\s.…·]*[0-9０-９]*\s*$")
_MAX = 400
_MIN_BARE = 3
"""Entries that a table without 目录 has at least."""


def contents_in(lines: Sequence[Line]) -> range:
    """The lines of the table of contents; empty where there is none. It ends where its first entry comes
    again, as the body's first heading."""
    for at, line in enumerate(lines):
        headed = bool(_HEAD.match(line.text))
        first = at + 1 if headed else at
        if first >= len(lines) or not (headed or _is_entry(line)):
            continue
        end = _again(lines, first)
        if end > first and (headed or _is_list(lines[first:end])):
            return range(at, end)
        if not headed:
            return range(0)  # the body begins here
    return range(0)


def _again(lines: Sequence[Line], first: int) -> int:
    """Index of the line that repeats entry `first`; 0 where none does."""
    entry = _entry(lines[first])
    for after in range(first + 1, min(first + _MAX, len(lines))):
        if entry and _entry(lines[after]) == entry:
            return after
    return 0


def _is_list(lines: Sequence[Line]) -> bool:
    return len(lines) >= _MIN_BARE and all(map(_is_entry, lines))


def _is_entry(line: Line) -> bool:
    if unit_in(line) is not None:
        return True
    number = numbered(line)
    text = line.text.strip()
    short = len(text) <= 60 and not text.endswith(("。", "；", ";", "："))
    return short and (number is not None and number.mark in (Mark.LIST, Mark.BRACKETED, Mark.DIGIT))


def _entry(line: Line) -> str:
    return squeeze(_LEADER.sub("", line.text))
