"""What tests ask of the tables that a reader gives."""

from itertools import pairwise

from index.readers.formats import Extracted
from index.schema import Cell

Row = list[str | tuple[str, int, int, int]]


def shown(extracted: Extracted, number: int = 0) -> list[Row]:
    """A table's rows: each cell's text, with (column, rows, columns) if it is merged or not in its turn."""
    found: list[Row] = []
    for row in extracted.tables[number].rows:
        line: Row = []
        for place, cell in enumerate(row):
            text = extracted.text[cell.start : cell.end]
            plain = (cell.column, cell.rows, cell.columns) == (place, 1, 1)
            line.append(text if plain else (text, cell.column, cell.rows, cell.columns))
        found.append(line)
    return found


def check(extracted: Extracted) -> None:
    """Whatever a file holds: tables in order, cells in their tables and rows, nothing between them lost."""
    text, end = extracted.text, 0
    for table in extracted.tables:
        assert end <= table.start <= table.end <= len(text)
        end = table.end
        assert table.rows
        assert all(table.rows)
        assert 0 <= table.headers < max(len(table.rows), 1)
        cells = [cell for row in table.rows for cell in row]
        assert all(table.start <= cell.start <= cell.end <= table.end for cell in cells)
        assert all(a.end <= b.start for a, b in pairwise(cells))
        lines = [text.count("\n", table.start, cell.start) for cell in cells]
        assert lines == sorted(lines)
        for row in table.rows:
            inside = text[row[0].start : row[-1].end]
            assert "\n" not in inside
            assert all(a.column + a.columns <= b.column for a, b in pairwise(row))
        for before, after in pairwise(table.rows):
            assert "\n" in text[before[-1].end : after[0].start]
        check_grid(table.rows)


def check_grid(rows: tuple[tuple[Cell, ...], ...]) -> None:
    """No two cells cover one place, and none reaches below the table."""
    busy: list[tuple[int, int, int]] = []
    for number, row in enumerate(rows):
        busy = [above for above in busy if above[2] > number]
        for cell in row:
            first, after = cell.column, cell.column + cell.columns
            assert cell.column >= 0
            assert cell.columns >= 1
            assert 1 <= cell.rows <= len(rows) - number
            assert all(after <= other[0] or other[1] <= first for other in busy)
        busy += [(cell.column, cell.column + cell.columns, number + cell.rows) for cell in row]
