"""Folded views of a text for matching, with a map back to the stored offsets.

A view drops white space and invisible characters and unifies width, case, quotation marks, dashes
and traditional characters. Nothing is ever quoted from a view: `Folded.span` maps back.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, count, repeat
from typing import Any

_UNIFIED = {
    **dict.fromkeys("‐‑‒–—―−－~～〜", "-"),
    **dict.fromkeys("“”„‟「」『』＂", '"'),
    **dict.fromkeys("‘’‚‛＇", "'"),
    **dict.fromkeys("・•∙⋅", "·"),
    **dict.fromkeys("〔【〖", "["),
    **dict.fromkeys("〕】〗", "]"),
}

_READ_AS = {
    **dict.fromkeys(map(ord, "\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"), "\n"),
    **dict.fromkeys(map(ord, "\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u2060\u2061\ufeff"), " "),
    **dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), " "),  # turn the direction of others
    **dict.fromkeys((*range(9), *range(0x0E, 0x1C), *range(0x7F, 0x85), *range(0x86, 0xA0)), " "),  # control
}
"""Ends of lines of other systems, and characters that nobody sees: how `shown` reads them."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A view and, for each of its characters, the offset of the stored character it came from."""

    view: str
    offsets: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stored `[start, end)` behind the view's non-empty `[start, end)`."""
        return self.offsets[start], self.offsets[end - 1] + 1

    def find(self, needle: str, start: int = 0) -> tuple[int, int] | None:
        """Where `needle` (folded here) first stands, as a stored span; None if it does not."""
        folded = fold_text(needle)
        at = self.view.find(folded, start) if folded else -1
        return None if at < 0 else self.span(at, at + len(folded))


@lru_cache(maxsize=1)
def _simplifier() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


@lru_cache(maxsize=65536)
def _fold_char(char: str) -> str:
    if char.isspace() or unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zs"}:
        return ""
    unified = "".join(_UNIFIED.get(c, c) for c in unicodedata.normalize("NFKC", char)).lower()
    if "\u3400" <= unified <= "\u9fff":
        unified = _simplifier().convert(unified)
    return "".join(c for c in unified if not c.isspace())


def encodable(text: str) -> str:
    """`text` with lone surrogates, which JSON can carry and nothing can encode, as U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def fold(text: str) -> Folded:
    """The view of `text`, character by character, so that every offset stays known."""
    view = list(map(_fold_char, text))
    offsets = chain.from_iterable(map(repeat, count(), map(len, view)))
    return Folded("".join(view), tuple(offsets))


def fold_text(text: str) -> str:
    """The view alone."""
    return "".join(map(_fold_char, text))


def shown(text: str, markup: Sequence[tuple[int, int]]) -> str:
    """`text` as it reads: markup and invisible characters as spaces, every end of a line as one `\\n`. Each
    character stands for one, so that every offset means the same."""
    parts: list[str] = []
    at = 0
    for start, end in markup:
        hidden = "".join("\n" if char == "\n" else " " for char in text[start:end])
        parts += [text[at:start], hidden]
        at = end
    read = "".join([*parts, text[at:]]) if markup else text
    return read.translate(_READ_AS)


def squeeze(text: str) -> str:
    """`text` without white space: how a quotation broken over lines is shown to the eye."""
    return "".join(text.split())


def squeeze_cells(text: str) -> str:
    """`text` of a table's row for the eye: without the white space within its cells, one wide space between
    them."""
    return "\u3000".join(filter(None, map(squeeze, text.split("\t"))))


def simplify(text: str) -> str:
    """Traditional characters to simplified ones, with phrase context (for questions).

    Lone surrogates, which are no text and cannot be encoded, become `?`.
    """
    return str(_simplifier().convert(text.encode("utf-8", "replace").decode("utf-8")))
