"""The retriever in a chain, and the chain of the documentation as it is printed there."""

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from langchain_core.documents import Document

from assistant.errors import InvalidQuestion, UnknownDocument
from assistant.langchain.retriever import PolicyRetriever
from tests.assistant.llm.server import Messages, Reply, scripted

if TYPE_CHECKING:
    from assistant.service import Assistant
    from assistant.settings import Settings

DOCS = Path(__file__).parents[3] / "docs" / "langchain.md"
QUESTION = "娃儿一天在学校能运动好久？"


def test_documents_are_verbatim_passages_with_their_place(assistant: "Assistant") -> None:
    found = PolicyRetriever(assistant=assistant, top_k=4).invoke(QUESTION)
    assert len(found) == 4
    assert "１小时" in found[0].page_content
    for document in found:
        assert isinstance(document, Document)
        place = document.metadata
        view = assistant.library.get(place["document_id"], place["document_version"])
        assert view is not None
        assert view.document.text[place["start"] : place["end"]] == document.page_content


def test_it_stays_within_what_it_is_told(assistant: "Assistant") -> None:
    with pytest.raises(UnknownDocument):
        PolicyRetriever(assistant=assistant, documents=["none"]).invoke(QUESTION)
    with pytest.raises(InvalidQuestion):
        PolicyRetriever(assistant=assistant).invoke("  ")
    early = PolicyRetriever(assistant=assistant, as_of=date(2021, 1, 1)).invoke(QUESTION)
    assert early[0].metadata["validity"] == "in_force"


def test_the_documented_chain_runs(
    settings: "Settings", monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = re.search(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    asked: list[str] = []

    def answer(messages: Messages) -> Reply:
        asked.append(messages[-1]["content"])
        return Reply(raw=_completion("每天１小时。"), content_type="application/json")

    with scripted(answer) as server:
        monkeypatch.setenv("POLICY_QA_LLM_BASE_URL", server.base_url)
        monkeypatch.setenv("POLICY_QA_LLM_MODEL", "scripted")
        monkeypatch.setattr("assistant.settings.load_settings", lambda: settings)
        namespace: dict[str, Any] = {}
        exec(compile(found[1], str(DOCS), "exec"), namespace)  # noqa: S102 - our own documentation
    assert "每天１小时。" in capsys.readouterr().out
    assert "１小时" in asked[0]
    assert QUESTION in asked[0]


def _completion(text: str) -> bytes:
    import json

    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    whole = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    return json.dumps(whole).encode()
