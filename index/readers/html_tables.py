"""Tables of web pages: which ones hold data, and the cells of those on their grid (HTML 4.9)."""

import re
from collections.abc import Callable, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from index.readers.table_grid import GridCell, place

if TYPE_CHECKING:
    from lxml.etree import _Element

_CELLS = frozenset({"td", "th"})
_PARTS = frozenset({"table", "caption", "tr", "td", "th"})
_LAYOUT = frozenset({"h1", "h2", "h3", "article", "main", "section"})
_BLOCKS = frozenset({"p", "div", "br", "li"})
_BOLD = frozenset({"b", "strong"})
_HEAVY = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_MOST_BLOCKS = 4
"""Blocks for each cell that a row of data has at most."""


@dataclass(slots=True)
class _Facts:
    """What tells a table from a frame around the page; tables inside are counted for themselves."""

    element: Any
    rows: int = 0
    data_rows: int = 0
    cells: int = 0
    blocks: int = 0
    """Cells and blocks of the row that is open."""
    named: bool = False
    """Whether it has cells that are marked as headers."""
    laid_out: bool = False
    """Whether it holds what only pages hold: headings, articles."""
    own: int = 0
    nested: int = 0
    """Characters in the table itself, and in tables below it."""

    def end_row(self) -> None:
        """Count the row that was open."""
        if self.cells > 1:
            self.rows += 1
            self.data_rows += self.blocks <= _MOST_BLOCKS * self.cells
        self.cells = self.blocks = 0

    def is_data(self) -> bool:
        """Whether the table holds data: most rows are cells of few blocks, and no page is in it."""
        if self.laid_out or not self.rows or self.nested > self.own:
            return False
        if (self.element.get("role") or "").lower() in {"presentation", "none"}:
            return False
        return self.named or 2 * self.data_rows > self.rows


def data_tables(root: "_Element", hidden: Callable[[Any], bool]) -> Set["_Element"]:
    """The tables below `root` (or `root` itself) that hold data; the others lay out the page.

    A table within a table that holds data may be among them. Linear in the size of the tree.
    """
    from lxml import etree

    found: set[_Element] = set()
    around: list[_Facts] = []
    walker = etree.iterwalk(root, events=("start", "end"))
    skipped: set[_Element] = set()
    for event, element in walker:
        tag = element.tag
        if event == "start":
            if element is not root and hidden(element):
                walker.skip_subtree()
                skipped.add(element)
                continue
            if around:
                _count(around, element)
            if tag == "table":
                around.append(_Facts(element))
            text = element.text
        else:
            text = element.tail
            if element in skipped:
                skipped.discard(element)
            elif around and tag == "tr":
                around[-1].end_row()
            elif around and element is around[-1].element:
                facts = around.pop()
                facts.end_row()
                if facts.is_data():
                    found.add(element)
                if around:
                    around[-1].nested += facts.own + facts.nested
                    around[-1].laid_out |= facts.laid_out
        if around and text:
            around[-1].own += len(text.strip())
    return found


def _count(around: list[_Facts], element: "_Element") -> None:
    facts, tag = around[-1], element.tag
    facts.cells += tag in _CELLS
    facts.blocks += tag in _BLOCKS
    facts.named |= tag in {"th", "thead"}
    facts.laid_out |= tag in _LAYOUT


class TableWriter:
    """Takes the text of one table, cell by cell; what stands beside the cells goes before the table."""

    def __init__(self, element: "_Element") -> None:
        self.element = element
        self.lines: list[str] = []
        """The caption, and what stands in the table and in none of its cells."""
        self._rows: list[list[GridCell]] = []
        self._groups: list[_Element | None] = []
        """For each row the element around it, where merges end."""
        self._heads: list[bool] = []
        """For each row whether all its cells are marked as headers."""
        self._row: _Element | None = None
        self._home: _Element | None = None
        """The element of the cell that is open; tables within are its text."""
        self._text = ""

    def is_border(self, element: "_Element") -> bool:
        """Whether text before and after the element's start or end belongs to different cells."""
        return element is self._home or (self._home is None and element.tag in _PARTS)

    def start(self, element: "_Element") -> None:
        """Take note of the start of an element that is a border."""
        if element.tag == "tr" or (element.tag in _CELLS and self._row is None):
            self._rows.append([])
            self._groups.append(element.getparent())
            self._heads.append(True)
            self._row = element
        if element.tag in _CELLS:
            self._home = element

    def add(self, line: str) -> None:
        """Take the text of the open cell, or a line that stands in none."""
        if self._home is None:
            self.lines.append(line)
        else:
            self._text = line

    def end(self, element: "_Element") -> None:
        """Take note of the end of an element that is a border."""
        if element is self._home:
            is_head = element.tag == "th" or _is_in_head(element)
            self._rows[-1].append(
                GridCell(
                    self._text,
                    columns=_span(element, "colspan"),
                    rows=_span(element, "rowspan"),
                    strong=element.tag == "th" or _is_bold(element),
                )
            )
            self._heads[-1] &= is_head
            self._text, self._home = "", None
        elif element is self._row:
            self._row = None

    def rows(self) -> tuple[list[list[GridCell]], int]:
        """The rows with their cells on the grid, and how many rows the page says are headers."""
        for number, row in enumerate(self._rows):
            if any(cell.rows != 1 for cell in row):
                end = number + 1
                while end < len(self._rows) and self._groups[end] is self._groups[number]:
                    end += 1
                for cell in row:
                    cell.rows = min(cell.rows or end, end - number)
        place(self._rows)
        told = 0
        while told < len(self._rows) and self._heads[told]:
            told += 1
        has_text = any(cell.text.strip() for row in self._rows for cell in row)
        return (self._rows, told) if has_text else ([], 0)


def _span(element: "_Element", name: str) -> int:
    """How many rows or columns a cell covers; 0 stands for all rows to the end of the group."""
    value = re.match(r"\s*(\d{1,9})", element.get(name) or "")
    return int(value[1]) if value else 1


def _is_in_head(cell: "_Element") -> bool:
    around = next(cell.iterancestors("thead", "table"), None)
    return around is not None and around.tag == "thead"


def _is_bold(cell: "_Element") -> bool:
    """Whether all text of a cell is bold by an element of its own."""
    only = cell
    while len(only) == 1 and not (only.text or "").strip() and not (only[0].tail or "").strip():
        only = only[0]
        if only.tag in _BOLD or _HEAVY.search(only.get("style") or ""):
            return True
    return bool(_HEAVY.search(cell.get("style") or ""))
