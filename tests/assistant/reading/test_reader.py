"""What the reader says depends on its pair alone; files of it that cannot be used are named."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import ReaderUnusable
from assistant.reading.pairs import Pair
from assistant.reading.reader import DATA, Reader, deciding, reader
from index.encoder.trained import FORMAT
from index.schema import Hit, Signals
from index.structure.passages import make_passages
from tests.assistant.sample import RULES

HITS = [Hit(passage, Signals(), 0.0) for passage in make_passages(RULES)]
ASKED = "借一本书能看多少天？"


def test_the_same_pair_gives_the_same_numbers_whatever_is_beside_it() -> None:
    together = reader().read(ASKED, HITS)
    assert [reader().read(ASKED, [hit])[0] for hit in HITS] == list(together)
    assert reader().read(ASKED, HITS[::-1]) == together[::-1]


def test_what_answers_is_read_as_what_answers_best() -> None:
    readings = reader().read(ASKED, HITS)
    best = max(zip(readings, HITS, strict=True), key=lambda pair: pair[0].answers)
    assert "借期30天" in best[1].passage.text
    assert "30天" in RULES.text[slice(*best[0].span)]


def test_deciding_words_lie_in_their_passage() -> None:
    for asked in (ASKED, "", "？", "a" * 400, "学校" * 500, "🏫\n\t"):
        for reading, hit in zip(reader().read(asked, HITS), HITS, strict=True):
            start, end = reading.span
            assert hit.passage.start <= start < end <= hit.passage.end


def copied(folder: Path) -> Path:
    return Path(shutil.copytree(DATA, folder / "data"))


@pytest.mark.parametrize("name", ["reader.onnx", "reader.json"])
def test_a_missing_file_is_said(tmp_path: Path, name: str) -> None:
    folder = copied(tmp_path)
    (folder / name).unlink()
    with pytest.raises(ReaderUnusable, match="缺失"):
        Reader(folder)


def test_a_changed_byte_is_said(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    model = bytearray((folder / "reader.onnx").read_bytes())
    model[1000] ^= 1
    (folder / "reader.onnx").write_bytes(model)
    with pytest.raises(ReaderUnusable, match="损坏"):
        Reader(folder)


@pytest.mark.parametrize("changed", [{"format": FORMAT + 1}, {"words": "another"}])
def test_another_version_is_said(tmp_path: Path, changed: dict[str, object]) -> None:
    folder = copied(tmp_path)
    card = json.loads((folder / "reader.json").read_text(encoding="utf-8"))
    (folder / "reader.json").write_text(json.dumps({**card, **changed}), encoding="utf-8")
    with pytest.raises(ReaderUnusable, match="另一个版本"):
        Reader(folder)


def test_what_is_no_model_is_said(tmp_path: Path) -> None:
    (tmp_path / "reader.onnx").write_bytes(b"model")
    digest = hashlib.sha256(b"model").hexdigest()
    card = json.loads((DATA / "reader.json").read_text(encoding="utf-8"))
    held = json.dumps({**card, "files": {"reader.onnx": digest}})
    (tmp_path / "reader.json").write_text(held, encoding="utf-8")
    with pytest.raises(ReaderUnusable, match="打不开"):
        Reader(tmp_path)


def test_the_likeliest_words_begin_before_they_end() -> None:
    pair = Pair((0, 5, 2, 2, 6, 7, 8, 2), (0,) * 8, (*[(-1, -1)] * 4, (0, 2), (2, 4), (4, 5), (-1, -1)))
    spans = np.full((8, 2), -1e4, dtype=np.float32)
    spans[4:7, 0] = (0.0, 1.0, 3.0)
    spans[4:7, 1] = (5.0, 2.0, 0.0)
    assert deciding(spans, pair) == (0, 2)
