"""The tool in an agent of LangChain's, and the examples of the documentation as they are printed there."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from langchain.agents import create_agent
from langchain.chat_models import init_chat_model
from langchain_core.messages import HumanMessage, ToolMessage

from assistant.errors import UnknownConversation
from assistant.langchain.tool import make_ask_policy
from assistant.schema import Answer
from assistant.service import Assistant
from assistant.storage.store import Store
from tests.assistant.llm.server import Messages, Reply, scripted

if TYPE_CHECKING:
    from assistant.settings import Settings

DOCS = Path(__file__).parents[3] / "docs" / "langchain.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
QUESTION = "娃儿一天在学校能运动好久？"


def calling(question: str) -> Reply:
    """A model's reply that calls the tool."""
    call = {"name": "ask_policy", "arguments": json.dumps({"question": question})}
    asked = {"id": "call_1", "type": "function", "function": call}
    return _completion({"role": "assistant", "content": None, "tool_calls": [asked]}, "tool_calls")


def saying(text: str) -> Reply:
    """A model's reply in words."""
    return _completion({"role": "assistant", "content": text}, "stop")


def _completion(message: dict[str, Any], reason: str) -> Reply:
    choice = {"index": 0, "message": message, "finish_reason": reason}
    whole = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    return Reply(raw=json.dumps(whole).encode(), content_type="application/json")


def asked_for(assistant: Assistant, question: str) -> tuple[ToolMessage, str]:
    """What the tool told an agent that called it with `question`, and what the agent said at last."""

    def answer(messages: Messages) -> Reply:
        told = [message["content"] for message in messages if message["role"] == "tool"]
        return saying(f"查到：{told[-1]}") if told else calling(question)

    with scripted(answer) as server:
        model = init_chat_model("scripted", model_provider="openai", base_url=server.base_url, api_key="none")
        agent = create_agent(model, [make_ask_policy(assistant)])
        messages = agent.invoke({"messages": [HumanMessage("帮我查一下")]})["messages"]
    (told,) = (message for message in messages if isinstance(message, ToolMessage))
    return told, str(messages[-1].content)


def test_an_agent_gets_the_answer_with_its_verbatim_quotations(assistant: Assistant) -> None:
    told, said = asked_for(assistant, QUESTION)
    assert isinstance(told.artifact, Answer)
    assert "「" in str(told.content)
    for citation in told.artifact.citations:
        assert "".join(citation.quote.split()) in str(told.content)
        assert citation.clause_label in str(told.content)
    assert "１小时" in said


def test_an_agent_is_told_that_the_documents_do_not_say_it(assistant: Assistant) -> None:
    told, _ = asked_for(assistant, "公办幼儿园一个月收好多钱？")
    assert "没有写到" in str(told.content)
    assert not told.artifact.citations


def test_a_bad_question_is_a_reply_and_no_crash(assistant: Assistant) -> None:
    told, _ = asked_for(assistant, "   ")
    assert told.status == "error"
    assert "问题是空的" in str(told.content)


def test_nothing_of_it_is_kept(assistant: Assistant) -> None:
    told, _ = asked_for(assistant, QUESTION)
    with pytest.raises(UnknownConversation):
        assistant.store.conversations.history(told.artifact.conversation_id)


def test_it_answers_where_nothing_could_be_kept(assistant: Assistant, tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    path.write_text("这不是数据库。" * 200, encoding="utf-8")
    own = Assistant(assistant._opened, Store(f"sqlite:///{path}"), assistant.settings, assistant.clock)
    call = {"name": "ask_policy", "args": {"question": QUESTION}, "id": "1", "type": "tool_call"}
    told = make_ask_policy(own).invoke(call)
    assert "１小时" in str(told.content)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_documented_examples_run(
    example: str, settings: "Settings", monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    heard: list[str] = []

    def answer(messages: Messages) -> Reply:
        heard.append(json.dumps(messages, ensure_ascii=False))
        asks = "create_agent" in example and all(message["role"] != "tool" for message in messages)
        return calling(QUESTION) if asks else saying("每天１小时。")

    with scripted(answer) as server:
        monkeypatch.setenv("POLICY_QA_LLM_BASE_URL", server.base_url)
        monkeypatch.setenv("POLICY_QA_LLM_MODEL", "scripted")
        monkeypatch.setattr("assistant.settings.load_settings", lambda: settings)
        namespace: dict[str, Any] = {}
        exec(compile(example, str(DOCS), "exec"), namespace)  # noqa: S102 - our own documentation
    assert "每天１小时。" in capsys.readouterr().out
    assert "１小时" in heard[-1]  # the model was given the text's own words
