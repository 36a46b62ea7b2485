"""Answers that are given again: the same but for ids and times, and only where nothing has changed."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from pydantic import TypeAdapter

from assistant.cache.answers import AnswerCache, MadeAnswer
from assistant.errors import Cancelled
from assistant.pipeline import StepEvent
from assistant.schema import Answer, Answerer, Request, Status
from assistant.stream import Done, FoundClauses, Piece, streamed

if TYPE_CHECKING:
    from assistant.service import Assistant
    from assistant.settings import Settings

QUESTION = "公办幼儿园的占比要达到多少？"
DAY = date(2026, 3, 2)


def made(text: str = "五本。") -> MadeAnswer:
    return MadeAnswer(Answer("", "", Status.ANSWERED, text, "借几本书", Answerer.EXTRACTIVE, 0.9), ())


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def never() -> MadeAnswer:
    raise AssertionError("made again")


def test_the_same_request_is_made_once() -> None:
    cache = AnswerCache("index-1", 60)
    first = made()
    assert cache.given(Request("借几本书", DAY), lambda: first) == (first, True)
    assert cache.given(Request("借几本书", DAY), never) == (first, False)


@pytest.mark.parametrize(
    "other",
    [
        Request("借几本书？", DAY),
        Request("借几本书", date(2026, 3, 3)),
        Request("借几本书", DAY, documents=("rules",)),
        Request("借几本书", DAY, documents=()),
    ],
)
def test_another_request_is_made_anew(other: Request) -> None:
    cache = AnswerCache("index-1", 60)
    cache.given(Request("借几本书", DAY), made)
    assert cache.given(other, lambda: made("十本。")) == (made("十本。"), True)


def test_nothing_is_older_than_it_may_be_and_for_no_seconds_nothing_is_kept() -> None:
    clock = Clock()
    cache = AnswerCache("index-1", 60, clock=clock)
    request = Request("借几本书", DAY)
    cache.given(request, made)
    clock.now = 60
    assert cache.given(request, lambda: made("十本。"))[1]
    off = AnswerCache("index-1", 0)
    assert [off.given(request, made)[1] for _ in range(2)] == [True, True]


def test_what_is_kept_is_bounded_by_number_and_by_bytes() -> None:
    requests = [Request(f"借第{at}本书", DAY) for at in range(3)]
    two = 2 * len(TypeAdapter(Answer).dump_json(made().answer))
    for cache in (AnswerCache("index-1", 60, most=2), AnswerCache("index-1", 60, most_bytes=two)):
        for request in requests:
            cache.given(request, made)
        assert [cache.given(request, made)[1] for request in requests[::-1]] == [False, False, True]


def test_who_asks_the_same_while_it_is_made_waits_for_it() -> None:
    cache = AnswerCache("index-1", 60)
    request = Request("借几本书", DAY)
    begun, go = threading.Event(), threading.Event()

    def slowly() -> MadeAnswer:
        begun.set()
        assert go.wait(60)
        return made()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(cache.given, request, slowly)
        assert begun.wait(60)
        second = pool.submit(cache.given, request, never)
        go.set()
        assert [first.result(60), second.result(60)] == [(made(), True), (made(), False)]


def test_who_waits_for_one_that_is_given_up_makes_it_himself() -> None:
    cache = AnswerCache("index-1", 60)
    request = Request("借几本书", DAY)
    begun, go = threading.Event(), threading.Event()

    def given_up() -> MadeAnswer:
        begun.set()
        assert go.wait(60)
        raise Cancelled("gone")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(cache.given, request, given_up)
        assert begun.wait(60)
        second = pool.submit(cache.given, request, made)
        go.set()
        with pytest.raises(Cancelled):
            first.result(60)
        assert second.result(60) == (made(), True)


def told(assistant: "Assistant", question: str = QUESTION) -> list[object]:
    """The events of a question, ids and times left out."""
    found: list[object] = []
    for event in streamed(assistant, question=question):
        match event:
            case Done(answer=answer):
                found.append(replace(answer, id="", conversation_id="", timings_ms={}))
            case FoundClauses() | Piece():
                found.append(event)
    return found


@pytest.fixture
def own(settings: "Settings") -> "Assistant":
    """An assistant that has answered nothing yet."""
    from assistant.service import Assistant

    return Assistant.open(settings, clock=lambda: DAY)


def test_a_repeated_answer_is_the_same_but_for_ids_and_times(own: "Assistant", uncached: "Assistant") -> None:
    first, again = own.ask(QUESTION), own.ask(f" {QUESTION}\n")
    assert "retrieve" in first.timings_ms
    assert set(again.timings_ms) == {"repeated"}
    assert len({first.id, again.id, first.conversation_id, again.conversation_id}) == 4
    blank = {"id": "", "conversation_id": "", "timings_ms": {}}
    expected = astuple(replace(uncached.ask(QUESTION), **blank))  # type: ignore[arg-type]
    for answer in (first, again):
        assert astuple(replace(answer, **blank)) == expected  # type: ignore[arg-type]
    assert own.store.conversations.answer(again.id) == again
    assert [each.question for each in own.store.conversations.transcript(again.conversation_id)] == [QUESTION]


def test_a_stream_is_told_the_same_when_it_is_repeated(own: "Assistant") -> None:
    first = told(own)
    assert [type(event) for event in first] == [FoundClauses, Piece, Answer]
    assert told(own) == first
    assert told(own, "你好") == told(own, "你好")


def test_a_follow_up_is_never_repeated(own: "Assistant") -> None:
    first = own.ask(QUESTION)
    for _ in range(2):
        assert "retrieve" in own.ask(QUESTION, conversation_id=first.conversation_id).timings_ms


def test_a_day_of_its_own_has_an_answer_of_its_own(own: "Assistant") -> None:
    own.ask(QUESTION)
    before = own.ask(QUESTION, as_of=date(2021, 6, 1))
    assert "retrieve" in before.timings_ms
    assert "expired" not in {notice.kind for notice in before.notices}


def test_another_index_has_answers_of_its_own(own: "Assistant") -> None:
    own.ask(QUESTION)
    assert "retrieve" in own.reopened().ask(QUESTION).timings_ms


def test_a_listener_who_has_gone_stops_a_repeated_answer(own: "Assistant") -> None:
    own.ask(QUESTION)

    def gone(event: StepEvent) -> None:
        raise Cancelled("gone")

    with pytest.raises(Cancelled):
        own.ask(QUESTION, on_event=gone)
