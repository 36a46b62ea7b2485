"""Vectors of questions, the last few kept: one question is searched several times, and many come again."""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.cache import Cache
from index.encoder.embedder import Embedder, Vectors

_KEPT = 2048
"""Vectors, of 768 bytes each where the bundled model makes them."""


class QueryVectors:
    """Makes vectors of questions with one model, each text once. Safe to share between threads."""

    def __init__(self, embedder: Embedder, kept: int = _KEPT) -> None:
        self._embedder = embedder
        self._cache: Cache[NDArray[np.float16]] = Cache(kept)

    def of(self, texts: Sequence[str]) -> list[Vectors]:
        """The vector of each text, rounded as the stored ones are. Raises EmbeddingError."""
        keys = [self._key(text) for text in texts]
        found = {key: self._cache.get(key) for key in keys}
        missing = {key: text for key, text in zip(keys, texts, strict=True) if found[key] is None}
        if missing:
            made = self._embedder.embed_queries(list(missing.values()))
            for key, vector in zip(missing, made, strict=True):
                found[key] = rounded = np.asarray(vector, dtype=np.float16)
                self._cache.put(key, rounded)
        return [np.asarray(found[key], dtype=np.float32) for key in keys]

    def _key(self, text: str) -> bytes:
        """Stands for model and text; who reads it learns neither."""
        named = f"{self._embedder.model_id}\0{text}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(named, digest_size=16).digest()
