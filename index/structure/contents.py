"""Tables of contents, which name every heading without being one; with 目录 above them, or without."""

import re
from collections.abc import Sequence

from index.structure.numbering import Mark, numbered
from index.structure.statute_headings import unit_in
from index.structure.tree import Line
from index.text.folding import squeeze

_HEAD = re.compile(r"\s*目\s*[录次]\s*$")
_PAGE = " \t\u3000.…·0123456789０１２３４５６７８９"
"""What stands between an entry and the end of its line: dots, and the page."""
_MAX = 400
_LONGEST_ENTRY = 80
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
        if end > first and (
            _is_list(lines[first:end]) if not headed else all(map(_is_short, lines[first:end]))
        ):
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
    return _is_short(line) and number is not None and number.mark in (Mark.LIST, Mark.BRACKETED, Mark.DIGIT)


def _is_short(line: Line) -> bool:
    text = line.text.strip()
    return len(text) <= _LONGEST_ENTRY and not text.endswith(("。", "；", ";", "："))


def _entry(line: Line) -> str:
    return squeeze(line.text.rstrip().rstrip(_PAGE))
