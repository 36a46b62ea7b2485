"""Tables of Word documents: rows and cells with their merges (ECMA-376 part 1, 17.4)."""

from collections.abc import Callable, Iterator
from typing import Any

from index.readers.table_grid import GridCell, bound

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WRAPPERS = frozenset(
    f"{_W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")
)
"""What can stand around paragraphs, tables, rows and cells: content controls, marked insertions."""
_MAX_SPAN = 1000
_OFF = frozenset({"0", "false", "off"})


def table_rows(table: Any) -> list[Any]:
    """The rows (`w:tr`) of a table (`w:tbl`) that are not deleted, those in content controls among them."""
    return [row for row in _inside(table, f"{_W}tr") if row.find(f"{_W}trPr/{_W}del") is None]


def row_cells(row: Any) -> list[Any]:
    """The cells (`w:tc`) of a row that are not deleted."""
    return [cell for cell in _inside(row, f"{_W}tc") if cell.find(f"{_W}tcPr/{_W}cellDel") is None]


def only_lays_out(rows: list[Any]) -> bool:
    """Whether no row has two cells: a frame around text, no table."""
    return all(len(row_cells(row)) < 2 for row in rows)


def header_rows(rows: list[Any]) -> int:
    """How many rows at the top are marked to come again on each page."""
    marked = 0
    for row in rows:
        mark = row.find(f"{_W}trPr/{_W}tblHeader")
        if mark is None or mark.get(f"{_W}val") in _OFF:
            break
        marked += 1
    return marked


def grid(rows: list[Any], text_of: Callable[[Any], str]) -> list[list[GridCell]]:
    """The cells of each row on their grid; `text_of` gives a cell's text, asked in text order.

    A cell that continues one above is part of that one; where there is none above, it is a cell.
    """
    found: list[list[GridCell]] = []
    open_cells: dict[int, GridCell] = {}
    """Cells that the row below may continue, by their column."""
    for row in rows:
        column = _number(row.find(f"{_W}trPr/{_W}gridBefore"), 0)
        cells: list[GridCell] = []
        below: dict[int, GridCell] = {}
        for element in row_cells(row):
            properties = element.find(f"{_W}tcPr")
            columns = max(1, _number(_child(properties, "gridSpan"), 1))
            down = _merge(properties, "vMerge")
            above = open_cells.get(column)
            beside = cells[-1].column + cells[-1].columns if cells else None
            if _merge(properties, "hMerge") == "continue" and beside == column:
                cells[-1].columns += columns
                cells[-1].text = " ".join(filter(None, (cells[-1].text, text_of(element))))
            elif down == "continue" and above is not None and above.columns == columns:
                above.rows += 1
                below[column] = above
            else:
                cell = GridCell(text_of(element), columns, column=column, strong=_bold(element))
                cells.append(cell)
                if down is not None:
                    below[column] = cell
            column += columns
        open_cells = below
        found.append(cells)
    bound(found)
    return found


def _inside(parent: Any, wanted: str) -> Iterator[Any]:
    """The children of a kind, in their order, with those in content controls and marked insertions."""
    for child in parent:
        if child.tag == wanted:
            yield child
        elif child.tag in WRAPPERS:
            yield from _inside(child, wanted)


def _child(properties: Any, name: str) -> Any:
    return None if properties is None else properties.find(f"{_W}{name}")


def _number(element: Any, otherwise: int) -> int:
    value = (element.get(f"{_W}val") or "") if element is not None else ""
    known = value.isascii() and value.isdigit() and len(value) < 10
    return min(int(value), _MAX_SPAN) if known else otherwise


def _merge(properties: Any, name: str) -> str | None:
    """`restart`, `continue`, or None for a cell that is not merged."""
    element = _child(properties, name)
    return None if element is None else (element.get(f"{_W}val") or "continue")


def _bold(cell: Any) -> bool:
    """Whether all runs of a cell with text are bold by themselves."""
    runs = [run for run in cell.iter(f"{_W}r") if any((t.text or "").strip() for t in run.iter(f"{_W}t"))]
    marks = [run.find(f"{_W}rPr/{_W}b") for run in runs]
    return bool(runs) and all(mark is not None and mark.get(f"{_W}val") not in _OFF for mark in marks)
