"""Placed characters to visual lines. Points, the origin bottom left."""

import re
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

_LATIN = re.compile(r"[A-Za-z0-9]")
_HAN = re.compile("[\u3400-\u9fff]{2}")
_WORD_GAP = 0.18
"""Ems by which a gap that stands for a space is wider than the others of its line, at least."""
_DIGIT = re.compile(r"[0-9]")


@dataclass(frozen=True, slots=True)
class Box:
    """A character and its place."""

    char: str
    left: float
    right: float
    bottom: float
    top: float


@dataclass(frozen=True, slots=True)
class TextLine:
    """A visual line, in points. `em` is the width of its Chinese characters; `middle` counts from the
    bottom of the page."""

    text: str
    left: float
    right: float
    middle: float
    em: float
    height: float
    """Height of the page."""
    column: float | None = None
    """What columns of one width have in common, where the line stands in one: its edges then count from the
    column's left edge."""


def rows(boxes: Iterable[Box], height: float) -> list[TextLine]:
    """The lines of one page from top to bottom."""
    lines: list[list[Box]] = []
    for box in boxes:
        if lines and on_line(box, lines[-1]):
            lines[-1].append(box)
        else:
            lines.append([box])
    merged: list[list[Box]] = []
    for line in sorted(lines, key=lambda line: -_middle(line)):  # stable: pieces keep the file's order
        if merged and on_line(line[0], merged[-1]) and line[0].left >= merged[-1][-1].right - 1:
            merged[-1].extend(line)
        else:
            merged.append(line)
    found = (_row(line, height) for line in merged)
    return [row for row in found if row.text]


def join(above: str, below: str) -> str:
    """What stands between two lines of one paragraph: a space between Latin words, nothing in a number."""
    if not (_LATIN.match(above[-1:]) and _LATIN.match(below)):
        return ""
    return "" if _DIGIT.match(above[-1:]) and _DIGIT.match(below) else " "


def on_line(box: Box, line: Sequence[Box]) -> bool:
    """Whether a character stands at the height of the last one of a line."""
    last = line[-1]
    overlap = min(box.top, last.top) - max(box.bottom, last.bottom)
    return overlap > 0.5 * min(box.top - box.bottom, last.top - last.bottom)


def em_of(boxes: Sequence[Box]) -> float:
    """The width of the Chinese characters among some, or what it would be for their height."""
    wide = [box.right - box.left for box in boxes if box.char > "\u2e80"]
    return statistics.median(wide) if wide else statistics.median(box.top - box.bottom for box in boxes) * 0.7


def _middle(line: Sequence[Box]) -> float:
    return (line[0].top + line[0].bottom) / 2


def _row(line: Sequence[Box], height: float) -> TextLine:
    visible = [box for box in line if not box.char.isspace()] or list(line)
    em = em_of(visible)
    text = _spaced(line, em).strip()
    return TextLine(text, visible[0].left, visible[-1].right, _middle(visible), em, height)


def _spaced(line: Sequence[Box], em: float) -> str:
    """The characters of a line, with a space where a gap between Chinese ones stands for it (第一条 甲).

    Many programs write no spaces. Gaps that all letters have (spread lines), and those beside digits, Latin
    letters and signs, where programs make some by themselves, are none.
    """
    gaps = [box.left - before.right for before, box in pairwise(line)]
    usual = max(statistics.median(gaps), 0.0) if gaps else 0.0
    parts = [line[0].char]
    for gap, (before, box) in zip(gaps, pairwise(line), strict=True):
        if gap - usual >= _WORD_GAP * em and _HAN.fullmatch(before.char + box.char):
            parts.append(" ")
        parts.append(box.char)
    return "".join(parts)
