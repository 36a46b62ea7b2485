"""A document's stored text as HTML: one element a clause, a quotation marked, nothing lost.

The text content of what `render_text` gives equals the stored text, character for character; a test
holds this. Everything from the document is escaped by markupsafe.
"""

import re
from dataclasses import dataclass

from markupsafe import Markup, escape

from index.library import DocumentView
from index.schema import Clause
from index.text import squeeze

_BREAK = re.compile(r"\s*\n\s*")
_MAX_HEADING = 6


@dataclass(frozen=True, slots=True)
class OutlineNode:
    """One entry of the table of contents."""

    address: str
    text: str
    cited: bool
    """Whether this clause or one below it is the cited one."""
    children: tuple["OutlineNode", ...]


def clause_at(view: DocumentView, offset: int) -> Clause | None:
    """The innermost clause that holds the character at `offset`."""
    holding = [clause for clause in view.clauses if clause.start <= offset < clause.end]
    return min(holding, key=lambda clause: clause.end - clause.start, default=None)


def outline(
    view: DocumentView, cited: str | None = None, parent: str | None = None
) -> tuple[OutlineNode, ...]:
    """The table of contents below `parent`; clauses without a heading are left out, the preamble is not."""
    nodes = []
    for clause in view.children(parent):
        if clause.address in {"title", "source"}:
            continue
        text = squeeze(clause.heading).rstrip("。") or (clause.label if parent is None else "")
        if text:
            below = outline(view, cited, clause.address)
            holds = cited is not None and (cited == clause.address or cited.startswith(f"{clause.address}."))
            nodes.append(OutlineNode(clause.address, text, holds, below))
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

    def document(self) -> Markup:
        parts: list[Markup] = []
        at = 0
        for clause in self._view.children(None):
            parts += [escape(self._text[at : clause.start]), self._clause(clause, 1)]
            at = clause.end
        return Markup("").join([*parts, escape(self._text[at:])])

    def _clause(self, clause: Clause, depth: int) -> Markup:
        parts: list[Markup] = []
        at = clause.start
        if clause.heading_end > clause.start:
            parts.append(self._heading(clause, depth))
            at = clause.heading_end
        blocks: list[tuple[int, int, Clause | None]] = [(start, end, None) for start, end in clause.own]
        blocks += [(child.start, child.end, child) for child in self._view.children(clause.address)]
        for start, end, child in sorted(blocks, key=lambda block: block[:2]):
            parts.append(escape(self._text[at:start]))
            if child is None:
                parts.append(Markup("<p>{}</p>").format(self._inline(start, end)))
            else:
                parts.append(self._clause(child, depth + 1))
            at = end
        parts.append(escape(self._text[at : clause.end]))
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
        """Escaped; a line break inside a paragraph stays in the text but takes no room on the page."""
        text = self._text[start:end]
        parts: list[Markup] = []
        at = 0
        for found in _BREAK.finditer(text):
            parts.append(escape(text[at : found.start()]))
            parts.append(Markup('<span class="break">{}</span>').format(found[0]))
            at = found.end()
        return Markup("").join([*parts, escape(text[at:])])
