"""A model's help with follow-ups and long stories is taken in the asker's own words, or not at all."""

import pytest

from assistant.llm import query_help
from tests.assistant.llm.conftest import PATIENT, MakeAssistant
from tests.assistant.llm.server import Messages, Reply, Scripted

SHARE = "公办幼儿园的占比要达到多少？"
STORY = "我屋头两个娃，老大读小学，老二刚满三岁。" * 5 + "我就想问公办幼儿园的占比要达到多少？"


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a crowded machine a model takes longer than people wait for its help."""
    monkeypatch.setattr(query_help, "_SECONDS", PATIENT)


def saying(server: Scripted, text: str) -> None:
    def script(messages: Messages) -> Reply:
        return Reply(text if "最后一句话" in messages[-1]["content"] else "")

    server.script = script


@pytest.mark.parametrize(
    ("offered", "taken"),
    [
        ("公办幼儿园的占比要到哪一年？", True),
        ("民办幼儿园的占比要到哪一年？", False),
        ("公办幼儿园的占比要达到80%吗？", False),
        ("", False),
        ("公办幼儿园的占比要到哪一年？" * 20, False),
    ],
)
def test_a_follow_up_is_completed_in_known_words(
    offered: str, taken: bool, server: Scripted, with_model: MakeAssistant
) -> None:
    saying(server, offered)
    helped, alone = with_model(server.base_url, query_help=True), with_model(server.base_url)
    found = []
    for assistant in (helped, alone):
        first = assistant.ask(SHARE)
        found.append(assistant.ask("那要到哪一年？", conversation_id=first.conversation_id))
    with_help, without = (answer.standalone_question for answer in found)
    assert with_help == (offered if taken else without)


@pytest.mark.parametrize(("offered", "taken"), [(SHARE, True), ("幼儿园收费多少？", False)])
def test_a_long_story_is_boiled_down_to_its_own_words(
    offered: str, taken: bool, server: Scripted, with_model: MakeAssistant
) -> None:
    saying(server, offered)
    asked = with_model(server.base_url, query_help=True).ask(STORY).standalone_question
    plain = with_model(server.base_url).ask(STORY).standalone_question
    assert asked == (offered if taken else plain)


def test_a_model_that_fails_leaves_the_offline_way(server: Scripted, with_model: MakeAssistant) -> None:
    server.script = lambda _messages: Reply(status=500)
    helped = with_model(server.base_url, query_help=True)
    assert helped.ask(STORY).standalone_question == with_model(server.base_url).ask(STORY).standalone_question


def test_personal_data_is_masked_and_short_questions_are_not_sent(
    server: Scripted, with_model: MakeAssistant
) -> None:
    assistant = with_model(server.base_url, query_help=True)
    assistant.ask(SHARE)
    assert server.calls == []
    assistant.ask(f"{STORY}我手机13812345678")
    assert "13812345678" not in str(server.calls)
    assert "[手机号]" in str(server.calls)
