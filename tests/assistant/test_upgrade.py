"""What earlier versions stored opens today: an index and a database of each, kept as samples."""

import shutil
import tarfile
from pathlib import Path

import pytest

from assistant.service import Assistant
from assistant.settings import Settings

SAMPLES = Path(__file__).parents[1] / "samples"


@pytest.mark.parametrize("sample", sorted(path.name for path in SAMPLES.iterdir()))
def test_an_earlier_versions_state_opens_and_answers(sample: str, tmp_path: Path) -> None:
    with tarfile.open(SAMPLES / sample / "index.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    shutil.copy(SAMPLES / sample / "conversations.sqlite", tmp_path / "var" / "conversations.sqlite")
    assistant = Assistant.open(Settings(state_dir=tmp_path / "var", corpus_dir=tmp_path / "corpus"))
    answer = assistant.ask("午餐费每餐多少钱？")
    assert answer.citations[0].quote == "午餐费每餐不超过八元，由学校按月收取。"
    assert assistant.store.conversations.answer(answer.id) == answer
    assert len(list(assistant.store.ratings.rated())) == 1
    assistant.store.close()
