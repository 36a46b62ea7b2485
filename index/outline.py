"""Stored text to a tree of clauses, by the numbering of Chinese official documents (公文).

Levels: 一、 / （一） / 1. / （1） / ①, in full or half width. A line is a heading only where its number
continues the outline (the first under its parent, or the next of its level), so that enumerations
and cross-references stay text. The order of the result is the order of the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from index.schema import Clause
from index.text import squeeze

OUTLINE_VERSION = 1
"""Raise when the same text gives other clauses; a golden test watches this."""

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")}
_CJK = "[零一二三四五六七八九十百]+"
_ARABIC = "[0-9０-９]{1,3}"
_OPEN, _CLOSE = "[(（]", "[)）]"
_LEVELS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(rf"\s*{pattern}")
    for pattern in (
        rf"(?P<n>{_CJK})\s*、(?!\s*{_CJK}\s*(?:、|年级))",  # not 一、二年级
        rf"{_OPEN}\s*(?P<n>{_CJK})\s*{_CLOSE}",
        rf"(?P<n>{_ARABIC})\s*[.．、](?![0-9０-９])",
        rf"{_OPEN}\s*(?P<n>{_ARABIC})\s*{_CLOSE}",
        r"(?P<n>[①-⑳])",
    )
)
_SENTENCE_END = re.compile(r"[。！？!?]+[”’」』）)]*")
_PARAGRAPH_ENDS = "。！？!?；;：:…"
_CLOSERS = "”’」』）)》"
_SOURCE_LINE = re.compile(r"\s*来源[：:]")
_CHINESE_NUMERALS = "零一二三四五六七八九"


def numeral(text: str) -> int:
    """The value of 十二, １２, 12 or ⑫. Raises ValueError for anything else."""
    text = "".join(text.split())
    if len(text) == 1 and "①" <= text <= "⑳":
        return ord(text) - ord("①") + 1
    if text.isdecimal():
        return int(text)
    total = digit = 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in "十百千":
            total += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[char]
            digit = 0
        else:
            raise ValueError(f"not a numeral: {text!r}")
    return total + digit


def chinese_numeral(value: int) -> str:
    """十二 for 12, 一千二百六十 for 1260, 一百零五 for 105; from 1 to 9999."""
    spelled, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // unit % 10
        if digit:
            spelled += ("零" if gap and spelled else "") + _CHINESE_NUMERALS[digit] + name
        gap = digit == 0
    return spelled.removeprefix("一") if 10 <= value < 20 else spelled


@dataclass(slots=True)
class _Node:
    """A clause under construction."""

    address: str
    label: str
    start: int
    heading_end: int
    parent: "_Node | None" = None
    level: int = 0
    number: int = 0
    end: int = 0
    own: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str


def parse_outline(text: str) -> tuple[Clause, ...]:
    """The clauses of `text` in text order; together with their headings they cover every character
    but white space. A text without any numbering gives one clause a paragraph (`p1`, `p2`, …)."""
    nodes = _read(list(_lines(text)))
    _close(nodes)
    nodes = _split_paragraphs(text, nodes)
    return tuple(_clause(text, node) for node in nodes)


def _lines(text: str) -> Iterator[_Line]:
    at = 0
    for raw in text.split("\n"):
        if raw.strip():
            yield _Line(at, at + len(raw), raw)
        at += len(raw) + 1


def _read(lines: list[_Line]) -> list[_Node]:
    """Lines to nodes: the parts around the outline first, then headings and what follows them."""
    nodes: list[_Node] = []
    stack: list[_Node] = []
    taken: set[str] = set()
    for index, line in enumerate(lines):
        if heading := _heading(line, stack):
            while stack and stack[-1].level >= heading.level:
                stack.pop()
            heading.parent = stack[-1] if stack else None
            heading.address, heading.label = _name(heading)
            heading.address = _free(heading.address, taken)
            stack.append(heading)
            nodes.append(heading)
            if heading.heading_end < line.end:
                heading.own.append((heading.heading_end, line.end))
        elif stack:
            stack[-1].own.append((line.start, line.end))
        elif index == 0 and len(lines) > 1:
            nodes.append(_Node("title", "标题", line.start, line.end, end=line.end))
        elif nodes and nodes[-1].address == "preamble":
            nodes[-1].own.append((line.start, line.end))
        elif _SOURCE_LINE.match(line.text) and (not nodes or nodes[-1].address != "source"):
            nodes.append(_around("source", "来源", line))
        else:
            nodes.append(_around("preamble", "序言", line))
    if not any(node.level for node in nodes):
        for node in nodes:
            if node.address == "preamble":
                node.address, node.label = "", ""
    return nodes


def _around(address: str, label: str, line: _Line) -> _Node:
    return _Node(address, label, line.start, line.start, own=[(line.start, line.end)])


def _heading(line: _Line, stack: list[_Node]) -> _Node | None:
    """The heading that `line` opens, if its number continues the outline."""
    for level, pattern in enumerate(_LEVELS, start=1):
        match = pattern.match(line.text)
        if not match:
            continue
        number = numeral(match["n"])
        last = next((node.number for node in reversed(stack) if node.level == level), 0)
        if number != last + 1:
            continue
        ends = _SENTENCE_END.search(line.text, match.end())
        heading_end = line.start + (ends.end() if ends else len(line.text.rstrip()))
        return _Node("", "", line.start, heading_end, level=level, number=number)
    return None


def _free(address: str, taken: set[str]) -> str:
    """`address`, or where levels are mixed so that it is taken already, `address-2` and so on."""
    free, number = address, 2
    while free in taken:
        free, number = f"{address}-{number}", number + 1
    taken.add(free)
    return free


def _name(node: _Node) -> tuple[str, str]:
    parent = node.parent
    marker = (
        f"{chinese_numeral(node.number)}、",
        f"（{chinese_numeral(node.number)}）",
        f"{node.number}",
        f"（{node.number}）",
        chr(ord("①") + node.number - 1),
    )[node.level - 1]
    if parent is None:
        return str(node.number), marker
    return f"{parent.address}.{node.number}", f"{parent.label}{marker}"


def _close(nodes: list[_Node]) -> None:
    """Give every node its end: the end of its last own text or of its last child."""
    for node in nodes:
        node.end = max([node.heading_end, *(end for _, end in node.own)])
    for node in reversed(nodes):
        if node.parent is not None:
            node.parent.end = max(node.parent.end, node.end)


def _split_paragraphs(text: str, nodes: list[_Node]) -> list[_Node]:
    """Where a clause's own text is two or more paragraphs, each becomes a `.pN` clause."""
    result: list[_Node] = []
    for node in nodes:
        paragraphs = _paragraphs(text, node.own)
        unstructured = not node.address
        if len(paragraphs) < 2 and not unstructured:
            node.own = paragraphs
            result.append(node)
            continue
        if not unstructured:
            node.own = []
            result.append(node)
        for number, (start, end) in enumerate(paragraphs, start=1):
            address = f"p{number}" if unstructured else f"{node.address}.p{number}"
            label = f"第{number}段" if unstructured else f"{node.label}第{number}段"
            parent = None if unstructured else node
            result.append(
                _Node(address, label, start, start, parent, node.level, end=end, own=[(start, end)])
            )
    return result


def _paragraphs(text: str, own: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Own lines joined to paragraphs: a line that stops mid-sentence goes on in the next one."""
    joined: list[tuple[int, int]] = []
    ended = True
    for start, end in own:
        if not text[start:end].strip():
            continue
        if joined and not ended:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
        ended = text[start:end].rstrip().rstrip(_CLOSERS).endswith(tuple(_PARAGRAPH_ENDS))
    return joined


def _clause(text: str, node: _Node) -> Clause:
    path: list[str] = []
    above: _Node | None = node
    while above is not None:
        if above.heading_end > above.start:
            path.append(squeeze(text[above.start : above.heading_end]))
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
