"""Ruled tables of a page: its characters put into the cells of the grids that its lines draw."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

from index.readers.pdf_grid import Grid, Region, find_grids
from index.readers.pdf_lines import Strokes
from index.readers.pdf_rows import Box, join, rows
from index.readers.table_grid import GridCell, without_covered_rows

_PROSE = 12
"""Lines of a cell from which on a grid of few cells frames the page's text."""
_FILLED = 0.05
"""Share of a grid's cells that hold text, at least; the squares of a diagram do not."""
_CROSSED = 0.1
"""Share of the characters in a grid that stand across its lines, at most."""
_SAME = 3.0
"""Points by which columns of a table may differ between pages."""
_FEW = 6
"""Cells with text of a grid that may frame the page."""


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table, or the part of one that stands on a page; in points, the origin bottom left."""

    rows: list[list[GridCell]]
    xs: tuple[float, ...]
    """Borders of its columns."""
    top: float
    bottom: float

    @property
    def left(self) -> float:
        """Its left edge."""
        return self.xs[0]

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.xs[-1]


def take_tables(boxes: Sequence[Box], drawn: Strokes, height: float) -> tuple[list[TableBlock], list[Box]]:
    """The tables of a page from the top down, and the characters that stand in none.

    A grid that holds no table (a frame around text, the lines of a diagram) leaves its characters as text.
    """
    rest = list(boxes)
    found: list[TableBlock] = []
    for grid in find_grids(drawn):
        inside, others, crossed = _sorted_in(grid, rest)
        lines = {region: [row.text for row in rows(held, height)] for region, held in inside.items()}
        if crossed <= _CROSSED * (len(rest) - len(others)) and _is_table(grid, lines):
            found.append(_block(grid, lines))
            rest = others
    return sorted(found, key=lambda block: -block.top), rest


def _sorted_in(grid: Grid, boxes: Sequence[Box]) -> tuple[dict[Region, list[Box]], list[Box], int]:
    """The characters by the cell that they stand in, those outside, and how many stand across a line."""
    homes = {
        (row, column): region
        for region in grid.regions
        for row in range(region.row, region.row + region.rows)
        for column in range(region.column, region.column + region.columns)
    }
    inside: dict[Region, list[Box]] = {}
    others: list[Box] = []
    crossed = 0
    for box in boxes:
        width, middle = box.right - box.left, (box.bottom + box.top) / 2
        place = grid.place(box.left + width / 2, middle)
        if place is None:
            others.append(box)
            continue
        inside.setdefault(homes[place], []).append(box)
        sides = {grid.place(box.left + share * width, middle) for share in (0.2, 0.8)}
        crossed += len({homes[side] for side in sides if side}) > 1
    return inside, others, crossed


def _is_table(grid: Grid, lines: dict[Region, list[str]]) -> bool:
    filled = [region for region, held in lines.items() if held]
    if len(filled) < 2 or len(filled) < _FILLED * len(grid.regions):
        return False
    longest = max(len(held) for held in lines.values())
    return longest < _PROSE or len(filled) > _FEW


def _block(grid: Grid, lines: dict[Region, list[str]]) -> TableBlock:
    cells: list[list[GridCell]] = [[] for _ in grid.ys[1:]]
    for region in grid.regions:
        text = reduce(lambda above, below: above + join(above, below) + below, lines.get(region, []), "")
        cells[region.row].append(GridCell(text, region.columns, region.rows, region.column))
    return TableBlock(without_covered_rows(cells), grid.xs, grid.ys[0], grid.ys[-1])


def continues(block: TableBlock, before: TableBlock) -> bool:
    """Whether a table at the head of a page has the columns of the one at the foot of the page before."""
    wide, was = ([b - a for a, b in pairwise(xs)] for xs in (block.xs, before.xs))
    return len(wide) == len(was) and all(abs(a - b) <= _SAME for a, b in zip(wide, was, strict=True))


Reaching = dict[tuple[int, int], GridCell]
"""The cells that reach the foot of a table, by the columns that they cover."""


def reaching(block: TableBlock, continued: Reaching) -> Reaching:
    """The cells that reach the foot of a page's part of a table, those `continued` from above among them."""
    found = {
        (cell.column, cell.columns): cell
        for number, row in enumerate(block.rows)
        for cell in row
        if number + cell.rows == len(block.rows)
    }
    return {**continued, **found}


def continue_cells(block: TableBlock, above: Reaching) -> Reaching:
    """Take out of a page's first row the empty cells that are the rest of a merged one on the page before.

    An empty cell is that where a merged cell reaches its place, or it is itself merged. Gives the cells that
    go on to the foot of this page.
    """
    first, going_on = block.rows[0], {}
    for cell in list(first):
        over = above.get((cell.column, cell.columns))
        if over and not cell.text and len(first) > 1 and max(over.rows, cell.rows) > 1:
            over.rows += cell.rows
            first.remove(cell)
            if cell.rows == len(block.rows):
                going_on[cell.column, cell.columns] = over
    return going_on
