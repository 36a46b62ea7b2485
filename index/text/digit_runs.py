"""Numbers as people write them: digits in any writing (138, 一三八, ①③⑧), grouped by blanks, dashes and
whatever else they put between."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from index.text.privacy_grammar import grammar

_CLOSE = ("", " ", "-")
"""What may stand where the writing changes within a number."""


@dataclass(frozen=True, slots=True)
class DigitRun:
    """Digits that belong together as far as their writing goes. Offsets `at` count characters of the plain
    writing; all else counts digits."""

    digits: str
    """`X` for the last place of an identity card where it is ten."""
    at: tuple[int, ...]
    gaps: Mapping[int, str]
    """Before which digits a group begins, and what stands there; empty where only the writing changes."""
    cuts: tuple[int, ...]
    """Those digits before which something stands."""
    spelled: tuple[bool, ...]
    """Whether each digit is spelled: nothing tells where a spelled number ends and words begin (一直)."""

    @property
    def start(self) -> int:
        """Where the run begins in the plain writing."""
        return self.at[0]

    @property
    def end(self) -> int:
        """Where it ends there."""
        return self.at[-1] + 1

    def begins(self, digit: int) -> bool:
        """Whether a number may begin at this digit."""
        return digit == 0 or digit in self.gaps or self.spelled[digit]

    def ends(self, digit: int) -> bool:
        """Whether a number may end before this digit."""
        return digit == len(self.digits) or digit in self.gaps or self.spelled[digit - 1]

    def groups(self, start: int, end: int) -> str:
        """Lengths of the groups of `start:end` that something stands between, such as `3 4 4`."""
        return " ".join([str(b - a) for a, b in pairwise((start, *self._cuts(start, end), end))])

    def is_one(self, start: int, end: int) -> bool:
        """Whether `start:end` may be one number as far as its writing goes: all of it spelled or none, or
        spelled digits by twos or more close to the others."""
        spelled = self.spelled[start:end]
        if all(spelled) or not any(spelled):
            return True
        changes = [n for n in range(start + 1, end) if self.spelled[n] != self.spelled[n - 1]]
        parts = pairwise([start, *changes, end])
        return all(self.gaps[n] in _CLOSE for n in changes) and all(
            b - a > 1 for a, b in parts if self.spelled[a]
        )

    def between(self, start: int, end: int) -> set[str]:
        """What stands between the groups of `start:end`."""
        return {self.gaps[n] for n in self._cuts(start, end)}

    def _cuts(self, start: int, end: int) -> tuple[int, ...]:
        return self.cuts[bisect_right(self.cuts, start) : bisect_left(self.cuts, end)]


def digit_runs(text: str, least: int = 1) -> Iterator[DigitRun]:
    """The runs of a plain writing that have `least` digits or more, in order."""
    tokens: list[re.Match[str]] = []
    for token in _tokens().finditer(text):
        if token.lastgroup == "count":
            continue
        if tokens and not _gap().fullmatch(text, tokens[-1].end(), token.start()):
            if len(tokens) >= least or tokens[-1].end() - tokens[0].start() >= least:
                yield _run(text, tokens)
            tokens = []
        tokens.append(token)
    if tokens:
        yield _run(text, tokens)


def _run(text: str, tokens: list[re.Match[str]]) -> DigitRun:
    at: list[int] = []
    gaps: dict[int, str] = {}
    spelled: list[bool] = []
    for token in tokens:
        if at:
            gap = text[at[-1] + 1 : token.start()]
            gaps[len(at)] = " " if _told_place().fullmatch(gap) else gap
        at.extend(range(token.start(), token.end()))
        spelled.extend([token.lastgroup == "spelled"] * len(token.group()))
    cuts = tuple(n for n, gap in gaps.items() if gap)
    return DigitRun("".join([_digit(text[n]) for n in at]), tuple(at), gaps, cuts, tuple(spelled))


@lru_cache(maxsize=4096)
def _digit(char: str) -> str:
    data = grammar()["digits"]
    if char.isascii() and char.isdigit():
        return char
    if char in data["ten"]:
        return "X"
    if char in "oO":
        return "0"
    return str(data["spelled"].get(char) or unicodedata.digit(char))


@lru_cache(maxsize=1)
def _tokens() -> re.Pattern[str]:
    data = grammar()["digits"]
    spelled = "".join(data["spelled"])
    count = rf"(?:(?<=[{data['places']}])|(?<=[{data['places']}] ))(?:[0-9]{{1,2}}|[{spelled}十]{{1,2}}) ?位"
    circled = "".join(c for c in map(chr, range(0xB2, 0x2800)) if _is_circled(c))
    return re.compile(
        rf"(?P<count>{count})|(?P<plain>[0-9]+|(?<=[0-9])[oO]+(?![A-Za-z]))|(?P<spelled>[{spelled}]+)"
        rf"|(?P<circled>[{circled}]+)|(?P<ten>(?<![A-Za-z])[{data['ten']}](?![A-Za-z]))"
    )


def _is_circled(char: str) -> bool:
    return unicodedata.category(char) == "No" and unicodedata.digit(char, None) is not None


@lru_cache(maxsize=1)
def _gap() -> re.Pattern[str]:
    data = grammar()["digits"]
    words = "|".join(data["spoken"])
    return re.compile(rf"(?:[^\w{re.escape(data['never'])}\0]|_|{words}){{0,4}}|{data['told_place']}")


@lru_cache(maxsize=1)
def _told_place() -> re.Pattern[str]:
    """Words that say which part of the number follows: 中间是, 最后四位."""
    return re.compile(grammar()["digits"]["told_place"])
