"""Pieces of words and their vectors, as both trained models read them; neither keeps its own.

`tokenizer.json` cuts a text into pieces; `words.npz` has a row of 384 whole numbers a piece (`numbers`, int8)
and what each row is multiplied with (`scales`, float32).
"""

import io
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.encoder.trained import TrainedFiles
from index.errors import EmbeddingError
from index.schema import Span

DATA = Path(__file__).resolve().parent / "data"
FILES = ("tokenizer.json", "words.npz")
_TRAINED = TrainedFiles("向量模型", EmbeddingError)


class Words:
    """The tokenizer and the table. Safe to share between threads; `identifier` stands for both."""

    def __init__(self, folder: Path = DATA) -> None:
        """Raises EmbeddingError where a file is missing, damaged or of another version."""
        card, files = _TRAINED.read(folder / "words.json")
        self.identifier = str(card["id"])
        try:
            self._tokenizer = Tokenizer.from_buffer(files["tokenizer.json"])
            with np.load(io.BytesIO(files["words.npz"])) as table:
                self._numbers, self._scales = table["numbers"], table["scales"]
        except Exception as error:  # tokenizers raises its own, without a base
            raise _TRAINED.unopened() from error

    def pieces(self, text: str) -> tuple[list[int], list[Span]]:
        """The numbers of the pieces of `text`, and where each stands in it. NUL and lone surrogates, which no
        tokenizer takes, are read as other signs of the same length."""
        readable = text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
        found = self._tokenizer.encode(readable)
        return found.ids, found.offsets

    def vocabulary(self) -> dict[str, int]:
        """Every piece with its number."""
        return dict(self._tokenizer.get_vocab())

    def vectors(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """One row of 384 numbers a piece."""
        chosen = np.asarray(ids, dtype=np.int64)
        found: NDArray[np.float32] = self._numbers.take(chosen, axis=0) * self._scales.take(chosen)[:, None]
        return found


@lru_cache(maxsize=1)
def words() -> Words:
    """The table that is shipped."""
    return Words()
