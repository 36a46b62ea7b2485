"""From placed characters to paragraphs: lines, running heads, indents. Points, the origin bottom left."""

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.structure.numbering import numbered
from index.structure.statute_headings import article_in, unit_in
from index.structure.tree import Line, is_ended

_NUMBER_ALONE = re.compile(
    r"[\s\-–—－·]*(?:第\s*)?[0-9０-９]{1,4}\s*(?:页)?(?:\s*[/／,，]?\s*(?:共\s*)?[0-9０-９]{1,4}\s*页?)?[\s\-–—－·]*"
)
_EDGE_ROWS = 2
"""Rows at the top and the bottom of a page that can be running heads."""
_REPEATED = 0.5
"""Share of the pages on which a running head stands, at least."""
_SHORT = 3.0
"""Ems by which a line that stops mid-sentence (a title) ends before the right edge."""
_INDENT = (1.2, 3.2)
"""Ems by which the first line of a paragraph is indented; more is a centred line."""
_GAP = 1.12
"""Line pitches from which on white space parts two paragraphs."""
_NO_START = "，。、；：？！）》”’」』】〉…—"
"""Signs that no line begins with, so that the line before breaks early."""
_STOP = "。"
_LATIN = re.compile(r"[A-Za-z0-9]")


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


def rows(boxes: Iterable[Box], height: float) -> list[TextLine]:
    """The lines of one page from top to bottom."""
    lines: list[list[Box]] = []
    for box in boxes:
        if lines and _on_line(box, lines[-1]):
            lines[-1].append(box)
        else:
            lines.append([box])
    merged: list[list[Box]] = []
    for line in sorted(lines, key=lambda line: -_middle(line)):  # stable: columns keep the file's order
        if merged and _on_line(line[0], merged[-1]) and line[0].left >= merged[-1][-1].right - 1:
            merged[-1].extend(line)
        else:
            merged.append(line)
    found = (_row(line, height) for line in merged)
    return [row for row in found if row.text]


def without_margins(pages: Sequence[list[TextLine]]) -> list[list[TextLine]]:
    """The pages without page numbers and running heads: what stands in one place of many pages."""
    seen = Counter(key for page in pages for key in {_key(row) for row in _edges(page)})
    limit = max(2, _REPEATED * len(pages) / 2)  # odd and even pages can differ
    kept = []
    for page in pages:
        edges = {id(row) for row in _edges(page)}
        kept.append(
            [
                row
                for row in page
                if id(row) not in edges
                or not (_is_number(row) or (len(pages) > 2 and seen[_key(row)] >= limit))
            ]
        )
    return kept


@dataclass(frozen=True, slots=True)
class _Edges:
    """What the lines of a text have in common, in points."""

    em: float
    left: float
    right: float
    pitch: float
    """Distance of two lines of one paragraph."""
    indented: bool
    """Whether first lines are indented, which decides nearly everything."""
    by_sentence: bool
    """Whether most sentences are paragraphs: then a sentence that fills its last line ends one, too."""


def paragraphs(pages: Sequence[list[TextLine]]) -> list[tuple[str, list[tuple[int, int]]]]:
    """Each paragraph's text with (page, offset in the paragraph) of every page that begins in it."""
    found: list[tuple[str, list[tuple[int, int]]]] = []
    body = [row for page in pages for row in page]
    if not body:
        return found
    edges = _measure(pages, body)
    before: TextLine | None = None
    before_page = -1
    for number, page in enumerate(pages):
        for row in page:
            gap = before.middle - row.middle if before and before_page == number else 0.0
            parts = before is None or _starts(row, before, gap / edges.pitch, edges)
            if parts:
                found.append((row.text, [(number, 0)] if number != before_page else []))
            else:
                text, places = found[-1]
                joint = " " if _LATIN.match(text[-1:]) and _LATIN.match(row.text) else ""
                if number != before_page:
                    places.append((number, len(text) + len(joint)))
                found[-1] = (text + joint + row.text, places)
            before, before_page = row, number
    return found


