"""The visible text of a web page: one block a line, tables, lists with their numbers, and where each stands.

White space is collapsed as CSS Text 3 (4.1) says: a line break between two Chinese characters vanishes.
"""

import re
from collections.abc import Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from index.readers.html_lists import ListCounter
from index.readers.html_tables import TableWriter, data_tables
from index.readers.table_grid import GridCell

if TYPE_CHECKING:
    from lxml.etree import _Element

_SKIPPED = frozenset(
    re.findall(
        r"\w+",
        """script style template noscript head nav header footer aside iframe object embed applet svg canvas
        audio video select textarea input button datalist menu rp map dialog""",
    )
)
_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        """address article blockquote body caption center dd details dir div dl dt fieldset figcaption figure
        form h1 h2 h3 h4 h5 h6 hgroup hr html legend li main ol p pre section summary table tbody tfoot thead
        tr ul""",
    )
)
_CELLS = frozenset({"td", "th"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_LARGE = 120_000
"""Square pixels of a picture that may hold text (400 by 300)."""
_SPACE = " \t\n\r\f"
_RUN = re.compile(f"[{_SPACE}]+")
_WIDE = "[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u2014\u2018-\u201d\u2026]"

Node = tuple[Any, bool]
"""A text of the tree: an element, and whether it is the text after it (else the one at its beginning)."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text."""

    text: str
    nodes: tuple[Node, ...] = ()
    linked: int = 0
    """Visible characters of it that lead to other pages."""
    heading: Any = None
    """The heading's element that it stands in."""
    in_main: bool = False
    """Whether it stands in an element that holds the page's content."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of data: its cells by rows, and how many rows the page says are headers."""

    rows: list[list[GridCell]]
    told: int
    nodes: tuple[Node, ...] = ()
    linked: int = 0
    in_main: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A large picture, which can hold text."""

    name: str
    in_main: bool = False
    nodes: tuple[Node, ...] = ()
    linked: int = 0


Item = Line | Grid | Picture


def is_hidden(element: Any) -> bool:
    """Whether an element with all below it is no text of the page."""
    if not isinstance(element.tag, str) or element.tag in _SKIPPED:
        # An article has a header of its own, which holds its title.
        parent = element.getparent()
        kept = element.tag == "header" and parent is not None and parent.tag in {"article", "main"}
        return not kept
    if element.get("hidden") is not None or element.get("role") in {"navigation", "banner", "contentinfo"}:
        return True
    return bool(_HIDDEN.search(element.get("style") or ""))


def collapse(text: str) -> str:
    """`text` with its white space as a browser shows it."""
    text = re.sub(f"(?<={_WIDE})[ \t]*[\n\r][{_SPACE}]*(?={_WIDE})", "", text) if "\n" in text else text
    return _RUN.sub(" ", text).strip(_SPACE)


class LineWriter:
    """Walks a tree once and writes its lines and tables."""

    def __init__(self, main: Set["_Element"]) -> None:
        """`main` are the elements that hold the page's content."""
        self.items: list[Item] = []
        self._main = main
        self._parts: list[tuple[str, Node | None]] = []
        """Of the line being written; None of them holds a line break that is kept."""
        self._mark = ""
        """The number of the latest list item."""
        self._counters: list[ListCounter | None] = []
        self._table: TableWriter | None = None
        """The table being written; the tables in its cells are text of these."""
        self._table_nodes: list[Node] = []
        self._preformatted = 0
        self._links = 0
        self._linked = 0
        self._heading: _Element | None = None
        self._inside = 0
        """Elements of `main` around the place."""

    def write(self, root: "_Element") -> list[Item]:
        """The lines and tables below `root`."""
        from lxml import etree

        data = data_tables(root, is_hidden)
        walker = etree.iterwalk(root, events=("start", "end"))
        skipped: set[_Element] = set()
        for event, element in walker:
            if event == "start":
                if element is not root and is_hidden(element):
                    walker.skip_subtree()
                    skipped.add(element)
                    continue
                if element in data and self._table is None:
                    self._break()
                    self._table = TableWriter(element)
                self._open(element)
                self._add(element.text, (element, False))
            else:
                if element not in skipped:
                    self._close(element)
                skipped.discard(element)
                if element is not root:
                    self._add(element.tail, (element, True))
        self._break()
        return self.items

    def _open(self, element: "_Element") -> None:
        tag = element.tag
        if tag == "img" and not self._links and _area(element) >= _LARGE:
            self._break()
            self.items.append(Picture(collapse(element.get("alt") or "") or "图片", bool(self._inside)))
        if tag in _BLOCKS or tag in _CELLS or tag == "br":
            self._edge()
        if self._table and self._table.is_border(element):
            self._break()
            self._table.start(element)
        self._inside += element in self._main
        self._links += _leads_away(element)
        if tag in _HEADINGS:
            self._heading = element
        elif tag == "pre":
            self._preformatted += 1
        elif tag in {"ol", "ul"}:
            self._counters.append(ListCounter.of(element) if tag == "ol" else None)
        elif tag == "li" and self._counters and (counter := self._counters[-1]):
            self._mark = counter.mark(element).strip()
            self._parts.append((self._mark + ("" if self._mark.endswith("、") else " "), None))

    def _close(self, element: "_Element") -> None:
        tag = element.tag
        if tag in {"ol", "ul"} and self._counters:
            self._counters.pop()
        elif tag == "pre":
            self._preformatted -= 1
        if self._table and self._table.is_border(element):
            self._break()
            self._table.end(element)
            if element is self._table.element:
                self._end_table(self._table)
        elif tag in _BLOCKS or tag in _CELLS:
            self._edge()
        self._inside -= element in self._main
        self._links -= _leads_away(element)
        if element is self._heading:
            self._heading = None

    def _end_table(self, table: TableWriter) -> None:
        nodes = tuple(self._table_nodes)
        self.items += [Line(line, nodes, in_main=bool(self._inside)) for line in table.lines]
        rows, told = table.rows()
        if rows:
            self.items.append(Grid(rows, told, nodes, self._linked, bool(self._inside)))
        self._table = None
        self._table_nodes.clear()
        self._linked = 0

    def _edge(self) -> None:
        """Where a block begins or ends: a new line, in a table's cell only a space."""
        if self._table:
            self._parts.append((" ", None))
        elif "".join(text for text, _ in self._parts).strip() != self._mark:
            self._break()  # else an item's number stands before its first block

    def _add(self, text: str | None, node: Node) -> None:
        if not text:
            return
        if self._links:
            self._linked += len("".join(text.split()))
        if self._preformatted and not self._table:
            first, *others = text.split("\n")
            self._parts.append((first, node))
            for line in others:
                self._break()
                self._parts.append((line, node))
        else:
            self._parts.append((text.replace("\n", " ") if self._preformatted else text, node))

    def _break(self) -> None:
        """End the line; in a table, it is the text of the cell or of what stands beside the cells."""
        if not self._parts:
            return
        line = collapse("".join(text for text, _ in self._parts))
        nodes = [node for text, node in self._parts if node and text.strip()]
        self._parts.clear()
        if self._table:
            self._table_nodes += nodes
            if line:
                self._table.add(line)
            return
        if line:
            self.items.append(Line(line, tuple(nodes), self._linked, self._heading, bool(self._inside)))
        self._linked = 0


def _area(picture: "_Element") -> int:
    """Square pixels of a picture as far as the page says."""
    area = 1
    for name in ("width", "height"):
        style = re.search(rf"(?:^|;)\s*{name}\s*:\s*(\d{{1,5}})px", picture.get("style") or "")
        said = style or re.match(r"\s*(\d{1,5})(?:px)?\s*$", picture.get(name) or "")
        area *= int(said[1]) if said else 0
    return area


def _leads_away(element: "_Element") -> bool:
    target = element.get("href") if element.tag == "a" else None
    return bool(target) and not str(target).startswith("#")
