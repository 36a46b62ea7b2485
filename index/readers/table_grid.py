"""The cells of a table on their grid, before they have a place in the stored text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_MAX_SPAN = 1000
"""Columns that one cell covers at most (HTML 4.9.11)."""
_MAX_BUSY = 200
"""Columns from here on hold no cell over several rows: no real table is as wide."""
_ABSURD = 4
"""A table this many times as wide as its last cell's place has merges that cover nothing."""


@dataclass(slots=True)
class GridCell:
    """A cell as a reader finds it: one line of text, its place, what it covers, whether it stands out."""

    text: str
    columns: int = 1
    rows: int = 1
    column: int = 0
    strong: bool = False
    """Whether it is written as a heading is: bold throughout, or as `<th>`."""


def place(rows: Sequence[Sequence[GridCell]]) -> None:
    """Give each cell its column, as HTML 4.9.12.1 does: the next that no cell from above covers.

    Merges are cut where they would meet another cell or leave the table.
    """
    busy: list[tuple[int, int, int]] = []
    """(first column, column after, row after) of the cells above that reach into the row, by column."""
    for number, row in enumerate(rows):
        busy = [above for above in busy if above[2] > number]
        begun: list[tuple[int, int, int]] = []
        at = 0
        column = 0
        for cell in row:
            while at < len(busy) and busy[at][0] <= column:
                column = max(column, busy[at][1])
                at += 1
            cell.column = column
            cell.columns = max(1, min(cell.columns, _MAX_SPAN))
            if at < len(busy):
                cell.columns = min(cell.columns, busy[at][0] - column)
            cell.rows = max(1, min(cell.rows, len(rows) - number))
            if column + cell.columns > _MAX_BUSY:
                cell.rows = 1
            column += cell.columns
            if cell.rows > 1:
                begun.append((cell.column, column, number + cell.rows))
        busy = sorted(busy + begun) if begun else busy
    bound(rows)


def bound(rows: Sequence[Sequence[GridCell]]) -> None:
    """Cut cells that reach far beyond the column in which the last cell begins."""
    last = max((cell.column for row in rows for cell in row), default=0) + 1
    if width(rows) > _ABSURD * last:
        for row in rows:
            for cell in row:
                cell.columns = max(1, min(cell.columns, last - cell.column))


def width(rows: Sequence[Sequence[GridCell]]) -> int:
    """How many columns a table has."""
    return max((cell.column + cell.columns for row in rows for cell in row), default=0)


def without_covered_rows(rows: Sequence[Sequence[GridCell]]) -> list[list[GridCell]]:
    """The rows in which a cell begins; the merges over the others shrink with them."""
    if all(rows):
        return [list(row) for row in rows]
    kept = [0]
    for row in rows:
        kept.append(kept[-1] + bool(row))
    for number, row in enumerate(rows):
        for cell in row:
            end = min(number + cell.rows, len(rows))
            cell.rows = max(1, kept[end] - kept[number])
    return [list(row) for row in rows if row]


def under(rows: Sequence[Sequence[GridCell]], column: int) -> Iterator[GridCell]:
    """The cells that begin in a column and cover it alone."""
    for row in rows:
        for cell in row:
            if cell.column == column and cell.columns == 1:
                yield cell