def _starts(row: TextLine, before: TextLine, gap: float, edges: "_Edges") -> bool:
    """Whether `row` begins a paragraph; `gap` is its distance from the line before, in line pitches."""
    em, right = edges.em, edges.right
    if gap > _GAP or abs(row.em - before.em) > 0.15 * em:
        return True
    line = Line(0, len(row.text), row.text)
    if unit_in(line) and right - row.right > _SHORT * em:
        return True
    if is_ended(before.text) and (article_in(line) or numbered(line)):
        return True
    if edges.indented:
        if row.left - edges.left > _INDENT[0] * em:
            return True  # a first line, or a centred one
        return before.left - edges.left > _INDENT[1] * em  # after a centred line
    spare = (right - before.right) / em
    if not is_ended(before.text):
        return spare > _SHORT
    return spare > _room(row.text) - 0.05 or (edges.by_sentence and before.text.endswith(_STOP))


def _room(text: str) -> float:
    """Ems that the beginning of `text` needs at the end of a line: what stays together there."""
    latin = re.match(r"[A-Za-z0-9.%]+", text)
    if latin:
        return 0.6 * len(latin.group())
    opening = len(text) - len(text.lstrip("“‘（《「『【〈"))
    following = len(text[opening + 1 :]) - len(text[opening + 1 :].lstrip(_NO_START))
    return 1.0 + opening + following


def _measure(pages: Sequence[list[TextLine]], body: Sequence[TextLine]) -> _Edges:
    em = statistics.median(row.em for row in body)
    left = _edge([row.left for row in body], em)
    right = max((row.right for row in body if row.text[-1] not in _NO_START), default=body[0].right)
    steps = sorted(a.middle - b.middle for page in pages for a, b in pairwise(page) if a.middle > b.middle)
    pitch = max(steps[len(steps) // 10], 1.0) if steps else 1.0
    indented = sum(_INDENT[0] < (row.left - left) / em < _INDENT[1] for row in body) * 20 >= len(body)
    stops = sum(row.text.count(_STOP) for row in body)
    ending = sum(row.text.endswith(_STOP) and right - row.right > _SHORT * em for row in body)
    spaced = sum(step > _GAP * pitch for step in steps) * 5 >= len(steps)  # white space shows paragraphs
    return _Edges(em, left, right, pitch, indented, not spaced and ending * 2 > stops)


def _edge(lefts: Sequence[float], em: float) -> float:
    """The left edge of the text: the smallest one that is no outlier."""
    counted = Counter(round(left / (em / 2)) for left in lefts)
    often = [place for place, count in counted.items() if count * 20 >= len(lefts)]
    first = min(often, default=min(counted))
    return min(left for left in lefts if round(left / (em / 2)) == first)


def _on_line(box: Box, line: Sequence[Box]) -> bool:
    last = line[-1]
    overlap = min(box.top, last.top) - max(box.bottom, last.bottom)
    return overlap > 0.5 * min(box.top - box.bottom, last.top - last.bottom)


def _middle(line: Sequence[Box]) -> float:
    return (line[0].top + line[0].bottom) / 2


def _row(line: Sequence[Box], height: float) -> TextLine:
    visible = [box for box in line if not box.char.isspace()] or list(line)
    wide = [box.right - box.left for box in visible if box.char > "\u2e80"]
    em = statistics.median(wide) if wide else statistics.median(box.top - box.bottom for box in visible) * 0.7
    text = "".join(box.char for box in line).strip()
    return TextLine(text, visible[0].left, visible[-1].right, _middle(visible), em, height)


def _edges(page: Sequence[TextLine]) -> list[TextLine]:
    return [*page[:_EDGE_ROWS], *page[_EDGE_ROWS:][-_EDGE_ROWS:]]


def _key(row: TextLine) -> tuple[str, int]:
    """A row as it comes again on other pages: its digits differ, its height on the page does not."""
    return re.sub(r"[0-9０-９]+", "#", row.text), round(row.middle / 6)


def _is_number(row: TextLine) -> bool:
    near_edge = row.middle < 0.12 * row.height or row.middle > 0.9 * row.height
    return near_edge and _NUMBER_ALONE.fullmatch(row.text) is not None
