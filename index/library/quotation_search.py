"""All texts of a library as one folded string: where a quotation stands, and what is nearest to it.

Verbatim finds are exact string search. Nearest passages are found by character n-grams that vote for
the place where the quotation would begin; the best places are then aligned. Built once a library.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.library.library import DocumentView, Library
from index.schema import Span
from index.text.alignment import place, similarity
from index.text.folding import fold, fold_text, shown

_BREAK = "\0"
"""Stands between two documents; folding drops it, so no quotation holds it."""
_SHORT = 16
"""Shorter quotations are looked up by pairs of characters, others by threes."""
_MOST_FINDS = 200
_COMMON = 1500
"""A gram that stands in more places says little and is passed over, unless all do."""
_CANDIDATES = 6
_LEAST_VOTE = 0.5
"""Share of the best place's votes without which another place is not aligned."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of one document: `start:end` of its stored text."""

    view: DocumentView
    start: int
    end: int

    @property
    def text(self) -> str:
        """The stored text there."""
        return self.view.document.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Near:
    """The stretch nearest to a quotation; `similarity` is 1 for equal folded texts."""

    found: Stretch
    similarity: float


class QuotationSearch:
    """The folded texts of every version of every document. Thread-safe: it only reads."""

    def __init__(self, library: Library) -> None:
        self.views: tuple[DocumentView, ...] = tuple(
            view
            for identifier in library.ids()
            for version in library.versions(identifier)
            if (view := library.get(identifier, version)) is not None
        )
        folded = [fold(shown(view.document.text, view.document.markup)) for view in self.views]
        self._text = _BREAK.join(each.view for each in folded)
        self._offsets = [np.asarray(each.offsets, dtype=np.int32) for each in folded]
        lengths = [len(each.view) + 1 for each in folded]
        self._starts = [sum(lengths[:at]) for at in range(len(lengths))]
        codes = np.frombuffer(self._text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        self._alphabet, compact = np.unique(codes, return_inverse=True)
        self._grams = {size: _Grams(compact.astype(np.int64), len(self._alphabet), size) for size in (2, 3)}

    def occurrences(self, quote: str, start: int = 0) -> Iterator[Stretch]:
        """Where `quote` stands, but for what folding unifies; at most a few hundred places."""
        needle = fold_text(quote)
        at = self._text.find(needle, start) if needle else -1
        for _ in range(_MOST_FINDS):
            if at < 0:
                return
            yield self._found(at, at + len(needle))
            at = self._text.find(needle, at + 1)

    def in_order(self, pieces: Sequence[str], gap: int) -> Iterator[Stretch]:
        """Where the `pieces` stand one after the other in one document, each at most `gap` folded
        characters after the one before."""
        needles = [fold_text(piece) for piece in pieces]
        begin = self._text.find(needles[0]) if needles and all(needles) else -1
        for _ in range(_MOST_FINDS):
            if begin < 0:
                return
            at = begin + len(needles[0])
            for needle in needles[1:]:
                limit = self._text.find(_BREAK, at)
                limit = min(at + gap + len(needle), len(self._text) if limit < 0 else limit)
                next_at = self._text.find(needle, at, limit)
                if next_at < 0:
                    break
                at = next_at + len(needle)
            else:
                yield self._found(begin, at)
            begin = self._text.find(needles[0], begin + 1)

    def nearest(
        self, quote: str, within: Sequence[Stretch] = (), without: Sequence[Stretch] = ()
    ) -> tuple[Near, ...]:
        """The stretches nearest to `quote`, best first, one a place; only those that touch `within`
        where that is given, none that touches `without`."""
        needle = fold_text(quote)
        if not needle or not self.views:
            return ()
        allowed, barred = self._ranges(within), self._ranges(without)
        found: dict[Span, float] = {}
        for low, high in self._candidates(needle, allowed, barred):
            window = self._text[low:high]
            start, end = place(needle, window)
            span = (low + start, low + end)
            if allowed and not any(span[0] < b and a < span[1] for a, b in allowed):
                continue
            if span not in found and not any(span[0] < b and a < span[1] for a, b in barred):
                found[span] = similarity(needle, self._text[span[0] : span[1]])
        ranked = sorted(found, key=lambda span: (-found[span], span))
        return tuple(Near(self._found(*span), found[span]) for span in ranked)

    def _candidates(self, needle: str, allowed: Sequence[Span], barred: Sequence[Span]) -> Iterator[Span]:
        """Windows of the whole text in which `needle` may stand, changed."""
        size = 2 if len(needle) < _SHORT else 3
        begins, weights = self._grams[size].votes(self._encoded(needle))
        if not len(begins):
            return
        length = len(needle)
        keep = np.ones(len(begins), dtype=bool)
        if allowed:
            keep = np.zeros(len(begins), dtype=bool)
            for low, high in allowed:
                keep |= (begins + length > low) & (begins < high)
        for low, high in barred:
            keep &= (begins + length <= low) | (begins >= high)
        begins, weights = begins[keep], weights[keep]
        width = max(12, length // 3)
        buckets, member = np.unique(begins // width, return_inverse=True)
        if not len(buckets):
            return
        own = np.bincount(member, weights=weights)
        follows = np.zeros(len(own), dtype=bool)
        follows[:-1] = np.diff(buckets) == 1
        joined = own + np.where(follows, np.append(own[1:], 0.0), 0.0)
        pad = 8 + length // 4
        best = float(joined.max())
        for at in np.argsort(-joined, kind="stable")[:_CANDIDATES]:
            if joined[at] < _LEAST_VOTE * best:
                return
            low = int(buckets[at]) * width
            document = max(0, bisect_right(self._starts, max(0, low + length // 2)) - 1)
            first = self._starts[document]
            last = first + len(self._offsets[document])
            window = max(first, low - pad), min(last, low + 2 * width + length + pad)
            if window[0] < window[1]:
                yield window

    def _encoded(self, needle: str) -> Ints:
        """Compact codes of `needle`; -1 for a character that no document has."""
        codes = np.frombuffer(needle.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        at = np.minimum(np.searchsorted(self._alphabet, codes), len(self._alphabet) - 1)
        return np.where(self._alphabet[at] == codes, at, -1).astype(np.int64)

    def _ranges(self, stretches: Sequence[Stretch]) -> list[Span]:
        """Stored spans as spans of the whole folded text."""
        ranges = []
        for stretch in stretches:
            at = next(n for n, view in enumerate(self.views) if view is stretch.view)
            offsets = self._offsets[at]
            low, high = np.searchsorted(offsets, (stretch.start, stretch.end))
            if low < high:
                ranges.append((self._starts[at] + int(low), self._starts[at] + int(high)))
        return ranges

    def _found(self, start: int, end: int) -> Stretch:
        at = bisect_right(self._starts, start) - 1
        first = self._starts[at]
        offsets = self._offsets[at]
        return Stretch(self.views[at], int(offsets[start - first]), int(offsets[end - 1 - first]) + 1)


class _Grams:
    """Where each run of `size` characters stands: positions sorted by the run's code."""

    def __init__(self, codes: Ints, base: int, size: int) -> None:
        self._base = base
        self._size = size
        grams = self._coded(codes)
        order = np.argsort(grams, kind="stable")
        self._positions = order.astype(np.int32)
        self._sorted = grams[order]

    def votes(self, needle: Ints) -> tuple[Ints, NDArray[np.float64]]:
        """For each place of each gram of `needle`: where the needle would begin, and the weight of this
        vote, the gram's rarity in bits."""
        known = np.convolve(needle < 0, np.ones(self._size, dtype=np.int64), "valid") == 0
        at = np.nonzero(known)[0] if len(needle) >= self._size else np.zeros(0, dtype=np.int64)
        grams = self._coded(needle)[at] if len(at) else at
        low = np.searchsorted(self._sorted, grams, "left")
        count = np.searchsorted(self._sorted, grams, "right") - low
        rare = (count > 0) & (count <= _COMMON)
        chosen = rare if rare.any() else count > 0
        at, low, count = at[chosen], low[chosen], count[chosen]
        if not len(at):
            return np.zeros(0, dtype=np.int64), np.zeros(0)
        steps = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        positions = self._positions[np.repeat(low, count) + steps].astype(np.int64)
        rarity = np.log2(1 + len(self._sorted) / count)
        return positions - np.repeat(at, count), np.repeat(rarity, count)

    def _coded(self, codes: Ints) -> Ints:
        runs = max(0, len(codes) - self._size + 1)
        grams = np.zeros(runs, dtype=np.int64)
        for at in range(self._size):
            grams = grams * self._base + codes[at : at + runs]
        return grams
