"""A document's stored text as HTML: one element a clause, a quotation marked, nothing lost.

The text content of what `render_text` gives equals the stored text, character for character; a test
holds this. Everything from the document is escaped by markupsafe.
"""

import heapq
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from markupsafe import Markup, escape

from index.library.library import DocumentView
from index.schema import Clause, Span

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
    """The table of contents below `parent`; clauses without a heading are left out, the preamble is not."""
    aim = view.clause(cited) if cited else None
    nodes = []
    for clause in view.children(parent):
        if clause.address in _NOT_LISTED:
            continue
        text = clause.path[-1].rstrip("。") if clause.heading.strip() else ""
        text = text or (clause.label if parent is None else "")
        if text:
            below = outline(view, cited, clause.address)
            holds = aim is not None and clause.start <= aim.start and aim.end <= clause.end
            nodes.append(PageOutlineNode(clause.address, text, holds, below))
    return tuple(nodes)


def render_text(view: DocumentView, cited: str | None = None, quote: tuple[int, int] | None = None) -> Markup:
    """The whole stored text; the clause `cited` is tinted, `quote` (`start, end`) stands in `<mark>`."""
    return _Writer(view, cited, quote or (0, 0)).document()


class _Writer:
    """Writes clauses from the outermost inwards; what stands between them is white space."""

    def __init__(self, view: DocumentView, cited: str | None, quote: tuple[int, int]) -> None:
        self._view = view
        self._text = view.document.text
        self._cited = cited
        self._quote = quote
        self._marked = False
        self._markup_ends = [end for _, end in view.document.markup]

    def document(self) -> Markup:
        parts: list[Markup] = []
        at = 0
        for clause in self._view.children(None):
            parts += [self._shown(at, clause.start), self._clause(clause, 1)]
            at = clause.end
        return Markup("").join([*parts, self._shown(at, len(self._text))])

    def _clause(self, clause: Clause, depth: int) -> Markup:
        parts: list[Markup] = []
        at = clause.start
        if clause.heading_end > clause.start:
            parts.append(self._heading(clause, depth))
            at = clause.heading_end
        blocks: list[tuple[int, int, Clause | None]] = [(start, end, None) for start, end in clause.own]
        blocks += [(child.start, child.end, child) for child in self._view.children(clause.address)]
        for start, end, child in sorted(blocks, key=lambda block: block[:2]):
            parts.append(self._shown(at, start))
            if child is None:
                parts.append(Markup("<p>{}</p>").format(self._inline(start, end)))
            else:
                parts.append(self._clause(child, depth + 1))
            at = end
        parts.append(self._shown(at, clause.end))
        classes = ["clause", f"depth-{depth}", f"kind-{clause.address if depth == 1 else 'part'}"]
        if clause.own and clause.heading_end > clause.start and self._same_line(clause):
            classes.append("run-in")
        if clause.address == self._cited:
            classes.append("cited")
        return Markup('<section class="{}" id="c-{}">{}</section>').format(
            " ".join(classes), clause.address, Markup("").join(parts)
        )

    def _heading(self, clause: Clause, depth: int) -> Markup:
        level = 1 if clause.address == "title" else min(depth + 1, _MAX_HEADING)
        text = self._inline(clause.start, clause.heading_end)
        return Markup("<h{0}>{1}</h{0}>").format(level, text)

    def _same_line(self, clause: Clause) -> bool:
        return "\n" not in self._text[clause.heading_end : clause.own[0][0]]

    def _inline(self, start: int, end: int) -> Markup:
        """`[start, end)` with the part that the quotation covers in `<mark>`."""
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
        return Markup("").join([*parts, escape(self._text[at:end])])

    def _hidden(self, start: int, end: int) -> Iterator[Span]:
        """What of `[start, end)` is not shown, in text order."""
        breaks = (match.span() for match in _BREAK.finditer(self._text, start, end))
        first = bisect_left(self._markup_ends, start + 1)
        markup = (
            (max(start, a), min(end, b))
            for a, b in takewhile(lambda span: span[0] < end, self._view.document.markup[first:])
        )
        at = start
        for a, b in heapq.merge(breaks, markup):
            if max(a, at) < b:
                yield max(a, at), b
                at = b
