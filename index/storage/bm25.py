"""BM25 over words and bigrams, with scores as shares of the best possible.

Lucene's variant (Robertson and Zaragoza, 2009), computed eagerly by bm25s. A raw sum cannot be
compared between questions; divided by what a text that matches every known token perfectly would
get, it is the share of the question that the text holds, from 0 to 1.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Bm25Index:
    """BM25 scores of a query against every one of a list of texts."""

    def __init__(self, bm25: Any, size: int) -> None:
        self._bm25 = bm25
        self.size = size
        data, ends = np.asarray(bm25.scores["data"]), np.asarray(bm25.scores["indptr"], dtype=np.int64)
        held = ends[1:] > ends[:-1]
        self._best = np.zeros(len(held))
        if held.any():
            self._best[held] = np.maximum.reduceat(data, ends[:-1][held])

    @property
    def held(self) -> int:
        """How many texts are indexed, as the index itself says; bm25s has no empty one."""
        return int(self._bm25.scores["num_docs"]) if self.size else 0

    @classmethod
    def build(cls, texts: Sequence[Sequence[str]]) -> "Bm25Index":
        """Index `texts`, cut into tokens; their positions are the ids."""
        import bm25s

        bm25 = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        bm25.index([list(words) or [""] for words in texts] or [[""]], show_progress=False)
        return cls(bm25, len(texts))

    @classmethod
    def load(cls, directory: Path, size: int) -> "Bm25Index":
        """Read what `save` wrote."""
        import bm25s

        return cls(bm25s.BM25.load(directory, show_progress=False, verbosity=0), size)

    def save(self, directory: Path) -> None:
        """Write to `directory`, which is made."""
        self._bm25.save(directory, show_progress=False)

    def scores(self, query_tokens: Sequence[str]) -> NDArray[np.float64]:
        """One score from 0 to 1 a text; all 0 where no token is known."""
        known = [t for t in query_tokens if t in self._bm25.vocab_dict and t]
        if not known or not self.size:
            return np.zeros(self.size)
        bound = float(sum(self._best[self._bm25.vocab_dict[t]] for t in known))
        return np.asarray(self._bm25.get_scores(list(known)), dtype=np.float64)[: self.size] / bound
