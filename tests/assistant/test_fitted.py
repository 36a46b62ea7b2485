"""Fitted parameters and the encoder that they are for."""

import json
from pathlib import Path

import pytest

from assistant import fitted
from index.errors import OtherEncoder


class FakeEmbedder:
    """Says its name and gives vectors of one length."""

    def __init__(self, model_id: str = "甲模型", dimension: int = 3) -> None:
        self.model_id = model_id
        self._dimension = dimension

    def embed_query(self, text: str) -> list[float]:
        return [0.0] * self._dimension

    def embed_queries(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self.embed_queries(texts)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, ...]:
    """Two files of parameters for the encoder 甲模型 with three dimensions."""
    made = tmp_path / "one.json", tmp_path / "two.json"
    for path in made:
        held = {"encoder": {"id": "甲模型", "dimension": 3}, "fitted_from": "0", "values": {}}
        path.write_text(json.dumps(held), encoding="utf-8")
    monkeypatch.setattr(fitted, "FITTED", made)
    return made


def test_parameters_of_the_encoder_in_use_are_fine(files: tuple[Path, ...]) -> None:
    fitted.check_encoder(FakeEmbedder())


@pytest.mark.parametrize("embedder", [FakeEmbedder("乙模型"), FakeEmbedder(dimension=4)])
def test_another_encoder_or_another_length_is_an_error(
    files: tuple[Path, ...], embedder: FakeEmbedder
) -> None:
    with pytest.raises(OtherEncoder, match=r"one\.json"):
        fitted.check_encoder(embedder)


def test_one_file_of_another_encoder_is_enough_and_is_named(files: tuple[Path, ...]) -> None:
    held = {"encoder": {"id": "乙模型", "dimension": 3}, "fitted_from": "0", "values": {}}
    files[1].write_text(json.dumps(held), encoding="utf-8")
    with pytest.raises(OtherEncoder, match=r"two\.json.*乙模型"):
        fitted.check_encoder(FakeEmbedder())


def test_every_file_that_is_shipped_is_checked_and_says_what_it_is_for() -> None:
    names = {path.name for path in fitted.FITTED}
    assert {path.name for path in fitted.DATA.glob("*.json")} < names
    assert len(names) == len(fitted.FITTED)
    encoders = [json.loads(path.read_text(encoding="utf-8"))["encoder"] for path in fitted.FITTED]
    assert all(encoder == encoders[0] for encoder in encoders)


def test_thresholds_are_numbers_and_read_once() -> None:
    held = fitted.thresholds()
    assert held is fitted.thresholds()
    assert {"blocked", "distress", "foreign"} <= set(held)
    assert all(0 <= held[name] <= 1 for name in ("blocked", "distress", "foreign"))
