"""Automatic numbers of HTML lists, as a browser shows them (HTML 4.4.5, css-counter-styles-3)."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.readers.automatic_numbers import write_number

if TYPE_CHECKING:
    from lxml.etree import _Element

_TYPES = {
    "1": "decimal",
    "a": "lower-alpha",
    "A": "upper-alpha",
    "i": "lower-roman",
    "I": "upper-roman",
}
_STYLES = {
    "decimal": "decimal",
    "decimal-leading-zero": "decimalZero",
    "lower-alpha": "lowerAlphabetic",
    "lower-latin": "lowerAlphabetic",
    "upper-alpha": "upperAlphabetic",
    "upper-latin": "upperAlphabetic",
    "lower-roman": "lowerRoman",
    "upper-roman": "upperRoman",
    "cjk-decimal": "cjkDecimal",
    "cjk-ideographic": "chineseCountingThousand",
    "simp-chinese-informal": "chineseCountingThousand",
    "trad-chinese-informal": "chineseCountingThousand",
    "simp-chinese-formal": "chineseLegalSimplified",
    "trad-chinese-formal": "ideographLegalTraditional",
    "cjk-heavenly-stem": "ideographTraditional",
    "cjk-earthly-branch": "ideographZodiac",
}
_BULLETS = frozenset({"none", "disc", "circle", "square"})
_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([^;]+)", re.IGNORECASE)
_MAX = 1_000_000


def _number(value: str | None) -> int | None:
    """A whole number of reasonable size, else None."""
    match = re.match(r"\s*([+-]?\d{1,7})", value or "")
    return int(match[1]) if match and abs(int(match[1])) <= _MAX else None


def _style(element: "_Element") -> str | None:
    """The list style that the element itself sets, by CSS or by `type`."""
    if match := _STYLE.search(element.get("style") or ""):
        for word in match[1].lower().split():
            if word in _STYLES or word in _BULLETS:
                return word
    return _TYPES.get((element.get("type") or "").strip())


@dataclass(slots=True)
class ListCounter:
    """The numbers of one `<ol>`."""

    next: int
    step: int
    style: str

    @classmethod
    def of(cls, element: "_Element") -> "ListCounter":
        """The counter of a list, at its start."""
        start = _number(element.get("start"))
        step = -1 if element.get("reversed") is not None else 1
        if start is None:
            start = 1 if step > 0 else sum(1 for _ in element.iterchildren("li"))
        return cls(start, step, _style(element) or "decimal")

    def mark(self, item: "_Element") -> str:
        """What stands before an item of the list: `1. `, `一、`, or nothing."""
        value = _number(item.get("value"))
        number = self.next if value is None else value
        self.next = number + self.step
        style = _style(item) or self.style
        if style in _BULLETS:
            return ""
        chinese = style.startswith(("cjk-", "simp-", "trad-"))
        return write_number(number, _STYLES[style]) + ("、" if chinese else ". ")
