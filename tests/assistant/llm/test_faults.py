"""Whatever the model's server does, the extract comes in time, says so, and is counted."""

import logging
import socket
import threading
import time
from typing import Any

import pytest

from assistant.llm.breaker import FAILURES, Breaker
from assistant.llm.client import ChatModel, ModelFaultKind
from assistant.metrics import exposition
from assistant.schema import Answerer, Status
from tests.assistant.llm.conftest import PATIENT, MakeAssistant
from tests.assistant.llm.server import Messages, Reply, Scripted, copied

WAYS = "山上娃儿少，单独开不起幼儿园，有啥子办法嘛？"
BUDGET = 0.5
"""Seconds for a model that goes on longer than anybody would wait."""
SLOW = ("says nothing", "trickles")

FAULTS = {
    "says nothing": (Reply("晚了", wait=2 * PATIENT), ModelFaultKind.TIMEOUT),
    "trickles": (Reply("幼" * 4000, piece=1, pause=0.05), ModelFaultKind.TIMEOUT),
    "too many requests": (Reply(status=429), ModelFaultKind.RATE_LIMITED),
    "breaks": (Reply(status=500), ModelFaultKind.SERVER_ERROR),
    "overloaded": (Reply(status=503), ModelFaultKind.SERVER_ERROR),
    "wrong key": (Reply(status=401), ModelFaultKind.REJECTED),
    "unknown model": (Reply(status=404), ModelFaultKind.REJECTED),
    "cut off": (Reply("大力发展公办幼", finish=None), ModelFaultKind.CUT_OFF),
    "too long": (Reply("大力发展公办幼", finish="length"), ModelFaultKind.CUT_OFF),
    "HTML": (Reply(raw=b"<html><body>login</body></html>", content_type="text/html"), None),
    "no events": (Reply(raw=b"\x00\xff\xfe garbage"), None),
    "broken JSON": (Reply(raw=b'data: {"choices": [\n\n'), None),
    "wrong schema": (Reply(raw=b'data: {"object": "error", "message": "no"}\n\ndata: [DONE]\n\n'), None),
    "empty": (Reply(""), ModelFaultKind.EMPTY),
    "endless": (Reply("办园" * 500, endless=True, piece=500), ModelFaultKind.ENDLESS),
}


def called(outcome: str) -> float:
    name = f'policy_qa_model_calls_total{{outcome="{outcome}"}} '
    lines = exposition().decode().splitlines()
    return sum(float(line.removeprefix(name)) for line in lines if line.startswith(name))


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_gives_the_extract_in_time(
    name: str, server: Scripted, with_model: MakeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    reply, kind = FAULTS[name]
    server.script = lambda _messages: reply
    before = {fault: called(fault) for fault in ModelFaultKind}
    assistant = with_model(server.base_url, budget_seconds=BUDGET if name in SLOW else PATIENT)
    plain = assistant.ask(WAYS)
    began = time.perf_counter()
    with caplog.at_level(logging.WARNING, logger="assistant.llm.client"):
        answer = assistant.ask(WAYS, answerer=Answerer.LLM)
    assert time.perf_counter() - began < PATIENT / 2  # and not only when the model or its budget is at an end
    assert answer.status is Status.ANSWERED
    assert answer.answerer is Answerer.EXTRACTIVE
    assert answer.answer == plain.answer
    assert [notice.kind for notice in answer.notices][: len(plain.notices) + 1][0] == "model_fault"
    counted = {fault for fault in ModelFaultKind if called(fault) > before[fault]}
    assert len(counted) == 1
    if kind is not None:
        assert counted == {kind}
    (record,) = [each for each in caplog.records if each.name == "assistant.llm.client"]
    assert "key-of-the-test" not in caplog.text
    assert WAYS not in caplog.text
    assert str(*counted) in record.getMessage()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I cannot answer in Chinese. [1]", "unverified_model"),
        ("没有写", "model_silent"),
        ("根据原文，可以。", "unverified_model"),
        ("[1]", "model_empty"),
        ("```\n```", "model_empty"),
        ("{}", "model_empty"),
        ("🙂" * 50, "unverified_model"),
        ("[1][2][3]", "model_empty"),
    ],
)
def test_what_is_no_answer_gives_the_extract_and_says_why(
    text: str, kind: str, server: Scripted, with_model: MakeAssistant
) -> None:
    server.script = lambda _messages: Reply(text)
    assistant = with_model(server.base_url)
    answer = assistant.ask(WAYS, answerer=Answerer.LLM)
    assert answer.answer == assistant.ask(WAYS).answer
    assert answer.answerer is Answerer.EXTRACTIVE
    assert answer.notices[0].kind == kind


def test_what_was_verified_before_a_fault_stays(server: Scripted, with_model: MakeAssistant) -> None:
    def half(messages: list[dict[str, str]]) -> Reply:
        return Reply(copied(messages).text + "\n还有很多没有", finish=None)

    server.script = half
    pieces: list[str] = []
    assistant = with_model(server.base_url)
    answer = assistant.ask(WAYS, answerer=Answerer.LLM, on_text=pieces.append)
    assert answer.answerer is Answerer.LLM
    assert "还有很多没有" not in answer.answer
    assert "".join(pieces) == answer.answer


def test_a_server_that_is_down_costs_nothing_once_the_breaker_is_open(
    with_model: MakeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[object] = []
    start = ChatModel._start

    def counted(model: ChatModel, *asked: Any) -> None:
        calls.append(asked)
        start(model, *asked)

    monkeypatch.setattr(ChatModel, "_start", counted)
    with socket.socket() as reserved:  # bound and not listening: refused at once
        reserved.bind(("127.0.0.1", 0))
        assistant = with_model(f"http://127.0.0.1:{reserved.getsockname()[1]}/v1")
        for _ in range(FAILURES):
            answer = assistant.ask(WAYS, answerer=Answerer.LLM)
            assert answer.notices[0].kind == "model_fault"
        answer = assistant.ask(WAYS, answerer=Answerer.LLM)
        assert len(calls) == FAILURES, "nobody is called any more"
        assert answer.answerer is Answerer.EXTRACTIVE
        assert answer.notices[0].kind == "model_fault"


def test_the_breaker_lets_one_try_after_its_rest_and_closes_when_it_succeeds() -> None:
    now = [0.0]
    breaker = Breaker(failures=2, rest_seconds=10, clock=lambda: now[0])
    breaker.failed()
    assert breaker.allows()
    breaker.failed()
    assert not breaker.allows()
    now[0] = 10.0
    assert breaker.allows()
    assert not breaker.allows(), "the others wait for how the try ends"
    breaker.failed()
    now[0] = 15.0
    assert not breaker.allows()
    now[0] = 20.0
    assert breaker.allows()
    breaker.succeeded()
    assert breaker.allows()
    assert breaker.allows()


def test_a_busy_model_does_not_hold_up_the_others(server: Scripted, with_model: MakeAssistant) -> None:
    both_others = threading.Event()

    def held(messages: Messages) -> Reply:
        both_others.wait(PATIENT)
        return copied(messages)

    server.script = held
    assistant = with_model(server.base_url, budget_seconds=2 * PATIENT, concurrency=1)
    answers: list[str] = []

    def ask() -> None:
        answers.append(assistant.ask(WAYS, answerer=Answerer.LLM).answerer)
        if len(answers) == 2:
            both_others.set()

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(3 * PATIENT)
        assert not thread.is_alive()
    assert answers == ["extractive", "extractive", "llm"]
