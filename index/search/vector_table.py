"""The vectors of one collection: the nearest by cosine, exactly, the same in every process."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.encoder.embedder import Vectors

_FEW = 8
"""Entries are picked out where they are at most one in so many; reading all in a row is faster else."""


class VectorTable:
    """Entries with their vectors and the version of a document that each belongs to. Only reads.

    Each cosine is summed by itself, row by row. A product of matrix and vector would be summed in another
    order on a machine with other cores, and its threads spin while models wait for theirs.
    """

    def __init__(
        self,
        parts: Sequence[Vectors],
        rows: NDArray[np.int64],
        names: Sequence[str],
        edition: NDArray[np.int64],
    ) -> None:
        """`parts` are rows of unit length; entry i has row `rows[i]` of them one below the other, and belongs
        to the version of a document (`id@version`) `names[edition[i]]`."""
        self._parts = [part for part in parts if len(part)]
        self._rows = rows
        self._in_order = bool(np.array_equal(rows, np.arange(sum(map(len, self._parts)))))
        self._names = tuple(names)
        self._edition = edition
        self.within = lru_cache(maxsize=32)(self._within)

    def __len__(self) -> int:
        return len(self._rows)

    def cosines(self, vector: Vectors, editions: tuple[str, ...] | None = None) -> Vectors:
        """The cosine of every entry with `vector`; where `editions` leaves few, 0 for the others."""
        if not len(self):
            return np.zeros(0, dtype=np.float32)
        unit = (vector / (np.linalg.norm(vector) or 1.0)).astype(np.float32)
        if editions is not None:
            among = np.flatnonzero(self.within(editions))
            if len(among) * _FEW <= len(self):
                return self._cosines_of(among, unit)
        found = np.concatenate([np.vecdot(part, unit) for part in self._parts])
        return found if self._in_order else found[self._rows]

    def nearest(
        self, vector: Vectors, count: int, editions: tuple[str, ...] | None = None
    ) -> list[tuple[int, float]]:
        """Positions and cosines of the `count` nearest entries, best first, ties in order; `editions` limits
        them to these versions of documents (None: all)."""
        cosines = self.cosines(vector, editions)
        positions = best(cosines, count, self.within(editions))
        return list(zip(positions, cosines[positions].tolist(), strict=True)) if positions else []

    def _cosines_of(self, among: NDArray[np.int64], unit: Vectors) -> Vectors:
        found = np.zeros(len(self), dtype=np.float32)
        rows, first = self._rows[among], 0
        for part in self._parts:
            own = (rows >= first) & (rows < first + len(part))
            found[among[own]] = np.vecdot(part[rows[own] - first], unit)
            first += len(part)
        return found

    def _within(self, editions: tuple[str, ...] | None) -> NDArray[np.bool_]:
        """Which entries belong to these versions of documents (None: all); each answer is kept."""
        if editions is None:
            return np.ones(len(self), dtype=bool)
        wanted = frozenset(editions)
        return np.asarray([name in wanted for name in self._names], dtype=bool)[self._edition]


def best(scores: NDArray[np.floating], count: int, allowed: NDArray[np.bool_]) -> list[int]:
    """Positions of the `count` highest of the `allowed` scores, best first, ties in order."""
    among = np.flatnonzero(allowed)
    own = scores[among]
    if count < 1 or not len(own):
        return []
    if len(own) > count:
        least = np.partition(own, len(own) - count)[len(own) - count]
        among, own = among[own >= least], own[own >= least]
    found: list[int] = among[np.argsort(-own, kind="stable")[:count]].tolist()
    return found
