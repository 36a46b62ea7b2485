"""Lay questions by a model for an added document: found by them, and gone on where a run stopped."""

import json
from pathlib import Path

import pytest

from assistant.cli.main import main
from assistant.errors import ModelFault
from assistant.llm.client import ChatModel
from assistant.llm.document_expansion import expand
from assistant.service import Assistant
from assistant.settings import ModelSettings, Settings
from index.schema import Document
from index.structure.passages import make_passages
from tests.assistant.llm.server import Messages, Reply, Scripted
from tests.assistant.small import small_settings

TEXT = """街道社区食堂管理办法

第一条 社区食堂应当公开菜品价格。
第二条 食堂从业人员应当每年进行一次健康检查。
第三条 社区食堂每天营业时间不少于六小时。
"""
PRICES = "打饭好多钱一份看得到不？"


def lay_person(messages: Messages) -> Reply:
    passage = messages[-1]["content"]
    if "价格" in passage:
        return Reply(f"1. {PRICES}\n2. 一份卖99元吗？\n食堂应当公开菜品价格？\n{PRICES}\n这不是问题。")
    return Reply(f"{PRICES}\n我们小区以后能有食堂吃饭吗？\n煮饭的人好久查一回身体{len(passage)}？")


@pytest.fixture
def model(server: Scripted) -> ChatModel:
    server.script = lay_person
    return ChatModel(ModelSettings(server.base_url, "scripted", retries=0))


@pytest.fixture
def small(tmp_path: Path) -> Settings:
    return small_settings(tmp_path)


@pytest.fixture
def document(small: Settings, tmp_path: Path) -> Document:
    from index.build.add_documents import add_documents
    from index.readers.find_files import find_sources
    from index.storage.added_documents import AddedDocuments

    file = tmp_path / "食堂.txt"
    file.write_text(TEXT, encoding="utf-8")
    settings = small.index()
    report = add_documents(settings, find_sources([file])[0], "canteen")
    assert report.refused == ()
    collection: AddedDocuments = AddedDocuments(settings.collection)
    (added,) = collection.load(collection.catalog())
    return added.document


def rows_of(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_only_sound_new_questions_are_kept(model: ChatModel, document: Document, tmp_path: Path) -> None:
    path = tmp_path / "canteen.questions.jsonl"
    assert expand(make_passages(document), model, path) == 1
    kept = [question for row in rows_of(path) for question in row["questions"]]  # type: ignore[attr-defined]
    assert kept == [PRICES]


def test_a_run_that_was_cut_off_goes_on(
    model: ChatModel, document: Document, server: Scripted, tmp_path: Path
) -> None:
    path = tmp_path / "canteen.questions.jsonl"
    calls = iter(range(100))

    def failing(messages: Messages) -> Reply:
        return lay_person(messages) if next(calls) == 0 else Reply(status=500)

    server.script = failing
    with pytest.raises(ModelFault):
        expand(make_passages(document), model, path)
    before = rows_of(path)
    assert len(before) == 1
    server.script = lay_person
    expand(make_passages(document), model, path)
    assert rows_of(path)[0] == before[0]
    assert len(rows_of(path)) > 1


def test_the_command_writes_builds_and_the_document_is_found(
    model: ChatModel, document: Document, server: Scripted, small: Settings, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert model.name == "scripted"
    settings = small.model_copy(
        update={"llm_base_url": server.base_url, "llm_model": "scripted", "llm_retries": 0}
    )
    monkeypatch.setattr("assistant.settings.load_settings", lambda: settings)
    assert main(["expand", document.id]) == 0
    assert "1 个问法" in capsys.readouterr().out
    found = Assistant.open(settings).search("打饭要好多钱看得到不", 1, [document.id])
    assert "价格" in found[0][1].quote
    assert main(["expand", "nothing"]) == 1
    bare = settings.model_copy(update={"llm_base_url": None, "llm_model": None})
    monkeypatch.setattr("assistant.settings.load_settings", lambda: bare)
    assert main(["expand", document.id]) == 1
