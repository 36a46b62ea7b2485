"""What the chat shows of a conversation, without the page sending it back."""

import json
from typing import Any

import gradio as gr
import pytest

from assistant.api.problems import not_ready
from assistant.conversations import Answered
from assistant.schema import MAX_QUESTION, Answer, Answerer, Status
from ui.listeners import Listeners
from ui.transcript import FAULTS, PAGES, Faults, messages


def answered(number: int) -> Answered:
    answer = Answer(f"ans_{number}", "cnv_1", Status.ANSWERED, f"答{number}", "问", Answerer.EXTRACTIVE, 1.0)
    return Answered(f"问{number}", answer)


def asked(faults: Faults, page: str, *numbers: int) -> list[str]:
    return [each.question for each in faults.among(page, [answered(n) for n in numbers], None)]


def test_faults_stand_where_they_were() -> None:
    faults = Faults()
    faults.add("page", None, "错一", "…")
    faults.add("page", "ans_1", "错二", "…")
    faults.add("page", "ans_1", "错三", "…")
    faults.add("page", "ans_9", "错四", "…")
    assert asked(faults, "page", 1, 2) == ["错一", "问1", "错二", "错三", "问2"]
    assert asked(faults, "another", 1, 2) == ["问1", "问2"]
    faults.forget("page")
    assert asked(faults, "page", 1, 2) == ["问1", "问2"]


def test_few_faults_of_few_pages_are_kept_and_none_without_end() -> None:
    faults = Faults()
    for number in range(FAULTS + 2):
        faults.add("page", None, f"错{number}", "…")
    assert asked(faults, "page") == [f"错{number}" for number in range(2, FAULTS + 2)]
    faults.add("long", None, "长" * 20_000, "…")
    assert len(asked(faults, "long")[0]) == MAX_QUESTION + 2
    for number in range(PAGES):
        faults.add(f"p{number}", None, "错", "…")
    assert asked(faults, "page") == []


def test_a_question_is_text_in_the_messages() -> None:
    shown = messages(Faults().among("page", [answered(1)], None), "<b>[x](y)</b>", None)
    assert [message["role"] for message in shown] == ["user", "assistant", "user"]
    assert all(isinstance(message["content"], str) for message in shown)
    assert "<" not in shown[-1]["content"]
    assert "[" not in shown[-1]["content"]


class Store:
    """Conversations that cannot be read."""

    def transcript(self, _conversation_id: str) -> Any:
        raise OSError("disk")


class Assistant:
    """An assistant whose store is broken and which cannot answer."""

    conversations = Store()

    def __getattr__(self, name: str) -> Any:
        raise OSError(name)


@pytest.mark.parametrize("broken", [True, False])
def test_a_question_that_cannot_be_answered_gets_a_sentence_and_stays_on_the_page(broken: bool) -> None:
    def get_assistant() -> Any:
        if broken:
            return Assistant()
        raise not_ready()

    asker = Listeners(get_assistant, [])
    request = gr.Request(session_hash="page")
    for question in ("第一问", "第二问"):
        *_, (_, shown, secret) = asker.typed(question, "a" * 43, request)
        assert secret == "a" * 43
    assert [message["content"] for message in shown[::2]] == ["第一问", "第二问"]
    assert all("请" in message["content"] for message in shown[1::2])
    assert "disk" not in json.dumps(shown)
    assert asker.start_again(request) == ("", [], "")
    *_, (_, shown, _) = asker.typed("第三问", "", request)
    assert len(shown) == 2
