"""Stored text to a tree of clauses: the grammar of statutes where it has articles, else that of 公文.

The clauses come in text order. Headings and own texts, put together, give back every character but
white space; a text without any numbering gives one clause a paragraph (`p1`, `p2`, …).
"""

from collections.abc import Sequence
from dataclasses import replace

from index.schema import Clause, Document
from index.structure.front_end_matter import Matter, contents_end, front, regions, tail
from index.structure.official import official_outline
from index.structure.statute import articles_in, body_start, statute_outline
from index.structure.tree import Line, Node, lines_of, make_clauses
from index.text.folding import shown

OUTLINE_VERSION = 2
"""Raise when the same text gives other clauses; a golden test watches this."""

_LABELS = {
    "title": "标题",
    "source": "来源",
    "record": "题注",
    "contents": "目录",
    "preamble": "序言",
    "enclosures": "附件说明",
    "signature": "落款",
}
AROUND = frozenset(_LABELS)
"""Names of what stands around an outline."""


def parse_outline(text: str) -> tuple[Clause, ...]:
    """The clauses of `text`, in which markup must already read as white space (`folding.shown`)."""
    nodes: list[Node] = []
    for number, lines in enumerate(regions(list(lines_of(text)))):
        nodes += _appendix(number, lines) if number else _region(lines, None)
    return make_clauses(text, nodes)


def outlined(document: Document) -> Document:
    """`document` with the outline of its text."""
    return replace(document, clauses=parse_outline(shown(document.text, document.markup)))


def has_outline(clauses: Sequence[Clause]) -> bool:
    """Whether a text shows a structure of its own, or fell back to paragraphs."""
    return any(clause.address[:1] not in "p" and clause.address not in AROUND for clause in clauses)


def _appendix(number: int, lines: Sequence[Line]) -> list[Node]:
    head = lines[0]
    node = Node(f"appendix{number}", f"附件{number}", head.first, head.end)
    return [node, *_region(lines[1:], node)]


def _region(lines: Sequence[Line], region: Node | None) -> list[Node]:
    """The nodes of a text or of one of its appendices."""
    ending = tail(lines)
    lines = lines[: len(lines) - sum(len(part.lines) for part in ending)]
    contents = _contents(lines)
    is_statute, start, outline = _body(lines, contents, region)
    if contents and start < contents.start:  # it stands inside the outline: then it is text like any other
        contents = range(0)
        is_statute, start, outline = _body(lines, contents, region)
    around = front(lines[:start], is_statute, contents)
    if start < len(lines):
        return [*_around(around, region), *outline, *_around(ending, region)]
    bare = _around(around, region, bare=True)
    return [*bare, *_around(ending, region)]


def _body(lines: Sequence[Line], contents: range, region: Node | None) -> tuple[bool, int, list[Node]]:
    """Whether the lines, but for the table of `contents`, are a statute; the index of the outline's first
    line (`len(lines)` without one); the outline."""
    body = [line for at, line in enumerate(lines) if at not in contents]
    articles = articles_in(body)
    if articles:
        first = body_start(body, articles)
        shifted = {at - first: article for at, article in articles.items()}
        outline = statute_outline(body[first:], shifted, region)
    else:
        first, outline = official_outline(body, region)
    before = len(contents) if first >= contents.start else 0
    return bool(articles), first + before if first < len(body) else len(lines), outline


def _contents(lines: Sequence[Line]) -> range:
    """The lines of the table of contents, which name every heading without being one."""
    for at in range(len(lines)):
        if (end := contents_end(lines, at)) > at:
            return range(at, end)
    return range(0)


def _around(parts: Sequence[Matter], region: Node | None, bare: bool = False) -> list[Node]:
    nodes = []
    for part in parts:
        name, label = part.name, _LABELS[part.name]
        if bare and name == "preamble":
            name = label = ""
        label = f"{region.label if region else ''}{label}"
        if name == "title":
            end = part.lines[-1].end
            nodes.append(Node(name, label, part.lines[0].first, end, region, region))
            continue
        own = [(line.start, line.end) for line in part.lines]
        first = part.lines[0].first
        node = Node(name, label, first, first, region, region, own)
        node.divisible = name not in ("contents", "signature", "record", "enclosures")
        nodes.append(node)
    return nodes
