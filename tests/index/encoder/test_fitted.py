import json
from pathlib import Path

import pytest

from index.encoder.fitted import check_fitted, read_fitted, write_fitted
from index.errors import OtherEncoder


class Embedder:
    """Stands for a model: only its name and the length of its vectors matter here."""

    def __init__(self, model_id: str = "model-a", dimension: int = 3) -> None:
        self.model_id = model_id
        self._vector = [0.0] * dimension

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self._vector for _ in texts]

    def embed_query(self, text: str) -> list[float]:
        return self._vector

    def embed_queries(self, texts: list[str]) -> list[list[float]]:
        return [self._vector for _ in texts]


VALUES = {"权重": {"bm25": 1.5, "dense": -2}, "among": [1, 2]}


def test_values_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "fitted.json"
    write_fitted(path, Embedder(), "abc", VALUES)
    assert read_fitted(path) == VALUES
    assert json.loads(path.read_text(encoding="utf-8")) == {
        "encoder": {"id": "model-a", "dimension": 3},
        "fitted_from": "abc",
        "values": VALUES,
    }


def test_the_same_fit_gives_the_same_file(tmp_path: Path) -> None:
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    write_fitted(one, Embedder(), "abc", {"a": 1, "b": 2})
    write_fitted(other, Embedder(), "abc", {"b": 2, "a": 1})
    assert one.read_bytes() == other.read_bytes()
    assert one.read_bytes().endswith(b"}\n")
    write_fitted(one, Embedder(), "abd", {"a": 1, "b": 2})
    assert one.read_bytes() != other.read_bytes()


def test_the_encoder_that_was_fitted_for_passes(tmp_path: Path) -> None:
    path = tmp_path / "fitted.json"
    write_fitted(path, Embedder(), "abc", VALUES)
    check_fitted([path, path], Embedder())
    check_fitted([], Embedder())


@pytest.mark.parametrize("other", [Embedder("model-b"), Embedder("model-a", 4)])
def test_another_encoder_is_told(tmp_path: Path, other: Embedder) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    write_fitted(good, other, "abc", VALUES)
    write_fitted(bad, Embedder(), "abc", VALUES)
    with pytest.raises(OtherEncoder) as refusal:
        check_fitted([good, bad], other)
    assert "bad.json" in refusal.value.message
    assert "“model-a”（3 维）" in refusal.value.message
    assert f"“{other.model_id}”" in refusal.value.message


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_fitted(tmp_path / "missing.json")
    with pytest.raises(FileNotFoundError):
        check_fitted([tmp_path / "missing.json"], Embedder())
