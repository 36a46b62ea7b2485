"""From lines to paragraphs and tables that run over pages: running heads, indents.

Lengths are points, the origin bottom left.
"""

import re
import statistics
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from index.readers.pdf_rows import TextLine, join
from index.readers.pdf_tables import Reaching, TableBlock, continue_cells, continues, reaching
from index.readers.table_grid import GridCell
from index.readers.table_headers import count_headers
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


class Paragraph(NamedTuple):
    """A paragraph's text with (page, offset in it) of every page that begins in it."""

    text: str
    places: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class PlacedTable:
    """A table with (page, row) of every page that begins at one of its rows."""

    rows: list[list[GridCell]]
    headers: int
    """How many of its rows are known to name the columns; 0 where it is for the cells to show."""
    places: list[tuple[int, int]]
    open_cells: Reaching
    """The cells that reach its foot so far."""


Page = Sequence[TextLine | TableBlock]
"""What stands on a page, in the order of reading."""


def without_margins(pages: Sequence[Page]) -> list[list[TextLine | TableBlock]]:
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
                if not isinstance(row, TextLine)
                or id(row) not in edges
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


def paragraphs(pages: Sequence[Page], unread: Set[int] = frozenset()) -> list[Paragraph | PlacedTable]:
    """The paragraphs and tables of a text; both can run over pages, but not over one that is `unread`."""
    found: list[Paragraph | PlacedTable] = []
    edges = _measure_all(pages)
    before: TextLine | None = None
    before_page = -1
    last: TableBlock | None = None
    """The table that nothing stands behind yet."""
    for number, page in enumerate(pages):
        for item in page:
            fresh = number != before_page
            if fresh and not unread.isdisjoint(range(before_page + 1, number)):
                before = last = None
            before_page = number
            if isinstance(item, TableBlock):
                above = found[-1] if found and last and fresh and continues(item, last) else None
                _add_table(
                    found, item, above if isinstance(above, PlacedTable) else None, number if fresh else -1
                )
                before, last = None, item
                continue
            gap = before.middle - item.middle if before and not fresh else 0.0
            own = edges[item.column]
            text, places = (item.text, [(number, 0)] if fresh else [])
            whole = found[-1] if found and before and before.column == item.column else None
            if before and isinstance(whole, Paragraph) and not _starts(item, before, gap / own.pitch, own):
                joint = join(whole.text, item.text)
                text = whole.text + joint + item.text
                places = whole.places + [(number, len(text) - len(item.text)) for _ in places]
                found[-1] = Paragraph(text, places)
            else:
                found.append(Paragraph(text, places))
            before, last = item, None
    return found


def _add_table(
    found: list[Paragraph | PlacedTable], block: TableBlock, above: PlacedTable | None, page: int
) -> None:
    """Add a table, or the rows of one that goes on from the page before; `page` is -1 inside of a page.

    Where the header comes again, what follows is a table of its own with that header.
    """
    places = [(page, 0)] if page >= 0 else []
    headers = (above.headers or count_headers(above.rows)) if above else 0
    if above is None or (headers and _texts(block.rows[:headers]) == _texts(above.rows[:headers])):
        found.append(PlacedTable(list(block.rows), headers, places, reaching(block, {})))
        return
    going_on = continue_cells(block, above.open_cells)
    above.places.extend((page, len(above.rows)) for page, _ in places)
    above.rows.extend(block.rows)
    found[-1] = replace(above, open_cells=reaching(block, going_on))


def _texts(rows: Sequence[Sequence[GridCell]]) -> list[list[str]]:
    return [[cell.text for cell in row] for row in rows]


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
        # after a centred line, or one that ends where no line of a paragraph breaks off
        return before.left - edges.left > _INDENT[1] * em or right - before.right > 2 * _SHORT * em
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


def _measure_all(pages: Sequence[Page]) -> dict[float | None, _Edges]:
    """What the lines have in common, for each width of columns by itself."""
    flows: dict[float | None, list[list[TextLine]]] = {}
    for number, page in enumerate(pages):
        for item in page:
            if isinstance(item, TextLine):
                own = flows.setdefault(item.column, [[] for _ in pages])
                own[number].append(item)
    return {column: _measure(own, [row for page in own for row in page]) for column, own in flows.items()}


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


def _edges(page: Page) -> list[TextLine]:
    lines = sorted((row for row in page if isinstance(row, TextLine)), key=lambda row: -row.middle)
    return [*lines[:_EDGE_ROWS], *lines[_EDGE_ROWS:][-_EDGE_ROWS:]]


def _key(row: TextLine) -> tuple[str, int]:
    """A row as it comes again on other pages: its digits differ, its height on the page does not."""
    return re.sub(r"[0-9０-９]+", "#", row.text), round(row.middle / 6)


def _is_number(row: TextLine) -> bool:
    near_edge = row.middle < 0.12 * row.height or row.middle > 0.9 * row.height
    return near_edge and _NUMBER_ALONE.fullmatch(row.text) is not None
