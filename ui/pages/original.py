"""A document's stored text as HTML: one element a clause, a quotation marked, nothing lost.

The text content of what `render_text` gives equals the stored text, character for character; a test
holds this. Everything from the document is escaped by markupsafe.
"""

import heapq
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup, escape

from index.library.library import DocumentView
from index.schema import Clause, Span, Table
from index.structure.table_rows import is_table
from index.text.folding import shown
from ui.pages.tables import TableWriter

_BREAK = re.compile(r"\s*\n\s*")
_MAX_HEADING = 6
_NOT_LISTED = frozenset({"title", "source", "record", "contents"})


@dataclass(frozen=True, slots=True)
class PageOutlineNode:
    """One entry of the table of contents."""

    address: str
    text: str
    cited: bool
    """Whether this clause or one below it is the cited one."""
    children: tuple["PageOutlineNode", ...]


def clause_at(view: DocumentView, offset: int) -> Clause | None:
    """The innermost clause that holds the character at `offset`."""
    holding = [clause for clause in view.clauses if clause.start <= offset < clause.end]
    return min(holding, key=lambda clause: clause.end - clause.start, default=None)


def outline(
    view: DocumentView, cited: str | None = None, parent: str | None = None
) -> tuple[PageOutlineNode, ...]:
    """The table of contents below `parent`. Clauses without a heading are left out, unless it is the preamble
    or a table."""
    aim = view.clause(cited) if cited else None
    nodes = []
    for clause in view.children(parent):
        if clause.address in _NOT_LISTED:
            continue
        text = _entry(clause)
        if text:
            below = () if is_table(clause) else outline(view, cited, clause.address)
            holds = aim is not None and clause.start <= aim.start and aim.end <= clause.end
            nodes.append(PageOutlineNode(clause.address, text, holds, below))
    return tuple(nodes)


def _entry(clause: Clause) -> str:
    """What the table of contents calls a clause; empty for one that it leaves out."""
    if is_table(clause):
        return f"表{clause.address.rpartition('t')[2]}"
    heading = clause.path[-1].rstrip("。") if clause.heading.strip() else ""
    return heading or (clause.label if clause.parent is None else "")


def render_text(view: DocumentView, cited: str | None = None, quote: tuple[int, int] | None = None) -> Markup:
    """The whole stored text; the clause `cited` is tinted, `quote` (`start, end`) stands in `<mark>`."""
    return _Writer(view, cited, quote or (0, 0)).document()


