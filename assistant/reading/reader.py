"""The trained reader: reads a question with each of some passages.

Each pair runs alone and unpadded, in one thread, so that its scores depend on nothing but itself: the same
pair gives the same bytes on one machine, whatever is read beside it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import ReaderUnusable
from assistant.reading.pairs import MAX_TOKENS, Pair, PairEncoder
from assistant.reading.passage_text import context_of
from index.encoder.trained import TrainedFiles
from index.encoder.words import words
from index.schema import Hit, PassageKind, Span

DATA = Path(__file__).resolve().parent / "data"
_TRAINED = TrainedFiles("阅读模型", ReaderUnusable)
_LONGEST_SPAN = 40
"""Tokens of the deciding words, at most."""
_AHEAD = np.arange(MAX_TOKENS) - np.arange(MAX_TOKENS)[:, None]
_WITHIN = np.where((_AHEAD >= 0) & (_AHEAD < _LONGEST_SPAN), np.float32(0), np.float32(-np.inf))
"""Added to the score of deciding words from one token to another: nothing, or that they are none."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader says of one passage for one question."""

    answers: float
    """Log-odds against none of the passages; above 0 it answers more likely than nothing does."""
    denies: float
    """Log-odds that the passage excludes what is taken for granted."""
    span: Span
    """The deciding words, as offsets in the stored text; within the passage."""


class Reader:
    """One loaded model. Safe to share between threads."""

    def __init__(self, folder: Path = DATA) -> None:
        """Raises ReaderUnusable where a file is missing, damaged, of another version or of another table of
        pieces, and EmbeddingError where that table is."""
        card, files = _TRAINED.read(folder / "reader.json")
        if card.get("words") != words().identifier:
            raise _TRAINED.of_another_version()
        self.identifier = str(card["id"])
        """Stands for everything that shapes what it says."""
        self._network = _TRAINED.network(files["reader.onnx"])
        self._encoder = PairEncoder(words())

    def read(self, question: str, hits: Iterable[Hit]) -> tuple[Reading, ...]:
        """One reading a hit, in their order; of each its passage is read, and the prepared question that
        brought it."""
        return tuple(self._read(question, hit) for hit in hits)

    def _read(self, question: str, hit: Hit) -> Reading:
        passage = hit.passage
        pair = self._encoder.pair(question, context_of(passage), passage.reads, hit.question or "")
        judged, spans = self._run(pair)
        if passage.kind is PassageKind.ROW:  # its words do not stand in the text as they were read
            return Reading(float(judged[0]), float(judged[1]), (passage.start, passage.end))
        start, end = deciding(spans, pair)
        return Reading(float(judged[0]), float(judged[1]), (passage.start + start, passage.start + end))

    def _run(self, pair: Pair) -> Any:
        given = {"words": words().vectors(pair.ids), "kinds": np.asarray(pair.kinds, dtype=np.int64)}
        return self._network.run(("judged", "spans"), given)


def deciding(spans: NDArray[np.float32], pair: Pair) -> Span:
    """Offsets in the passage's text of the most likely deciding words."""
    tokens = len(spans)
    sums = spans[:, :1] + spans[:, 1] + _WITHIN[:tokens, :tokens]
    first, last = divmod(int(sums.argmax()), tokens)
    return pair.places[first][0], pair.places[last][1]


@lru_cache(maxsize=1)
def reader() -> Reader:
    """The reader that is shipped."""
    return Reader()
