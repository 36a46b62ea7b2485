"""Files of the reader that cannot be used are named, never guessed around."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import ReaderUnusable
from assistant.reading.pairs import Pair
from assistant.reading.reader import FORMAT, Reader, deciding


def write(folder: Path, model: bytes, **changed: object) -> Path:
    (folder / "reader.onnx").write_bytes(model)
    card = {"format": FORMAT, "sha256": hashlib.sha256(model).hexdigest(), **changed}
    (folder / "reader.json").write_text(json.dumps(card), encoding="utf-8")
    return folder


def test_missing_files_are_said(tmp_path: Path) -> None:
    with pytest.raises(ReaderUnusable, match="缺失"):
        Reader(tmp_path)


def test_a_changed_byte_is_said(tmp_path: Path) -> None:
    folder = write(tmp_path, b"model")
    (folder / "reader.onnx").write_bytes(b"modem")
    with pytest.raises(ReaderUnusable, match="损坏"):
        Reader(folder)


def test_another_version_is_said(tmp_path: Path) -> None:
    with pytest.raises(ReaderUnusable, match="另一个版本"):
        Reader(write(tmp_path, b"model", format=FORMAT + 1))


def test_what_is_no_model_is_said(tmp_path: Path) -> None:
    with pytest.raises(ReaderUnusable, match="打不开"):
        Reader(write(tmp_path, b"model"))


def test_deciding_words_lie_in_the_passage_and_end_after_they_begin() -> None:
    pair = Pair((0, 5, 2, 2, 6, 7, 8, 2), (0,) * 8, (*[(-1, -1)] * 4, (0, 2), (2, 4), (4, 5), (-1, -1)))
    spans = np.full((8, 2), -1e4, dtype=np.float32)
    spans[4:7, 0] = (0.0, 1.0, 3.0)
    spans[4:7, 1] = (5.0, 2.0, 0.0)
    assert deciding(spans, pair) == (0, 2)
