"""Quotations in a draft: “…”, ‘…’, 「…」, 『…』, "…" and Markdown's quoted lines (`> …`).

Only the outermost marks count. A mark that is never closed opens nothing. Text is data: nothing is
rendered, and every pattern runs in linear time.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from index.schema import Span

_PAIRS = (("“", "”"), ("「", "」"), ("『", "』"), ("‘", "’"), ("〝", "〞"))
_LONGEST = 5000
"""A longer stretch between two marks is a mark that somebody forgot to close."""
_BLOCK = re.compile(r"(?m)^[ \t]{0,3}>[^\n]*(?:\n[ \t]{0,3}>[^\n]*)*")
_BLOCK_MARK = re.compile(r"(?m)^[ \t]{0,3}(?:>[ \t]?)+")
_SOURCE_LINE = re.compile(r"\n[ \t]{0,3}>[> \t\u3000]*(?:[—－-]{1,3}|[(（《])[^\n]{0,200}$")
_MARKUP = re.compile(r"\*\*|__|``?")
_REOPENED = re.compile(r"(?m)^[ \t\u3000]*“")
_WORD = re.compile(r"\w")
OPENING = '“「『‘〝"＂'
CLOSING = '”」』’〞"＂'


@dataclass(frozen=True, slots=True)
class Quotation:
    """What stands between two marks, or in quoted lines: `start:end` of the draft, marks left out.

    `words` is that text with what is no part of it (quoting marks of lines, bold marks) as white space.
    """

    start: int
    end: int
    words: str
    block: bool = False


@dataclass(slots=True)
class _Open:
    """A mark opened on an earlier line, and the pairs found since, in case it is never closed."""

    at: int
    pending: list[Span] = field(default_factory=list)


def find_quotations(text: str) -> tuple[Quotation, ...]:
    """Every outermost quotation of `text`, in text order."""
    spans: list[tuple[int, int, bool]] = []
    for opening, closing in _PAIRS:
        if opening in text:
            spans += [(start, end, False) for start, end in _between(text, opening, closing)]
    for mark in '"＂':
        if mark in text:
            spans += [(start, end, False) for start, end in _between_same(text, mark)]
    spans += [(start, end, True) for start, end in _blocks(text)]
    spans.sort(key=lambda span: (span[0], -span[1]))
    found: list[Quotation] = []
    reached = -1
    for start, end, block in spans:
        if start < reached or not _WORD.search(text, start, end):
            continue
        found.append(Quotation(start, end, _words(text[start:end]), block))
        reached = end
    return tuple(found)


def trimmed(text: str) -> Span:
    """`text` without the white space and one pair of quotation marks around it."""
    start, end = _strip(text, 0, len(text))
    if end - start > 1 and text[start] in OPENING and text[end - 1] in CLOSING:
        inner = start + 1, end - 1
        closer = dict(_PAIRS).get(text[start], text[start])
        if text[end - 1] == closer and closer not in text[inner[0] : inner[1]]:
            start, end = _strip(text, *inner)
    return start, end


def _between(text: str, opening: str, closing: str) -> Iterator[Span]:
    """Spans between two different marks, the outermost; line by line, so that an unclosed mark harms
    only its own paragraph."""
    pattern = re.compile(f"[{opening}{closing}]")
    carried: _Open | None = None
    for start, end in _lines(text):
        marks = [(m.start(), m.group() == opening) for m in pattern.finditer(text, start, end)]
        if carried is not None:
            if marks and marks[0][1] and not text[start : marks[0][0]].strip():
                marks = marks[1:]  # a quotation of several paragraphs opens each of them anew
            closes = _closing(marks, depth=1)
            if closes is not None and marks[closes][0] - carried.at <= _LONGEST:
                yield carried.at, marks[closes][0]
                carried, marks = None, marks[closes + 1 :]
            elif closes is not None or end - carried.at > _LONGEST:
                yield from carried.pending
                carried = None
        pairs, left = _pairs(marks)
        if carried is not None:
            carried.pending += pairs
        else:
            yield from pairs
            carried = _Open(left) if left is not None else None
    if carried is not None:
        yield from carried.pending


def _closing(marks: Sequence[tuple[int, bool]], depth: int) -> int | None:
    """Index of the mark that brings `depth` to 0."""
    for index, (_, opens) in enumerate(marks):
        depth += 1 if opens else -1
        if depth == 0:
            return index
    return None


def _pairs(marks: Sequence[tuple[int, bool]]) -> tuple[list[Span], int | None]:
    """Outermost pairs of one line's marks, and where an opened mark is left that a later line may close.

    Where openings and closings do not balance, each closing takes the opening right before it.
    """
    pairs: list[Span] = []
    stack: list[int] = []
    for at, opens in marks:
        if opens:
            stack.append(at + 1)
        elif stack:
            begin = stack.pop()
            while pairs and pairs[-1][0] > begin:
                pairs.pop()
            pairs.append((begin, at))
    if not stack:
        return pairs, None
    return pairs, stack[-1] if not pairs or pairs[-1][1] < stack[-1] else None


def _between_same(text: str, mark: str) -> Iterator[Span]:
    """Spans between marks that open and close alike: by twos within a line."""
    for start, end in _lines(text):
        at = [m.start() for m in re.finditer(re.escape(mark), text[start:end])]
        for one, other in zip(at[::2], at[1::2], strict=False):
            yield start + one + 1, start + other


def _blocks(text: str) -> Iterator[Span]:
    """Runs of quoted lines, without the line that names the source; marks in them go first."""
    for match in _BLOCK.finditer(text):
        start, end = match.span()
        if source := _SOURCE_LINE.search(text, start, end):
            end = source.start()
        if first := _BLOCK_MARK.match(text, start, end):
            start = first.end()
        start, end = _strip(text, start, end)
        if start < end and text[start] not in OPENING:
            yield start, end


def _lines(text: str) -> Iterator[Span]:
    at = 0
    for line in text.split("\n"):
        yield at, at + len(line)
        at += len(line) + 1


def _strip(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _words(text: str) -> str:
    def blank(match: "re.Match[str]") -> str:
        return " " * len(match.group())

    words = _MARKUP.sub(blank, _BLOCK_MARK.sub(blank, text))
    if words.count("“") > words.count("”"):  # each paragraph of one quotation opens anew
        words = _REOPENED.sub(blank, words)
    return words
