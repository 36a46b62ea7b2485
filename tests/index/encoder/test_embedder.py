"""The encoder gives the same vector whatever is beside a text, takes any text, says which file is wrong."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from index.encoder.embedder import BundledEmbeddings
from index.encoder.trained import FORMAT
from index.encoder.words import DATA, Words
from index.errors import EmbeddingError

TEXT = "乡村教师住房有没有补贴？"


@pytest.fixture(scope="module")
def embedder() -> BundledEmbeddings:
    return BundledEmbeddings()


@pytest.mark.parametrize("char", ["\ufdfa", "\ufdfb", "\u321d", "\0", "\ud83d", "あ", "🏫", " "])
def test_any_character_has_a_vector(embedder: BundledEmbeddings, char: str) -> None:
    for vector in (embedder.embed_query(char * 40), *embedder.embed_documents([char * 9])):
        assert len(vector) == 384
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_a_vector_does_not_depend_on_what_is_beside_it(embedder: BundledEmbeddings) -> None:
    alone = embedder.embed_documents([TEXT])[0]
    assert embedder.embed_documents(["长" * 600, TEXT, "学校", TEXT])[1::2] == [alone, alone]
    asked = embedder.embed_query(TEXT)
    assert embedder.embed_queries(["学校", TEXT])[1] == asked
    assert asked != alone


def test_what_means_the_same_is_nearer(embedder: BundledEmbeddings) -> None:
    passage = embedder.embed_documents(["实施乡村教师周转宿舍建设工程，改善乡村教师住宿条件。"])[0]
    near, far = embedder.embed_queries([TEXT, "高考什么时候报名？"])
    assert np.dot(passage, near) > np.dot(passage, far) + 0.1


def test_a_long_text_is_cut(embedder: BundledEmbeddings) -> None:
    assert len(embedder.embed_documents(["教育" * 5000])[0]) == 384


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "data"))


@pytest.mark.parametrize("name", ["encoder.onnx", "encoder.json"])
def test_a_missing_file_is_said(copied: Path, name: str) -> None:
    (copied / name).unlink()
    with pytest.raises(EmbeddingError, match="缺失"):
        BundledEmbeddings(copied).embed_query(TEXT)


def test_a_changed_byte_is_said(copied: Path) -> None:
    model = bytearray((copied / "encoder.onnx").read_bytes())
    model[1000] ^= 1
    (copied / "encoder.onnx").write_bytes(model)
    with pytest.raises(EmbeddingError, match="损坏"):
        BundledEmbeddings(copied).embed_query(TEXT)


@pytest.mark.parametrize("changed", [{"format": FORMAT + 1}, {"id": "another"}, {"words": "another"}])
def test_another_version_is_said(copied: Path, changed: dict[str, object]) -> None:
    card = json.loads((copied / "encoder.json").read_text(encoding="utf-8"))
    (copied / "encoder.json").write_text(json.dumps({**card, **changed}), encoding="utf-8")
    with pytest.raises(EmbeddingError, match="另一个版本"):
        BundledEmbeddings(copied).embed_query(TEXT)


@pytest.mark.parametrize("name", ["words.npz", "tokenizer.json"])
def test_a_damaged_table_is_said(copied: Path, name: str) -> None:
    held = (copied / name).read_bytes()
    (copied / name).write_bytes(held[: len(held) // 2])
    with pytest.raises(EmbeddingError, match="损坏"):
        Words(copied)
