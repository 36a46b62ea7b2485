"""Numbers at the start of a line, in all the ways in which official texts write them.

Whether a number opens a clause is told by what stands before and after it (`index.structure.nesting`).
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum

from index.structure.tree import Line
from index.text.numerals import ARABIC, CHINESE, chinese_numeral, numeral

_CJK = f"{CHINESE}{{1,8}}"
_OPEN, _CLOSE = "[(（]", "[)）]"
_DOT = "[.．﹒]"
_YEAR = "(?=(?:19|20)[0-9]{2}(?:年|[—–－~～至-]))"
"""What may follow the dot without being the rest of a decimal (1.2022年…)."""


class Mark(IntEnum):
    """The ways to number, in the order in which official texts nest them."""

    LIST = 10
    """一、"""
    BRACKETED = 20
    """（一）"""
    DIGIT = 30
    """1."""
    DECIMAL_2 = 32
    """1.1"""
    DECIMAL_3 = 34
    """1.1.1"""
    DECIMAL_4 = 36
    """1.1.1.1"""
    BRACKETED_DIGIT = 40
    """（1）"""
    HALF_BRACKETED = 45
    """1）"""
    CIRCLED = 50
    """①"""
    LETTER = 60
    """a）"""


DECIMALS = (Mark.DECIMAL_2, Mark.DECIMAL_3, Mark.DECIMAL_4)

_PATTERNS = (
    # 一、二年级 is no number
    (Mark.LIST, re.compile(rf"\s*(?P<n>{_CJK})\s*(?:、(?!\s*{_CJK}\s*(?:、|年级))|{_DOT}(?![0-9０-９]))")),
    (Mark.BRACKETED, re.compile(rf"\s*(?:{_OPEN}\s*(?P<n>{_CJK})\s*{_CLOSE}|(?P<one>[㈠-㈩]))")),
    (
        Mark.DIGIT,
        re.compile(
            rf"\s*(?:(?P<n>{ARABIC}{{1,3}})\s*(?:{_DOT}|、)(?:(?![0-9０-９])|{_YEAR})|(?P<one>[⒈-⒛]))"
        ),
    ),
    (Mark.BRACKETED_DIGIT, re.compile(rf"\s*(?:{_OPEN}\s*(?P<n>{ARABIC}{{1,3}})\s*{_CLOSE}|(?P<one>[⑴-⒇]))")),
    (Mark.HALF_BRACKETED, re.compile(rf"\s*(?P<n>{ARABIC}{{1,2}})\s*{_CLOSE}")),
    (Mark.CIRCLED, re.compile(r"\s*(?P<one>[①-⑳㉑-㉟❶-❿])")),
    (Mark.LETTER, re.compile(rf"\s*(?P<letter>[a-zａ-ｚA-ZＡ-Ｚ])\s*(?:{_CLOSE}|[.．、](?![A-Za-z0-9.．]))")),
)
_WEAK_LIST = re.compile(rf"\s*(?P<n>{_CJK})[ \u3000\t]+(?=[^\s、，。；]{{2,30}}\s*$)")
_DECIMAL = re.compile(
    rf"\s*(?P<n>{ARABIC}{{1,2}}(?:[.．]{ARABIC}{{1,3}}){{1,3}})(?![0-9０-９])(?P<after>[.．、]?[ \u3000\t]*)"
)
_BARE_DIGIT = re.compile(rf"\s*(?P<n>{ARABIC}{{1,2}})[ \u3000\t]+(?=[^\s0-9０-９])")
_DOTS = re.compile("[.．]")


@dataclass(frozen=True, slots=True)
class Numbered:
    """A number that a line begins with."""

    mark: Mark
    number: int
    """The last one of 1.2.3; the place in the alphabet of a letter."""
    marker_end: int
    """Offset in the whole text of the first character after the number."""
    above: tuple[int, ...] = ()
    """The numbers before the last one of 1.2.3."""
    weak: bool = False
    """Whether the writing alone does not show that it numbers a clause, so that one before or after it
    of the same kind must."""


def numbered(line: Line, bare_digits: bool = False) -> Numbered | None:
    """The number that `line` begins with, if it begins with one; with `bare_digits` also 1 before a title,
    which only texts numbered 1.1 have."""
    text = line.text
    if match := _DECIMAL.match(text):
        numbers = tuple(map(int, _DOTS.split(match["n"])))
        return Numbered(
            DECIMALS[len(numbers) - 2],
            numbers[-1],
            line.start + match.end(),
            numbers[:-1],
            weak=not match["after"],
        )
    for mark, pattern in _PATTERNS:
        if match := pattern.match(text):
            return _read(line, mark, match)
    if match := _WEAK_LIST.match(text):
        return Numbered(Mark.LIST, numeral(match["n"]), line.start + match.end(), weak=True)
    if bare_digits and (match := _BARE_DIGIT.match(text)):
        return Numbered(Mark.DIGIT, numeral(match["n"]), line.start + match.end(), weak=True)
    return None


def written(mark: Mark, number: int) -> str:
    """The number as labels write it, below a label that says the rest."""
    match mark:
        case Mark.LIST:
            return f"{chinese_numeral(number)}、"
        case Mark.BRACKETED:
            return f"（{chinese_numeral(number)}）"
        case Mark.DIGIT:
            return str(number)
        case Mark.DECIMAL_2 | Mark.DECIMAL_3 | Mark.DECIMAL_4:
            return f".{number}"
        case Mark.BRACKETED_DIGIT:
            return f"（{number}）"
        case Mark.HALF_BRACKETED:
            return f"{number}）"
        case Mark.CIRCLED:
            return _circled(number)
        case Mark.LETTER:
            return f"{letter(number)}）"


def letter(number: int) -> str:
    """a for 1."""
    return chr(ord("a") + number - 1)


def _circled(number: int) -> str:
    return chr(ord("①") + number - 1) if number <= 20 else chr(ord("㉑") + number - 21)


def _read(line: Line, mark: Mark, match: re.Match[str]) -> Numbered:
    found = match.groupdict()
    if found.get("letter"):
        number = ord(unicodedata.normalize("NFKC", found["letter"]).lower()) - ord("a") + 1
    elif found.get("one"):
        # NFKC gives 1. for ⒈, (1) for ⑴, (一) for ㈠, 1 for ①; ❶ has no other form
        one = found["one"]
        digits = re.sub(r"[().]", "", unicodedata.normalize("NFKC", one))
        number = ord(one) - ord("❶") + 1 if "❶" <= one <= "❿" else numeral(digits)
    else:
        number = numeral(found["n"])
    return Numbered(mark, number, line.start + match.end(), weak=mark is Mark.LETTER)
