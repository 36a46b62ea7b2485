"""What an article consists of: its 款, their 项, and 目 below these."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from index.schema import DocumentWarning, Span
from index.structure.faults import gap
from index.structure.nesting import Nesting
from index.structure.numbering import Mark, Numbered, numbered, written
from index.structure.tree import Line, Node, is_ended
from index.text.numerals import chinese_numeral

_LOOKAHEAD = 40
_LONGEST_NUMBER = 20
"""Characters in which a number at the start of an item ends."""
_INSIDE = re.compile(r"(?<=[；;：:。])(?P<gap>[ \t\u3000]*)(?=[（(])")
_GOES_ON = ("；", ";", "：", ":")
"""How a line ends after which a list goes on, numbered or not."""


def article_nodes(article: Node, pieces: Sequence[Line], warnings: list[DocumentWarning]) -> list[Node]:
    """The 款, 项 and 目 of an article, whose text the `pieces` are; what is odd is added to `warnings`."""
    lines = [part for piece in pieces for part in _items_apart(piece) if part.text.strip()]
    reading = _Reading(lines, warnings)
    for at in range(len(lines)):
        reading.take(at)
    return _numbered_paragraphs(article, reading.paragraphs)


def _items_apart(line: Line) -> Iterator[Line]:
    """The line, cut before the items that it holds one after another: （一）…； （二）…"""
    at = 0
    first = numbered(line)
    last = first.number if first and first.mark is Mark.BRACKETED else 0
    for match in _INSIDE.finditer(line.text):
        start = line.start + match.end()
        inner = numbered(Line(start, line.end, line.text[match.end() : match.end() + _LONGEST_NUMBER]))
        if not inner or inner.mark is not Mark.BRACKETED or inner.number != last + 1:
            continue
        if last or match["gap"]:  # the first one of a sentence needs the gap
            yield Line(line.start + at, start, line.text[at : match.end()])
            at, last = match.end(), inner.number
    yield Line(line.start + at, line.end, line.text[at:])


@dataclass(slots=True)
class _Reading:
    """The state while an article is read: its 款 so far, each with its spans and its items."""

    lines: Sequence[Line]
    warnings: list[DocumentWarning]
    paragraphs: list[tuple[list[Span], list[Node]]] = field(default_factory=list)
    _found: list[Numbered | None] = field(default_factory=list)
    _nesting: Nesting = field(default_factory=lambda: Nesting(()))
    _stack: list[Node] = field(default_factory=list)
    _elements: int = 0
    """Elements of the open list so far, those included whose number was lost."""

    def __post_init__(self) -> None:
        self._found = [None if at == 0 else numbered(line) for at, line in enumerate(self.lines)]
        self._nesting = Nesting(self._found)

    def take(self, at: int) -> None:
        """Read line `at`: an item, more of what is open, or a new 款."""
        line = self.lines[at]
        before = self.lines[at - 1].text.rstrip() if at else ""
        number = self._found[at]
        depth = self._depth(at, number) if number and self.paragraphs else None
        if number and depth is not None:
            self._open_item(line, number, depth)
        elif self.paragraphs and (
            not is_ended(before) or self._is_element(line, before) or self._list_goes_on(at)
        ):
            home = self._stack[-1].own if self._stack else self.paragraphs[-1][0]
            home.append((line.start, line.end))
            self._elements += before.endswith(_GOES_ON)
        else:
            self.paragraphs.append(([(line.start, line.end)], []))
            self._nesting.open.clear()
            self._stack.clear()
            self._elements = 0

    def _depth(self, at: int, number: Numbered) -> int | None:
        depth = self._nesting.depth(at, number)
        if depth is None and number.mark is Mark.BRACKETED and number.number == self._elements + 1:
            return 0  # those before it lost their numbers
        return depth

    def _open_item(self, line: Line, number: Numbered, depth: int) -> None:
        for missing in self._nesting.missing(number, depth) if self._elements else ():
            self.warnings.append(gap(line, f"第{written(number.mark, missing)}项"))
        self._nesting.push(number, depth)
        del self._stack[depth:]
        name = f"i{number.number}" if depth == 0 else str(number.number)
        item = Node(name, "", line.first, line.first, own=[(line.first, line.end)], divisible=False)
        item.parent = item.base = self._stack[-1] if self._stack else None
        match depth:
            case 0:
                item.label = f"第（{chinese_numeral(number.number)}）项"
                self._elements += 1
            case 1:
                item.label = f"第{number.number}目"
            case _:
                item.label = written(number.mark, number.number)
        self._stack.append(item)
        self.paragraphs[-1][1].append(item)

    def _is_element(self, line: Line, before: str) -> bool:
        """Whether a line without a number is an element of the list that the line `before` it opened or went
        on with. After numbered items the last one often ends with ； as well, and then a 款 follows."""
        if not before.endswith(_GOES_ON):
            return False
        return not self._stack or line.text.rstrip().endswith(_GOES_ON)

    def _list_goes_on(self, at: int) -> bool:
        """Whether the next number after line `at` goes on a list that is open there: then what stands between
        is a further paragraph of the item before it."""
        marks = {each.mark for each in self._nesting.open}
        for later in self._found[at + 1 : at + 1 + _LOOKAHEAD]:
            if later is None or later.mark not in marks:
                continue
            return any(
                each.mark is later.mark and each.number + 1 == later.number for each in self._nesting.open
            )
        return False


def _numbered_paragraphs(article: Node, paragraphs: Sequence[tuple[list[Span], list[Node]]]) -> list[Node]:
    """The nodes below an article; where it has one 款, this 款 is the article itself."""
    nodes: list[Node] = []
    for number, (spans, items) in enumerate(paragraphs, start=1):
        if len(paragraphs) == 1:
            home = article
            home.own = spans
        else:
            label = f"{article.label}第{chinese_numeral(number)}款"
            home = Node(f"p{number}", label, spans[0][0], spans[0][0], article, article, spans)
            nodes.append(home)
        home.divisible = False
        for item in items:
            above = item.parent or home
            item.parent = item.base = above
            item.label = f"{above.label}{item.label}"
            nodes.append(item)
    return nodes
