"""Markdown: the decoded file is the stored text, and its markup is reported beside it.

Nothing is rendered, so that every offset counts the file's own characters. Only what is surely
markup (CommonMark 0.31 with tables and strikethrough, read for Chinese text) is reported; where a
sign may be text, as in `3*4`, it is text. Numbers of ordered lists are text: they are the outline.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from index.readers.formats import Extracted
from index.readers.markdown_inline import GONE, inline_markup
from index.readers.markdown_tables import bars, find_tables, is_rule, table_at
from index.readers.metadata_block import front_matter
from index.readers.plain_text import decode
from index.schema import Span, Table

_QUOTE = re.compile(r"(?: {0,3}>[ \t]?)+")
_BULLET = re.compile(r"[ \t]*[-*+][ \t]+(?:\[[ xX]\][ \t]+)?(?=\S)")
_TASK = re.compile(r"[ \t]*\d{1,9}[.)][ \t]+(?P<mark>\[[ xX]\][ \t]+)(?=\S)")
_HEADING = re.compile(r"(?P<open> {0,3}#{1,6}(?:[ \t]+|$))")
_HEADING_END = re.compile(r"(?:^|[ \t])#+[ \t]*$")
_BREAK = re.compile(r" {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-{2,})[ \t]*$")
_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})(?P<info>[^`]*)$")
_DEFINITION = re.compile(
    r" {0,3}\[[^\[\]^][^\[\]]*\]:[ \t]+(?:<[^<>]*>|\S*[./#]\S*)(?:[ \t]+[\"'(].*)?[ \t]*$"
)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def read(data: bytes, name: str) -> Extracted:
    """The stored text of a Markdown file, its markup, tables and front matter. Raises DocumentError."""
    text = decode(data, name)
    fields, start = front_matter(text, name)
    lines = _Lines(text, start)
    spans: list[Span] = [(0, start)] if start else []
    spans.extend(lines.markup())
    return Extracted(text, _merge(spans), fields=fields, tables=tuple(lines.tables()))


class _Lines:
    """A text from `start` on by its lines: comments, quotation marks, code, tables."""

    def __init__(self, text: str, start: int) -> None:
        copy = text[start:]
        self._comments = [(start + first, start + last) for first, last in _comments(copy)]
        if "-->" in copy:
            copy = _COMMENT.sub(lambda match: re.sub(r"[^\n]", GONE, match[0]), copy)
        self._quotes: list[Span] = []
        self._lines: list[str] = []
        """Without what is quoted being marked so."""
        self._starts: list[int] = []
        at = start
        for line in copy.split("\n"):
            quoted = _QUOTE.match(line)
            begin = quoted.end() if quoted else 0
            self._quotes.append((at, at + begin))
            self._lines.append(line[begin:])
            self._starts.append(at + begin)
            at += len(line) + 1
        self._fences, self._code = _fenced(self._lines)
        self._tables = find_tables(self._lines, self._code | self._fences)

    def markup(self) -> Iterator[Span]:
        """Spans of markup, in no order and perhaps overlapping."""
        yield from self._comments
        in_table = {number for table in self._tables for number in table}
        for number, line in enumerate(self._lines):
            at = self._starts[number]
            if number in self._code:
                continue
            yield self._quotes[number]
            if number in self._fences:
                yield at, at + len(line)
                continue
            above = self._lines[number - 1] if number else ""
            for first, last in _line(line, above, number in in_table):
                yield at + first, at + last

    def tables(self) -> Iterator[Table]:
        """The tables, in their order."""
        for numbers in self._tables:
            if table := table_at(self._lines, self._starts, numbers):
                yield table


def _fenced(lines: Sequence[str]) -> tuple[set[int], set[int]]:
    """The numbers of the lines that begin or end code, and of those that are code."""
    fences: set[int] = set()
    code: set[int] = set()
    fence = ""
    for number, line in enumerate(lines):
        match = _FENCE.match(line)
        if fence:
            if match and match["fence"].startswith(fence) and not match["info"].strip():
                fences.add(number)
                fence = ""
            else:
                code.add(number)
        elif match:
            fences.add(number)
            fence = match["fence"]
    return fences, code


def _comments(text: str) -> Iterator[Span]:
    if "-->" in text:  # without it, each `<!--` would be searched to the end
        last = text.rindex("-->") + 3
        for match in _COMMENT.finditer(text, 0, last):
            yield match.span()


def _line(line: str, above: str, in_table: bool) -> Iterator[Span]:
    """Markup in one line, its quotation marks taken off; `above` is the line before."""
    ruled = _UNDERLINE.match(line) and above.strip(f" \t{GONE}") and not _HEADING.match(above)
    if _BREAK.match(line) or ruled or _DEFINITION.match(line) or (in_table and is_rule(line)):
        yield 0, len(line)
        return
    copy = line
    begin = 0
    if bullet := _BULLET.match(copy):
        yield bullet.span()
        begin = bullet.end()
    elif task := _TASK.match(copy):
        yield task.span("mark")
    if heading := _HEADING.match(copy, begin) if begin else _HEADING.match(copy):
        yield heading.span()
        if closing := _HEADING_END.search(copy, heading.end()):
            yield closing.span()
            copy = copy[: closing.start()]
        begin = heading.end()
    borders = [begin - 1, *(bars(copy) if in_table else ()), len(copy)]
    yield from ((bar, bar + 1) for bar in borders[1:-1])
    for before, after in pairwise(borders):
        at = max(before + 1, begin)
        yield from ((at + first, at + last) for first, last in inline_markup(copy[at:after]))


def _merge(spans: list[Span]) -> tuple[Span, ...]:
    """The spans in order, those that touch or overlap made one, empty ones left out."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if start == end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)
