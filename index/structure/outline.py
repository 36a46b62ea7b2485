"""Stored text to a tree of clauses: the grammar of statutes where it has articles, else that of 公文.

The clauses come in text order. Headings and own texts, put together, give back every character but
white space; a text without any numbering gives one clause a paragraph (`p1`, `p2`, …).
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.schema import Clause, Document, DocumentWarning, Span, Table, WarningKind
from index.structure.attached import Part, parts_of
from index.structure.contents import contents_in
from index.structure.front_end_matter import Matter, front, kind_of_title, tail
from index.structure.markup import heading_levels
from index.structure.official import official_outline
from index.structure.statute import articles_in, statute_outline
from index.structure.statute_headings import with_inner_articles
from index.structure.tables import with_tables, without_tables
from index.structure.tree import Line, Node, lines_of, make_clauses
from index.text.folding import shown

OUTLINE_VERSION = 4
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
_OUTSIDE = re.compile(r"[pt]\d+")
AROUND = frozenset(_LABELS)
"""Names of what stands around an outline."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The outline of a text: its clauses in text order, and what a maintainer should look at."""

    clauses: tuple[Clause, ...]
    warnings: tuple[DocumentWarning, ...]


def parse_outline(text: str, markup: Sequence[Span] = (), tables: Sequence[Table] = ()) -> Parsed:
    """The outline of a stored text, whose markup reads as white space; rows of `tables` are clauses of their
    own and never headings."""
    read = shown(text, markup)
    lines = without_tables(list(lines_of(read, heading_levels(text, markup))), tables)
    nodes: list[Node] = []
    warnings: list[DocumentWarning] = []
    counts: Counter[str] = Counter()
    for part in parts_of(lines):
        counts[part.kind] += 1
        home = _home(part, counts[part.kind])
        nodes += [home] if home else []
        found, noted = _part(part.lines, home, titled=part.kind == "attached")
        nodes += found
        warnings += noted
    if tables:
        nodes = with_tables(read, nodes, tables)
    clauses = make_clauses(read, nodes)
    if not has_outline(clauses):
        warnings.insert(0, DocumentWarning(WarningKind.NO_OUTLINE, "", None))
    return Parsed(clauses, tuple(warnings))


def outlined(document: Document) -> Document:
    """`document` with the outline of its text, and with what is odd about that."""
    parsed = parse_outline(document.text, document.markup, document.tables)
    return replace(document, clauses=parsed.clauses, warnings=(*document.warnings, *parsed.warnings))


def has_outline(clauses: Sequence[Clause]) -> bool:
    """Whether a text shows a structure of its own, or fell back to paragraphs."""
    return any(is_of_outline(clause.address) for clause in clauses)


def is_of_outline(address: str) -> bool:
    """Whether a clause at `address` is one of the outline: neither what stands around it nor a paragraph or a
    table outside of it."""
    name = address.partition("-")[0].partition(".")[0]
    return name not in AROUND and _OUTSIDE.fullmatch(name) is None


def _home(part: Part, number: int) -> Node | None:
    """The node of a part that is attached to the text."""
    if part.kind == "text":
        return None
    start, end = part.head[0].first, part.head[-1].end
    if part.kind == "appendix":
        return Node(f"appendix{number}", f"附件{number}", start, end)
    kind = kind_of_title(part.title)
    return Node(f"att{number}", f"《{kind}》" if kind else "附文", start, end)


def _part(
    lines: Sequence[Line], region: Node | None, titled: bool
) -> tuple[list[Node], list[DocumentWarning]]:
    """The nodes of a text or of what is attached to it, whose title may be known already."""
    lines = with_inner_articles(lines)
    ending = tail(lines)
    lines = lines[: len(lines) - sum(len(part.lines) for part in ending)]
    contents = contents_in(lines)
    body = _body(lines, contents, region)
    if (
        contents and body.start < contents.start
    ):  # it stands inside the outline: then it is text like any other
        contents = range(0)
        body = _body(lines, contents, region)
    around = front(lines[: body.start], body.is_statute, contents, titled)
    bare = body.start == len(lines)
    nodes = [*_around(around, region, bare), *body.nodes, *_around(ending, region)]
    return nodes, body.warnings


@dataclass(frozen=True, slots=True)
class _Body:
    """The outline of one part. `start` is the index of its first line, the number of lines without one."""

    is_statute: bool
    start: int
    nodes: list[Node]
    warnings: list[DocumentWarning]


def _body(lines: Sequence[Line], contents: range, region: Node | None) -> _Body:
    body = [line for at, line in enumerate(lines) if at not in contents]
    articles = articles_in(body)
    found = statute_outline(body, articles, region) if articles else official_outline(body, region)
    before = len(contents) if found.first >= contents.start else 0
    start = found.first + before if found.first < len(body) else len(lines)
    return _Body(bool(articles), start, found.nodes, found.warnings)


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