class _Writer:
    """Writes clauses from the outermost inwards, each table where it stands; what is between them is white
    space. It goes on through the text and never back, so that each character is written once."""

    def __init__(self, view: DocumentView, cited: str | None, quote: tuple[int, int]) -> None:
        self._view = view
        self._text = view.document.text
        self._cited = cited
        self._quote = quote
        self._marked = False
        self._markup_ends = [end for _, end in view.document.markup]
        self._at = 0
        """How far the text is written."""
        clauses = {clause.start: clause for clause in view.clauses if is_table(clause)}
        tables = [(table, clauses[table.start]) for table in view.document.tables if table.start in clauses]
        self._tables = tables[::-1]
        """Those that are not written yet, the next one last."""

    def document(self) -> Markup:
        parts: list[Markup] = []
        for clause in self._children(None):
            parts += [self._until(clause.start), self._clause(clause, 1)]
        return Markup("").join([*parts, self._until(len(self._text))])

    def _children(self, address: str | None) -> Iterator[Clause]:
        return (clause for clause in self._view.children(address) if not is_table(clause))

    def _clause(self, clause: Clause, depth: int) -> Markup:
        parts: list[Markup] = []
        if clause.heading_end > clause.start:
            parts.append(self._heading(clause, depth))
        blocks: list[tuple[int, int, Clause | None]] = [(start, end, None) for start, end in clause.own]
        blocks += [(child.start, child.end, child) for child in self._children(clause.address)]
        for start, end, child in sorted(blocks, key=lambda block: block[:2]):
            parts.append(self._until(start))
            if child is None:
                parts.append(Markup("<p>{}</p>").format(self._inline(start, end)))
            else:
                parts.append(self._clause(child, depth + 1))
        parts.append(self._until(clause.end))
        classes = ["clause", f"depth-{depth}", f"kind-{clause.address if depth == 1 else 'part'}"]
        if clause.own and clause.heading_end > clause.start and self._same_line(clause):
            classes.append("run-in")
        if clause.address == self._cited:
            classes.append("cited")
        return Markup('<section class="{}" id="c-{}">{}</section>').format(
            " ".join(classes), clause.address, Markup("").join(parts)
        )

    def _until(self, end: int) -> Markup:
        """What stands before `end` and is not written yet: tables, and white space around them."""
        parts: list[Markup] = []
        while self._tables and self._tables[-1][0].start < end:
            table, clause = self._tables.pop()
            if table.start >= self._at:
                parts += [self._between(self._at, table.start), self._table(table, clause)]
                self._at = table.end
        if self._at < end:
            parts.append(self._between(self._at, end))
            self._at = end
        return Markup("").join(parts)

    def _table(self, table: Table, clause: Clause) -> Markup:
        writer = TableWriter(table, self._text, self._quote, self._inline, self._between)
        return Markup(
            '<section class="clause table{}" id="c-{}">'
            '<div class="scroll" role="region" tabindex="0" aria-label="{}">{}</div></section>'
        ).format(
            " cited" if clause.address == self._cited else "",
            clause.address,
            clause.label,
            writer.write(clause.address, self._cited),
        )

    def _heading(self, clause: Clause, depth: int) -> Markup:
        level = 1 if clause.address == "title" else min(depth + 1, _MAX_HEADING)
        text = self._inline(clause.start, clause.heading_end)
        return Markup("<h{0}>{1}</h{0}>").format(level, text)

    def _same_line(self, clause: Clause) -> bool:
        return "\n" not in self._text[clause.heading_end : clause.own[0][0]]

    def _inline(self, start: int, end: int) -> Markup:
        """`[start, end)`, so far as it is not written yet, with what the quotation covers in `<mark>`."""
        start = max(start, self._at)
        end = self._at = max(start, end)
        first, last = max(start, self._quote[0]), min(end, self._quote[1])
        if first >= last:
            return self._shown(start, end)
        name = Markup("") if self._marked else Markup(' id="quote"')
        self._marked = True
        return Markup("{}<mark{}>{}</mark>{}").format(
            self._shown(start, first), name, self._shown(first, last), self._shown(last, end)
        )

    def _shown(self, start: int, end: int) -> Markup:
        """Escaped; a line break inside a paragraph, and markup, stay in the text but take no room."""
        parts: list[Markup] = []
        at = start
        for first, last in self._hidden(start, end):
            parts.append(escape(self._text[at:first]))
            parts.append(Markup('<span class="break">{}</span>').format(self._text[first:last]))
            at = last
        rest = escape(self._text[at:end])
        return Markup("").join([*parts, rest]) if parts else rest

    def _between(self, start: int, end: int) -> Markup:
        """What stands between paragraphs or cells: neither seen nor read out where it says nothing."""
        if start == end:
            return Markup("")
        markup = [(first - start, last - start) for first, last in self._markup(start, end)]
        if shown(self._text[start:end], markup).strip():
            return self._shown(start, end)
        return Markup("<span hidden>{}</span>").format(self._text[start:end])

    def _markup(self, start: int, end: int) -> Iterator[Span]:
        """The markup in `[start, end)`."""
        for at in range(bisect_right(self._markup_ends, start), len(self._markup_ends)):
            first, last = self._view.document.markup[at]
            if first >= end:
                break
            yield max(start, first), min(end, last)

    def _hidden(self, start: int, end: int) -> Iterator[Span]:
        """What of `[start, end)` is not shown, in text order."""
        breaks = (match.span() for match in _BREAK.finditer(self._text, start, end))
        at = start
        for a, b in heapq.merge(breaks, self._markup(start, end)):
            if max(a, at) < b:
                yield max(a, at), b
                at = b
