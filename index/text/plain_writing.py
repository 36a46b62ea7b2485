"""A text as its form is looked at: plain digits and letters, simplified characters, one kind of dash and of
dot, nothing that nobody sees, and a map back to the text's own offsets.

Unlike a folded view (`index.text.folding`) it keeps white space and case, which tell numbers and
names apart."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from index.text.folding import simplify

HIDDEN = "\0"
"""What stands for each character that is not to be looked at."""
_DASHES, _DOTS, _UNSEEN = "‐‑‒–—―−－ー─﹣", "・•∙⋅‧・●．", "\u3164\u115f\u1160\u180e"


@dataclass(frozen=True, slots=True)
class PlainWriting:
    """The plain text and, for each of its characters, the offset of the one that it stands for; last the
    length of what was written."""

    text: str
    offsets: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The written `[start, end)` behind the plain one, with what nobody sees behind its characters."""
        return self.offsets[start], self.offsets[end]


def plain_writing(text: str, hidden: "re.Pattern[str] | None" = None) -> PlainWriting:
    """`text` in plain writing, with what `hidden` matches as `HIDDEN`."""
    chars = [_plain(char) for char in text]
    for found in hidden.finditer(text) if hidden else ():
        chars[found.start() : found.end()] = HIDDEN * (found.end() - found.start())
    offsets = (at for at, char in enumerate(chars) if char)
    return PlainWriting("".join(chars), (*offsets, len(text)))


@lru_cache(maxsize=65536)
def _plain(char: str) -> str:
    """One character for one, or none."""
    if char in "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029":
        return "\n"
    category = unicodedata.category(char)
    if (category in {"Cf", "Mn", "Me", "Cs", "Cc"} and char != "\t") or char in _UNSEEN:
        return ""
    if char.isspace() or char == "\u2800":
        return " "
    if char in _DASHES:
        return "-"
    if char in _DOTS:
        return "." if char == "．" else "·"
    if category == "Nd":
        return str(unicodedata.decimal(char))
    unified = unicodedata.normalize("NFKC", char)
    if category in {"No", "So"} or len(unified) != 1:
        return char  # ① stays another writing than 1
    return simplify(unified) if "\u3400" <= unified <= "\u9fff" else unified
