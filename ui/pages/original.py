"""A document's stored text as HTML: one element a clause, quotations and what is found marked, nothing lost.

The text content of what `render_text` gives equals the stored text, character for character; a test
holds this. Everything from the document is escaped by markupsafe.
"""

import heapq
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from index.library.library import DocumentView
from index.schema import Clause, Span, Table
from index.structure.table_rows import is_table
from index.text.folding import shown
from ui.pages.facts import NOT_CLAUSES
from ui.pages.tables import TableWriter

_BREAK = re.compile(
    r"\s*\n\s*"
    r"|(?<=[^\x00-\x7f\s])(?P<blank> {1,2})(?=[^\x00-\x7f\s])"
)
"""The end of a line within a paragraph, and a blank between two Chinese characters."""
_SENTENCE = re.compile("[，。；]")
"""In a line with one of these, which is a paragraph, such a blank is what a page break left; in any other it
sets words apart, as in 第一章 总则 or a list of names."""
_MAX_HEADING = 6
_MARK_END = Markup("</mark>")


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
        if clause.address in NOT_CLAUSES:
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


@dataclass(frozen=True, slots=True)
class Mark:
    """A span of the stored text that stands out on the page."""

    start: int
    end: int
    name: str
    """The id of its element, or of the first one where it runs over several paragraphs."""
    kind: str = ""
    """The class of each of its elements; none for the quotation."""


def quotation(span: Span) -> Mark:
    """The mark of a quotation, which can be given the focus."""
    return Mark(*span, QUOTE)


QUOTE = "quote"


def render_text(
    view: DocumentView,
    cited: str | None = None,
    quote: Span | None = None,
    found: Sequence[Mark] = (),
    top: int = 1,
) -> Markup:
    """The whole stored text; the clause `cited` is tinted, `quote` (`start, end`) stands in `<mark>`, and so
    do `found`, in text order and apart from each other, but for those that touch the quotation. `top` is
    the level of the title's heading."""
    marks = list(found)
    if quote:
        marks = [each for each in marks if each.end <= quote[0] or quote[1] <= each.start]
        marks = sorted([*marks, quotation(quote)], key=lambda mark: mark.start)
    return _Writer(view, cited, marks, quote or (0, 0), top).document()


class _Writer:
    """Writes clauses from the outermost inwards, each table where it stands; what is between them is white
    space. It goes on through the text and never back, so that each character is written once."""

    def __init__(
        self, view: DocumentView, cited: str | None, marks: Sequence[Mark], quote: Span, top: int
    ) -> None:
        self._view = view
        self._text = view.document.text
        self._cited = cited
        self._marks = marks
        self._ends = [mark.end for mark in marks]
        self._named: set[str] = set()
        self._quote = quote
        self._top = top
        self._markup_ends = [end for _, end in view.document.markup]
        self._breaks = list(_breaks(self._text))
        self._break_ends = [end for _, end in self._breaks]
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

    def _clause(self, clause: Clause, depth: int, in_line: bool = False) -> Markup:
        """`in_line`: it goes on in the line of its parent's heading."""
        parts: list[Markup] = []
        headed = clause.heading_end > clause.start
        if headed:
            parts.append(self._heading(clause, depth))
        blocks: list[tuple[int, int, Clause | None]] = [(start, end, None) for start, end in clause.own]
        blocks += [(child.start, child.end, child) for child in self._children(clause.address)]
        blocks.sort(key=lambda block: block[:2])
        run_in = headed and bool(blocks) and "\n" not in self._text[clause.heading_end : blocks[0][0]]
        for number, (start, end, child) in enumerate(blocks):
            parts.append(self._until(start))
            if child is None:
                opened = Markup('<p class="in-line">') if run_in and number == 0 else Markup("<p>")
                parts += [opened, self._inline(start, end), Markup("</p>")]
            else:
                parts.append(self._clause(child, depth + 1, run_in and number == 0))
        parts.append(self._until(clause.end))
        classes = ["clause", f"depth-{depth}", f"kind-{clause.address if depth == 1 else 'part'}"]
        classes += [name for name, true in (("run-in", run_in), ("in-line", in_line)) if true]
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
        level = self._top if clause.address == "title" else min(self._top + depth, _MAX_HEADING)
        text = self._inline(clause.start, clause.heading_end)
        return Markup("<h{0}>{1}</h{0}>").format(level, text)

    def _inline(self, start: int, end: int) -> Markup:
        """`[start, end)`, so far as it is not written yet, with what is marked in `<mark>`."""
        start = max(start, self._at)
        end = self._at = max(start, end)
        parts: list[Markup] = []
        at = start
        for number in range(bisect_right(self._ends, start), len(self._marks)):
            mark = self._marks[number]
            if mark.start >= end:
                break
            first, last = max(mark.start, at), min(mark.end, end)
            parts += [self._shown(at, first), self._opened(mark), self._shown(first, last), _MARK_END]
            at = last
        rest = self._shown(at, end)
        return Markup("").join([*parts, rest]) if parts else rest

    def _opened(self, mark: Mark) -> Markup:
        """The tag before what is marked; the name is given once."""
        attributes = Markup(' class="{}"').format(mark.kind) if mark.kind else Markup("")
        if mark.name not in self._named:
            self._named.add(mark.name)
            attributes += Markup(' id="{}"').format(mark.name)
            attributes += Markup("") if mark.kind else Markup(' tabindex="-1"')
        return Markup("<mark{}>").format(attributes)

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
        at = start
        for a, b in heapq.merge(self._broken(start, end), self._markup(start, end)):
            if max(a, at) < b:
                yield max(a, at), b
                at = b

    def _broken(self, start: int, end: int) -> Iterator[Span]:
        """The ends of lines, and the blanks that page breaks left, in `[start, end)`."""
        for at in range(bisect_right(self._break_ends, start), len(self._breaks)):
            first, last = self._breaks[at]
            if first >= end:
                break
            yield max(start, first), min(end, last)


def _breaks(text: str) -> Iterator[Span]:
    """What of `text` takes no room within a paragraph, in text order."""
    for match in _BREAK.finditer(text):
        if match["blank"]:
            first, last = text.rfind("\n", 0, match.start()) + 1, text.find("\n", match.end())
            if not _SENTENCE.search(text, first, last if last >= 0 else len(text)):
                continue
        yield match.span()
