"""The tree under construction: lines in, nodes with spans and parents, clauses out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from index.schema import Clause, DocumentWarning, Span
from index.text.folding import squeeze

_PARAGRAPH_ENDS = tuple("。！？!?；;：:…")
_CLOSERS = "”’」』）)》"


@dataclass(frozen=True, slots=True)
class Line:
    """One line that says something; offsets count from the start of the whole text."""

    start: int
    end: int
    text: str
    level: int = 0
    """1 for `#`, 2 for `##`: how deep the file's own markup says that this heading stands; 0 for text."""
    above_table: bool = False
    """Whether a table follows: then it is that one's caption rather than a heading."""

    @property
    def first(self) -> int:
        """Offset of the first character that is not white space."""
        return self.start + len(self.text) - len(self.text.lstrip())


@dataclass(slots=True)
class Node:
    """A clause under construction."""

    name: str
    """The last part of the address; empty for a text without an outline."""
    label: str
    start: int
    heading_end: int
    parent: "Node | None" = None
    base: "Node | None" = None
    """The node whose address comes first; articles have their region here, never their chapter."""
    own: list[Span] = field(default_factory=list)
    marker_end: int = 0
    """Where the number ends and the title of the heading begins; 0 where both are written as one."""
    divisible: bool = True
    """Whether two or more paragraphs of own text become clauses of their own."""
    end: int = 0
    address: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """What a grammar found: `first` is the index of the first line that belongs to the outline, the number
    of lines where there is none."""

    first: int
    nodes: list[Node]
    warnings: list[DocumentWarning]


def lines_of(text: str, levels: Mapping[int, int] = MappingProxyType({})) -> Iterator[Line]:
    """The lines of `text` that are not blank; `levels` holds those of headings, by where the line starts."""
    at = 0
    for raw in text.split("\n"):
        if raw.strip():
            yield Line(at, at + len(raw), raw, levels.get(at, 0))
        at += len(raw) + 1


def compact(text: str) -> str:
    """`text` with each run of white space as one space, none around it: for patterns, which a long run would
    slow down."""
    return " ".join(text.split())


def is_ended(text: str) -> bool:
    """Whether a line stops where a paragraph can; one that stops mid-sentence goes on in the next."""
    return text.rstrip().rstrip(_CLOSERS).endswith(_PARAGRAPH_ENDS)


def paragraphs(text: str, own: Sequence[Span]) -> list[Span]:
    """Own lines joined to paragraphs."""
    joined: list[Span] = []
    ended = True
    for start, end in own:
        if not text[start:end].strip():
            continue
        if joined and not ended and not text[joined[-1][1] : start].strip():  # no table stands between
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
        ended = is_ended(text[start:end])
    return joined


def make_clauses(text: str, nodes: Sequence[Node]) -> tuple[Clause, ...]:
    """Nodes in text order to clauses: ends closed, paragraphs split, addresses made."""
    _close(nodes)
    split = _split_paragraphs(text, nodes)
    _give_addresses(split)
    return tuple(_clause(text, node) for node in split)


def _close(nodes: Sequence[Node]) -> None:
    """Give every node its end: the end of its last own text or of its last child."""
    for node in nodes:
        node.end = max([node.heading_end, *(end for _, end in node.own)])
    for node in reversed(nodes):
        if node.parent is not None:
            node.parent.end = max(node.parent.end, node.end)


def _split_paragraphs(text: str, nodes: Sequence[Node]) -> list[Node]:
    """Where a clause's own text is two or more paragraphs, each becomes a `.pN` clause; in a text
    without an outline each paragraph stands for itself."""
    result: list[Node] = []
    for node in nodes:
        found = paragraphs(text, node.own)
        bare = not node.name
        if not bare:
            node.own = found
            result.append(node)
            if len(found) < 2 or not node.divisible:
                continue
        node.own = []
        for number, (start, end) in enumerate(found, start=1):
            parent, base = (node.parent, node.base) if bare else (node, node)
            label = f"{node.label}第{number}段"
            result.append(Node(f"p{number}", label, start, start, parent, base, [(start, end)], end=end))
    result.sort(key=lambda node: node.start)  # stable: a parent stays before what begins with it
    return result


def _give_addresses(nodes: Sequence[Node]) -> None:
    """Names joined by dots; where levels are mixed so that an address is taken, `-2` and so on."""
    taken: set[str] = set()
    again: dict[str, int] = {}
    for node in nodes:
        address = f"{node.base.address}.{node.name}" if node.base else node.name
        free = address
        while free in taken:
            again[address] = again.get(address, 1) + 1
            free = f"{address}-{again[address]}"
        taken.add(free)
        node.address = free


def _clause(text: str, node: Node) -> Clause:
    path: list[str] = []
    above: Node | None = node
    while above is not None:
        if above.heading_end > above.start:
            path.append(_heading(text, above))
        above = above.parent
    return Clause(
        address=node.address,
        label=node.label,
        heading=text[node.start : node.heading_end],
        path=tuple(reversed(path)),
        parent=node.parent.address if node.parent else None,
        start=node.start,
        end=node.end,
        heading_end=node.heading_end,
        own=tuple(node.own),
    )


def _heading(text: str, node: Node) -> str:
    if not node.marker_end:
        return squeeze(text[node.start : node.heading_end])
    marker, title = text[node.start : node.marker_end], text[node.marker_end : node.heading_end]
    return f"{squeeze(marker)} {squeeze(title)}".strip()
