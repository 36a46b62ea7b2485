"""A message cut into clauses (分句): the stretches between punctuation marks, the units that are told apart.

Offsets are half-open `[start, end)` and count code points of the cleaned message.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_BREAK = re.compile(r"[，,。．.！!？?；;：:…~—|/\n【】]+|(?<=[\u3400-\u9fff?!,]) (?=[\u3400-\u9fff])|-{2,}")
_HARD = re.compile(r"[。！!？?；;\n…]")
_ASKS = re.compile(r"[？?]")
_NUMBER_POINT = re.compile(
    r"(?<=[0-9])[.,:/—~-](?=[0-9])|(?<=[一二三四五六七八九十])[.．](?=[0-9一二三四五六七八九十])"
)
_BRACKETED = re.compile(r"[(（][^()（）]{5,}[)）]")
_OPENING, _CLOSING = '《“「『‘"', '》”」』’"'


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch between punctuation marks; `end` leaves out the mark after it."""

    text: str
    start: int
    end: int
    mark: str
    """The punctuation after it, white space and pictures included; empty at the end of the message."""

    @property
    def ends_sentence(self) -> bool:
        """A sentence ends with it."""
        return self.mark == "" or _HARD.search(self.mark) is not None

    @property
    def questioned(self) -> bool:
        """A question mark follows."""
        return _ASKS.search(self.mark) is not None


def clauses(message: str) -> tuple[Clause, ...]:
    """The clauses of a cleaned message, in order; none where it holds no letter or digit."""
    found: list[Clause] = []
    for start, end, next_start in _stretches(message):
        text = message[start:end]
        if any(char.isalnum() for char in text):
            found.append(Clause(text, start, end, message[end:next_start]))
        elif found:  # nothing but signs: they follow the clause before
            last = found[-1]
            found[-1] = Clause(last.text, last.start, last.end, message[last.end : next_start])
    return tuple(found)


def _stretches(message: str) -> Iterator[tuple[int, int, int]]:
    """Start and end of each stretch, and where the next begins; a title or quotation is never cut."""
    shielded = _shielded(message)
    at = 0
    for match in _BREAK.finditer(shielded):
        if match.start() > at:
            yield *_trimmed(message, at, match.start()), match.end()
        at = match.end()
    if at < len(message):
        yield *_trimmed(message, at, len(message)), len(message)


def _trimmed(message: str, start: int, end: int) -> tuple[int, int]:
    while start < end and message[start].isspace():
        start += 1
    while end > start and message[end - 1].isspace():
        end -= 1
    return start, end


def _shielded(message: str) -> str:
    """`message`, of the same length, with pictures as commas, and with marks inside numbers and between
    quotation marks replaced by letters."""
    chars = list(_NUMBER_POINT.sub("x", message))
    for match in _BRACKETED.finditer(message):  # （六） is a number, （何女士，12月1日） an aside
        chars[match.start()] = chars[match.end() - 1] = ","
    depth, opened = 0, 0
    for at, char in enumerate(chars):
        if unicodedata.category(char) == "So":
            chars[at] = ","
        if char in _OPENING and not (char in _CLOSING and depth):
            depth, opened = depth + 1, at
        elif char in _CLOSING and depth:
            depth -= 1
            if depth == 0 and at - opened <= 40:
                chars[opened : at + 1] = ["x"] * (at + 1 - opened)
    return "".join(chars)
