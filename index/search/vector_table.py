"""The vectors of one collection in memory: the nearest by cosine, exactly, the same in every process."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.encoder.embedder import Vectors


class VectorTable:
    """Entries with their vectors and the version of a document that each belongs to. Only reads."""

    def __init__(self, vectors: Vectors, editions: Sequence[str]) -> None:
        """`vectors` has one row an entry; `editions` names (`id@version`) the version that holds it."""
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        self._rows = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
        names, self._edition = np.unique(np.asarray(editions, dtype=object), return_inverse=True)
        self._names = tuple(map(str, names))
        self.within = lru_cache(maxsize=32)(self._within)

    def __len__(self) -> int:
        return len(self._rows)

    def cosines(self, vector: Vectors) -> Vectors:
        """The cosine of every entry with `vector`."""
        return np.asarray(self._rows @ (vector / (np.linalg.norm(vector) or 1.0)), dtype=np.float32)

    def nearest(
        self, vector: Vectors, count: int, editions: tuple[str, ...] | None = None
    ) -> list[tuple[int, float]]:
        """Positions and cosines of the `count` nearest entries, best first, ties in order; `editions` limits
        them to these versions of documents (None: all)."""
        if not len(self) or count < 1:
            return []
        cosines = self.cosines(vector)
        among = np.nonzero(self.within(editions))[0]
        own = cosines[among]
        if len(own) > count:
            least = np.partition(own, len(own) - count)[len(own) - count]
            among, own = among[own >= least], own[own >= least]
        best = np.argsort(-own, kind="stable")[:count]
        return [(int(among[at]), float(own[at])) for at in best]

    def _within(self, editions: tuple[str, ...] | None) -> NDArray[np.bool_]:
        """Which entries belong to these versions of documents (None: all); each answer is kept."""
        if editions is None:
            return np.ones(len(self), dtype=bool)
        wanted = np.asarray([name in editions for name in self._names], dtype=bool)
        return wanted[self._edition]
