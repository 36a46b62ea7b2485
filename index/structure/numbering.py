"""Which lines are headings: numbers at the start of a line, and whether they continue the outline.

A number counts only where it is the first of its kind under its parent or the next of its kind, so
that enumerations, quantities and cross-references at the start of a line stay text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from index.structure.tree import Line
from index.text.numerals import ARABIC, CHINESE, chinese_numeral, numeral

_CJK = f"{CHINESE}+"
_OPEN, _CLOSE = "[(（]", "[)）]"


class Mark(IntEnum):
    """The ways to number, in the order in which official texts nest them."""

    LIST = 1
    """一、"""
    BRACKETED = 2
    """（一）"""
    DIGIT = 3
    """1."""
    BRACKETED_DIGIT = 4
    """（1）"""
    CIRCLED = 5
    """①"""


_PATTERNS = {
    Mark.LIST: re.compile(rf"\s*(?P<n>{_CJK})\s*、(?!\s*{_CJK}\s*(?:、|年级))"),  # not 一、二年级
    Mark.BRACKETED: re.compile(rf"\s*{_OPEN}\s*(?P<n>{_CJK})\s*{_CLOSE}"),
    Mark.DIGIT: re.compile(rf"\s*(?P<n>{ARABIC}{{1,3}})\s*[.．、](?![0-9０-９])"),
    Mark.BRACKETED_DIGIT: re.compile(rf"\s*{_OPEN}\s*(?P<n>{ARABIC}{{1,3}})\s*{_CLOSE}"),
    Mark.CIRCLED: re.compile(r"\s*(?P<n>[①-⑳])"),
}
_LOOKAHEAD = 300


@dataclass(frozen=True, slots=True)
class Numbered:
    """A number that a line begins with."""

    mark: Mark
    number: int
    marker_end: int
    """Offset in the whole text of the first character after the number."""


def numbered(line: Line) -> Numbered | None:
    """The number that `line` begins with, if it begins with one."""
    for mark, pattern in _PATTERNS.items():
        if match := pattern.match(line.text):
            return Numbered(mark, numeral(match["n"]), line.start + match.end())
    return None


def written(mark: Mark, number: int) -> str:
    """The number as labels write it."""
    match mark:
        case Mark.LIST:
            return f"{chinese_numeral(number)}、"
        case Mark.BRACKETED:
            return f"（{chinese_numeral(number)}）"
        case Mark.DIGIT:
            return str(number)
        case Mark.BRACKETED_DIGIT:
            return f"（{number}）"
        case Mark.CIRCLED:
            return chr(ord("①") + number - 1)


class Nesting:
    """The open numbers, outermost first, while a text is read from top to bottom.

    Kinds nest in their usual order; a text that nests them otherwise, say （1） above 1., is followed
    where its numbers say so: the outer sequence goes on after the inner one.
    """

    def __init__(self, found: Sequence[Numbered | None]) -> None:
        self._found = [(at, each) for at, each in enumerate(found) if each is not None]
        self._index = {at: index for index, (at, _) in enumerate(self._found)}
        self.open: list[Numbered] = []

    def depth(self, at: int, each: Numbered, first: int = 1) -> int | None:
        """How many of the open numbers stay open above `each`, the number of line `at`; None where it
        does not continue the outline. A kind that is not open must begin with 1, or with `first`."""
        kinds = [number.mark for number in self.open]
        if each.mark in kinds:
            depth = kinds.index(each.mark)
            return depth if each.number == self.open[depth].number + 1 else None
        if each.number not in (1, first):
            return None
        usual = sum(kind < each.mark for kind in kinds)
        if usual == len(kinds) or not self._goes_on(at, self.open[-1], self.open[:usual]):
            return usual
        return len(kinds)

    def push(self, each: Numbered, depth: int) -> None:
        """Open `each` below the first `depth` open numbers."""
        self.open[depth:] = [each]

    def _goes_on(self, at: int, inner: Numbered, above: Sequence[Numbered]) -> bool:
        """Whether the sequence of `inner` continues after line `at`, before one `above` it does."""
        start = self._index[at] + 1
        ends = {(number.mark, number.number + 1) for number in above}
        for _, later in self._found[start : start + _LOOKAHEAD]:
            if later.mark is inner.mark and later.number in (1, inner.number + 1):
                return later.number != 1
            if (later.mark, later.number) in ends:
                return False
        return False
