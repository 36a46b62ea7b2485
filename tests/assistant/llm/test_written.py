"""What an honest model's answer looks like, and what leaves the process."""

import pytest

from assistant.errors import ModelNotConfigured
from assistant.llm.support import load_model
from assistant.schema import Answerer, Status
from tests.assistant.llm.conftest import MakeAssistant
from tests.assistant.llm.server import Reply, Scripted, passages_of, question_of

SHARE = "公办幼儿园的占比要达到多少？"
WAYS = "山上娃儿少，单独开不起幼儿园，有啥子办法嘛？"


def test_verified_sentences_come_first_and_the_quotations_follow(
    server: Scripted, with_model: MakeAssistant
) -> None:
    assistant = with_model(server.base_url)
    plain = assistant.ask(WAYS)
    answer = assistant.ask(WAYS, answerer=Answerer.LLM)
    assert answer.answerer is Answerer.LLM
    assert answer.model == "scripted"
    assert answer.prompt_version is not None
    assert answer.prompt_version.startswith("answer-2+")
    first = passages_of(server.calls[0]["messages"])[0]
    assert answer.sentences[0].text == first
    assert {c.quote for c in answer.citations} == {c.quote for c in plain.citations}
    for citation in answer.citations:
        assert citation.quote in answer.answer
    assert min(sentence.support for sentence in answer.sentences if sentence.citations) >= load_model().floor
    assert plain.answerer is Answerer.EXTRACTIVE
    assert plain.model is None


def test_the_fact_itself_stays_first(server: Scripted, with_model: MakeAssistant) -> None:
    assistant = with_model(server.base_url)
    plain, answer = assistant.ask(SHARE), assistant.ask(SHARE, answerer=Answerer.LLM)
    assert plain.short_answer is not None
    assert answer.short_answer == plain.short_answer
    assert answer.answer.startswith(plain.sentences[0].text)
    assert answer.answerer is Answerer.LLM


def test_pieces_told_are_the_answer(server: Scripted, with_model: MakeAssistant) -> None:
    for question in (SHARE, WAYS, "重庆明天天气怎么样？", "您好", "重点任务一共分成几项？"):
        pieces: list[str] = []
        answer = with_model(server.base_url).ask(question, answerer=Answerer.LLM, on_text=pieces.append)
        assert "".join(pieces) == answer.answer
    assert len(server.calls) == 2, "refusals, small talk and outlines need no model"


def test_the_same_question_is_asked_of_the_model_once(server: Scripted, with_model: MakeAssistant) -> None:
    assistant = with_model(server.base_url)
    first, second = (assistant.ask(WAYS, answerer=Answerer.LLM) for _ in range(2))
    assert len(server.calls) == 1
    assert first.answer == second.answer


def test_only_chosen_passages_and_masked_words_leave(server: Scripted, with_model: MakeAssistant) -> None:
    answer = with_model(server.base_url).ask(
        "公办幼儿园的占比要达到多少，回电13812345678？", answerer=Answerer.LLM
    )
    assert answer.status is Status.ANSWERED
    sent = str(server.calls)
    assert "13812345678" not in sent
    assert "[手机号]" in question_of(server.calls[0]["messages"])
    assert len(passages_of(server.calls[0]["messages"])) == len(answer.citations)
    assert server.keys[0] == "Bearer key-of-the-test"


def test_instructions_and_example_never_change(server: Scripted, with_model: MakeAssistant) -> None:
    assistant = with_model(server.base_url)
    for question in (SHARE, WAYS):
        assistant.ask(question, answerer=Answerer.LLM)
    first, second = (call["messages"] for call in server.calls)
    assert first[:3] == second[:3]
    assert first[3] != second[3]


@pytest.mark.parametrize(
    "form",
    [
        '{{"verdict": "answered", "sentences": [{{"text": "{text}", "passages": [1]}}]}}',
        '```json\n{{"结论": "回答", "句子": [{{"句子": "{text}", "编号": 1}}]}}\n```',
        '[{{"text": "{text}", "passages": ["1"]}}]',
        "结论：回答\n{text}[1]",
        "回答：{text}【1】",
        "1. {text}（1）",
        "- {text}",
        "{text}[7]",
    ],
)
def test_every_usual_form_is_understood(form: str, server: Scripted, with_model: MakeAssistant) -> None:
    server.script = lambda messages: Reply(
        form.format(text=passages_of(messages)[0].replace('"', "”")), piece=3
    )
    answer = with_model(server.base_url).ask(WAYS, answerer=Answerer.LLM)
    assert answer.answerer is Answerer.LLM
    assert answer.sentences[0].citations == (1,)
    assert len(server.calls) == 1


def test_what_fails_is_written_again_once(server: Scripted, with_model: MakeAssistant) -> None:
    def corrected(messages: list[dict[str, str]]) -> Reply:
        text = passages_of(messages)[0]
        return Reply(f"{text}[1]" if len(messages) > 4 else "全市要新建900所幼儿园。[1]")

    server.script = corrected
    answer = with_model(server.base_url).ask(WAYS, answerer=Answerer.LLM)
    assert len(server.calls) == 2
    assert "900所幼儿园" in server.calls[1]["messages"][-1]["content"]
    assert answer.answerer is Answerer.LLM
    assert "900" not in answer.answer


def test_a_silence_that_a_model_claims_is_never_told(server: Scripted, with_model: MakeAssistant) -> None:
    def partly(messages: list[dict[str, str]]) -> Reply:
        return Reply(f"{passages_of(messages)[0]}[1]\n缺少：公办幼儿园的占比\n缺少：伙食标准\n缺少：押金")

    server.script = partly
    assistant = with_model(server.base_url)
    answer = assistant.ask(WAYS, answerer=Answerer.LLM)
    assert answer.answerer is Answerer.LLM
    assert answer.missing == assistant.ask(WAYS).missing == ()
    assert not any(claimed in answer.answer for claimed in ("缺少", "伙食标准", "押金"))


def test_without_a_model_it_cannot_be_asked_for(assistant: object, with_model: MakeAssistant) -> None:
    from assistant.service import Assistant

    assert isinstance(assistant, Assistant)
    with pytest.raises(ModelNotConfigured):
        assistant.ask(SHARE, answerer=Answerer.LLM)
