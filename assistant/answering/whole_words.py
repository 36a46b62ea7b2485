"""Deciding words widened to what a person can read alone: whole clauses, never a stretch without its verb or
its condition.

A sentence that is short enough is taken whole. Of a longer one, first what stands between semicolons, then
the stretches around the deciding words: an opening that only sets time, means or condition (到2022年，; 在…的
同时，) goes with what follows it, and what is left of the room is filled from the left.
"""

import re
import tomllib
from functools import lru_cache
from pathlib import Path

from index.schema import Passage, Span
from index.text.folding import squeeze

MOST = 60
"""Characters, white space aside, of a first line's quotation that is not a list."""
MOST_OF_LIST = 110
_DATA = Path(__file__).parents[1] / "data" / "clause_forms.toml"
_WEAK = re.compile(r"[^；;]+")
_COMMA = re.compile(r"[^，,；;]+[，,；;]?")


def whole_words(passage: Passage, span: Span, most: int = MOST) -> Span:
    """The stretch of `passage` around `span` (both offsets in the stored text) that is read alone."""
    text = passage.text
    start, end = _trimmed(text, 0, len(text))
    if _length(text, start, end) <= most:
        return passage.start + start, passage.start + end
    own = span[0] - passage.start, span[1] - passage.start
    start, end = _around(text, _WEAK, own, start, end)
    if _length(text, start, end) > most:
        start, end = _clauses_around(text, own, start, end, most)
    return passage.start + start, passage.start + end


def _around(text: str, pattern: re.Pattern[str], own: Span, start: int, end: int) -> Span:
    """From the first to the last match of `pattern` within `start:end` that overlaps `own`."""
    held = [m.span() for m in pattern.finditer(text, start, end) if m.start() < own[1] and own[0] < m.end()]
    return _trimmed(text, held[0][0], held[-1][1]) if held else (start, end)


def _clauses_around(text: str, own: Span, start: int, end: int, most: int) -> Span:
    pieces = [match.span() for match in _COMMA.finditer(text, start, end)]
    held = [at for at, (begin, stop) in enumerate(pieces) if begin < own[1] and own[0] < stop]
    if not held:
        return start, end
    first, last = held[0], held[-1]
    while first > 0 and (_opens(text, pieces[first - 1]) or _leans_back(text, pieces[first])):
        first -= 1
    while last + 1 < len(pieces) and (_opens(text, pieces[last]) or _leans_back(text, pieces[last + 1])):
        last += 1
    while first > 0 and _length(text, pieces[first - 1][0], pieces[last][1]) <= most:
        first -= 1
    while last + 1 < len(pieces) and _length(text, pieces[first][0], pieces[last + 1][1]) <= most:
        last += 1
    return _trimmed(text, pieces[first][0], pieces[last][1])


def _opens(text: str, piece: Span) -> bool:
    """The piece only sets time, means or condition for what follows."""
    return _forms()[0].search(squeeze(text[slice(*piece)])) is not None


def _leans_back(text: str, piece: Span) -> bool:
    """The piece goes on with what stands before it (并应当…, 其中…, 但…)."""
    return _forms()[1].match(squeeze(text[slice(*piece)])) is not None


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and (text[start].isspace() or text[start] in "，,；;、"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in "，,；;、。：:"):
        end -= 1
    return start, end


def _length(text: str, start: int, end: int) -> int:
    return len(squeeze(text[start:end]))


@lru_cache(maxsize=1)
def _forms() -> tuple[re.Pattern[str], re.Pattern[str]]:
    data = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    return re.compile("|".join(data["opens"])), re.compile("|".join(data["leans_back"]))
