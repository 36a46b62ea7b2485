"""Vectors of questions: each text is embedded once, and its vector is what it would be anyway."""

from collections.abc import Sequence

import numpy as np

from index.encoder.embedder import BundledEmbeddings
from index.encoder.query_vectors import QueryVectors


class Counting(BundledEmbeddings):
    """The bundled encoder, which notes what it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def embed_queries(self, texts: Sequence[str]) -> list[list[float]]:
        self.asked += texts
        return super().embed_queries(list(texts))


def test_a_text_is_embedded_once_and_its_vector_is_the_same_byte_for_byte() -> None:
    embedder = Counting()
    vectors = QueryVectors(embedder)
    first = vectors.of(["借几本书", "几点开门", "借几本书"])
    again = vectors.of(["几点开门", "借几本书"])
    assert embedder.asked == ["借几本书", "几点开门"]
    alone = np.asarray(BundledEmbeddings().embed_query("借几本书"), dtype=np.float16).astype(np.float32)
    for vector in (first[0], first[2], again[1]):
        assert vector.dtype == np.float32
        assert vector.tobytes() == alone.tobytes()
    assert again[0].tobytes() == first[1].tobytes()


def test_a_vector_that_somebody_changes_is_not_the_kept_one() -> None:
    vectors = QueryVectors(BundledEmbeddings())
    given = vectors.of(["借几本书"])[0]
    given[:] = 0
    assert vectors.of(["借几本书"])[0].any()


def test_only_so_many_are_kept() -> None:
    embedder = Counting()
    vectors = QueryVectors(embedder, kept=1)
    for text in ("借几本书", "几点开门", "借几本书"):
        vectors.of([text])
    assert embedder.asked == ["借几本书", "几点开门", "借几本书"]


def test_a_lone_surrogate_has_a_vector() -> None:
    assert QueryVectors(BundledEmbeddings()).of(["\ud800"])[0].shape == (384,)
