"""Where a text stands best inside another, and how the two differ, character by character.

Sellers' semi-global alignment (1980): the pattern is aligned whole, the window may begin and end
anywhere. Differences come from rapidfuzz's Levenshtein operations.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

_PROBE = 200
"""Longer patterns are placed by their first and last so many characters."""
_STOPS = frozenset("。!?;")

Operation = Literal["equal", "insert", "delete", "replace"]
_OPERATIONS: dict[str, Operation] = {name: name for name in get_args(Operation)}


@dataclass(frozen=True, slots=True)
class Change:
    """One step from the original to the quotation: `quote[quote_start:quote_end]` stands for
    `original[start:end]`. `insert` is text that only the quotation has, `delete` text that it lacks."""

    op: Operation
    quote_start: int
    quote_end: int
    start: int
    end: int


def place(pattern: str, window: str) -> tuple[int, int]:
    """The span of `window` with the least Levenshtein distance to `pattern`; both are not empty."""
    if len(pattern) <= _PROBE:
        return _place(pattern, window)
    start, _ = _place(pattern[:_PROBE], window)
    after = min(len(window) - 1, max(start, start + len(pattern) // 2 - _PROBE))
    _, end = _place(pattern[-_PROBE:], window[after:])
    return start, max(start + 1, after + end)


def similarity(one: str, other: str) -> float:
    """1 for equal texts, 0 for texts that share nothing: Levenshtein distance over the longer length."""
    from rapidfuzz.distance import Levenshtein

    return float(Levenshtein.normalized_similarity(one, other))


def changes(quote: str, original: str) -> tuple[Change, ...]:
    """What turns `original` into `quote`; the steps cover both texts whole, in order."""
    from rapidfuzz.distance import Levenshtein

    return tuple(
        Change(_OPERATIONS[step.tag], step.dest_start, step.dest_end, step.src_start, step.src_end)
        for step in Levenshtein.opcodes(original, quote)
    )


def _place(pattern: str, window: str) -> tuple[int, int]:
    end = _reach(pattern, window, free_start=True)
    start = end - _reach(pattern[::-1], window[:end][::-1], free_start=False)
    return (start, end) if start < end else (max(0, end - 1), max(1, end))


def _reach(pattern: str, window: str, free_start: bool) -> int:
    """Where in `window` the best alignment of `pattern` ends; of equal ones the longest in a sentence."""
    text = _codes(window)
    size = len(text)
    index = np.arange(size + 1, dtype=np.int32)
    row = np.zeros(size + 1, dtype=np.int32) if free_start else index.copy()
    for number, char in enumerate(_codes(pattern), start=1):
        best = np.minimum(row[1:] + 1, row[:-1] + (text != char))
        row = np.concatenate(([number], best)).astype(np.int32, copy=False)
        row = np.minimum.accumulate(row - index) + index
    best_ends = np.nonzero(row == row.min())[0]
    reached = int(best_ends[0])
    for end in best_ends[1:]:
        if int(end) - reached > len(pattern) or not _STOPS.isdisjoint(window[reached : int(end)]):
            break
        reached = int(end)
    return reached


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
