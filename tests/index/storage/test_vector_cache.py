import sqlite3
from pathlib import Path

import numpy as np
import pytest

from index.encoder.embedder import BundledEmbeddings
from index.errors import DocumentError
from index.storage.vector_cache import (
    PASSAGE,
    QUESTION,
    VectorCache,
    content_key,
    read_shipped,
    write_shipped,
)


class CountingEmbedder:
    """A deterministic stand-in that remembers what it was asked for."""

    model_id = "counting"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.asked += texts
        return [[float(len(text)), 1.0] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_queries([text])[0]

    def embed_queries(self, texts: list[str]) -> list[list[float]]:
        self.asked += texts
        return [[-float(len(text)), 1.0] for text in texts]


def ignore(count: int) -> None:
    pass


def test_a_text_is_embedded_once(tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    for _ in range(2):
        cache = VectorCache(embedder, tmp_path / "cache" / "v.sqlite")
        assert cache.embed(PASSAGE, ["甲", "乙乙"], ignore).tolist() == [[1, 1], [2, 1]]
    assert embedder.asked == ["甲", "乙乙"]


def test_rows_come_in_the_order_of_the_texts_and_progress_reaches_all(tmp_path: Path) -> None:
    texts = ["四" * (n % 7 + 1) for n in range(50)]  # many of them equal
    done: list[int] = []
    rows = VectorCache(CountingEmbedder(), tmp_path / "v.sqlite").embed(PASSAGE, texts, done.append)
    assert rows[:, 0].tolist() == [len(text) for text in texts]
    assert sum(done) == len(texts)


def test_the_kinds_have_vectors_of_their_own(tmp_path: Path) -> None:
    cache = VectorCache(CountingEmbedder(), tmp_path / "v.sqlite")
    assert cache.embed(PASSAGE, ["甲"], ignore)[0, 0] == 1
    assert cache.embed(QUESTION, ["甲"], ignore)[0, 0] == -1


def test_keys_tell_models_kinds_and_texts_apart() -> None:
    keys = {content_key(m, k, t) for m in ("a", "b") for k in (PASSAGE, QUESTION) for t in ("甲", "乙", "")}
    assert len(keys) == 12


def test_no_texts_no_rows(tmp_path: Path) -> None:
    assert len(VectorCache(CountingEmbedder(), tmp_path / "v.sqlite").embed(PASSAGE, [], ignore)) == 0


def test_a_shipped_file_saves_the_embedding(tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    shipped = tmp_path / "doc.vectors.npz"
    write_shipped(shipped, {content_key("counting", PASSAGE, "甲"): np.asarray([0.5, 0.25])})
    cache = VectorCache(embedder, tmp_path / "v.sqlite", [shipped])
    assert cache.embed(PASSAGE, ["甲", "乙"], ignore).tolist() == [[0.5, 0.25], [1, 1]]
    assert embedder.asked == ["乙"]


def test_the_same_vectors_give_the_same_shipped_bytes(tmp_path: Path) -> None:
    vectors = {content_key("m", PASSAGE, text): np.asarray([len(text), 0.1]) for text in ("甲", "乙乙", "丙")}
    write_shipped(tmp_path / "a.npz", vectors)
    write_shipped(tmp_path / "b.npz", dict(reversed(vectors.items())))
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    assert read_shipped(tmp_path / "a.npz").keys() == vectors.keys()


@pytest.mark.parametrize("damage", [b"", b"no archive", b"PK\x03\x04 cut"])
def test_a_damaged_shipped_file_is_named(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "doc.vectors.npz"
    path.write_bytes(damage)
    with pytest.raises(DocumentError, match=r"doc\.vectors\.npz"):
        read_shipped(path)


def test_a_damaged_cache_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "v.sqlite"
    path.write_bytes(b"this is no database at all" * 100)
    embedder = CountingEmbedder()
    assert VectorCache(embedder, path).embed(PASSAGE, ["甲"], ignore).tolist() == [[1, 1]]
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM vectors").fetchone() == (1,)


def test_a_cache_damaged_inside_is_made_anew_when_that_is_read(tmp_path: Path) -> None:
    path, embedder = tmp_path / "v.sqlite", CountingEmbedder()
    texts = ["字" * (number + 1) for number in range(400)]
    VectorCache(embedder, path).embed(PASSAGE, texts, ignore)
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"x" * (len(data) - 4096))  # its first page is whole
    embedder.asked.clear()
    assert VectorCache(embedder, path).embed(PASSAGE, ["字"], ignore).tolist() == [[1, 1]]
    assert embedder.asked == ["字"]


def test_the_bundled_model_is_deterministic_and_of_unit_length() -> None:
    model = BundledEmbeddings()
    texts = ["公办幼儿园占比达到50％以上。", "学校体育"]
    first, second = np.asarray(model.embed_documents(texts)), np.asarray(model.embed_documents(texts[::-1]))
    assert first.shape == (2, 384)
    assert np.allclose(np.linalg.norm(first, axis=1), 1, atol=1e-3)
    assert np.allclose(first, second[::-1], atol=1e-3)


def test_the_bundled_model_takes_any_text() -> None:
    model = BundledEmbeddings()
    assert model.embed_queries([]) == []
    assert all(len(model.embed_query(text)) == 384 for text in ("", "\0", "\ud800", "问\0题", "长" * 1000))
    assert model.embed_query("问题\0后文") != model.embed_query("问题")
