"""Lines of calls: how many at once, how many wait, how long, and what the others are told."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from fastapi.testclient import TestClient
from mcp import Client

from assistant.api import completions, search, work
from assistant.api.problems import BUSY, ProblemError
from assistant.api.work import ANSWERING, WRITING, Lane, answering_at_once, lane_for
from assistant.mcp import tools
from assistant.mcp.server import make_server
from assistant.schema import Answerer
from assistant.settings import Settings
from assistant.stream import Failed, streamed
from tests.assistant.api.problem import check_problem

if TYPE_CHECKING:
    from assistant.service import Assistant

EVENTS = {"Accept": "text/event-stream"}


class Gate:
    """A call that lasts until it is let go."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Event(), threading.Event()

    def __call__(self) -> str:
        self.begun.set()
        assert self.go.wait(60)
        return "done"


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.go.set()


def test_as_many_run_at_once_as_it_says_and_the_others_follow(gate: Gate) -> None:
    lane, order = Lane("test", 1), list[str]()
    first = lane.begin(gate)
    assert gate.begun.wait(60)
    others = [lane.begin(lambda name=name: order.append(name)) for name in ("a", "b", "c")]  # type: ignore[misc]
    time.sleep(0.05)
    assert order == []
    gate.go.set()
    assert first.result(60) == "done"
    for other in others:
        other.result(60)
    assert order == ["a", "b", "c"]


def test_who_finds_the_line_full_is_told_when_to_come_back(gate: Gate) -> None:
    lane = Lane("test", 1, waiting=1)
    lane.begin(gate)
    assert gate.begun.wait(60)
    waiting = lane.begin(lambda: "next")
    with pytest.raises(ProblemError) as refused:
        lane.begin(lambda: "never")
    assert refused.value.fault is BUSY
    assert int(refused.value.headers["Retry-After"]) > 0
    assert waiting.cancel()  # who leaves the line leaves a place in it
    again = lane.begin(lambda: "instead")
    gate.go.set()
    assert again.result(60) == "instead"
    assert lane.begin(lambda: "afterwards").result(60) == "afterwards"


def test_whose_turn_comes_too_late_is_told_so_and_nothing_is_done_for_him(gate: Gate) -> None:
    now = [0.0]
    lane, done = Lane("test", 1, seconds=20, clock=lambda: now[0]), list[str]()
    lane.begin(gate)
    assert gate.begun.wait(60)
    late = lane.begin(lambda: done.append("late"))
    now[0] = 10.0
    in_time = lane.begin(lambda: done.append("in time"))
    now[0] = 20.5
    gate.go.set()
    assert isinstance(late.exception(5), ProblemError)
    assert in_time.exception(5) is None
    assert done == ["in time"]


def test_what_a_call_raises_is_raised_where_it_is_waited_for() -> None:
    async def asked() -> str:
        return await Lane("test", 1).run(lambda: "a"[1])

    with pytest.raises(IndexError):
        asyncio.run(asked())


def test_who_hangs_up_while_waiting_leaves_the_line(gate: Gate) -> None:
    lane = Lane("test", 1, waiting=1)
    done = list[str]()

    async def hangs_up() -> None:
        task = asyncio.create_task(lane.run(lambda: done.append("never")))
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    lane.begin(gate)
    assert gate.begun.wait(60)
    asyncio.run(hangs_up())
    following = lane.begin(lambda: done.append("next"))
    gate.go.set()
    following.result(60)
    assert done == ["next"]


def test_what_a_language_model_writes_stands_in_a_line_of_its_own() -> None:
    extractive, llm = Settings(), Settings(answerer=Answerer.LLM)
    assert lane_for(None, extractive) is lane_for(Answerer.EXTRACTIVE, llm) is ANSWERING
    assert lane_for(None, llm) is lane_for(Answerer.LLM, extractive) is WRITING


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch, gate: Gate) -> "Future[str]":
    """What runs in the line in which the interface answers, and in which nobody may stand behind it."""
    lane = Lane("test", 1, waiting=0)
    monkeypatch.setattr(work, "ANSWERING", lane)
    for module in (search, completions, tools):
        monkeypatch.setattr(module, "ANSWERING", lane)
    assert lane_for(None, Settings()) is lane
    running = lane.begin(gate)
    assert gate.begun.wait(60)
    return running


@pytest.mark.parametrize(
    ("path", "body", "headers"),
    [
        ("/v1/ask", {"question": "问"}, {}),
        ("/v1/ask", {"question": "问"}, EVENTS),
        ("/v1/search", {"query": "问"}, {}),
        (
            "/v1/chat/completions",
            {"model": "policy-qa", "messages": [{"role": "user", "content": "问"}] * 2},
            {},
        ),
    ],
)
def test_the_interface_refuses_when_its_line_is_full_and_answers_again_afterwards(
    client: TestClient,
    full: "Future[str]",
    gate: Gate,
    path: str,
    body: dict[str, Any],
    headers: dict[str, str],
) -> None:
    freed = threading.Event()
    full.add_done_callback(lambda _: freed.set())  # told last
    response = client.post(path, json=body, headers=headers)
    check_problem(response, 503, "busy")
    assert int(response.headers["retry-after"]) > 0
    assert client.get("/v1/documents").status_code == 200
    assert 'policy_qa_work_refused_total{lane="test"}' in client.get("/metrics").text
    gate.go.set()
    assert freed.wait(60)
    assert client.post(path, json=body, headers=headers).status_code == 200


def test_a_long_conversation_of_openais_clients_lets_others_have_their_turns_between(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = list[object]()

    class Counted(Lane):
        def begin(self, call: Callable[[], Any]) -> "Future[Any]":
            turns.append(call)
            return super().begin(call)

    lane = Counted("test", 1)
    monkeypatch.setattr(work, "ANSWERING", lane)
    monkeypatch.setattr(completions, "ANSWERING", lane)
    asked = [
        {"role": "user", "content": text} for text in ("公办园占比？", " ", "要到哪一年？", "普惠率呢？")
    ]
    response = client.post("/v1/chat/completions", json={"model": "policy-qa", "messages": asked})
    assert response.status_code == 200
    assert len(turns) == len(asked)


@pytest.mark.parametrize(
    ("tool", "asked"), [("ask", {"question": "问"}), ("search_clauses", {"query": "问"})]
)
def test_tools_of_other_assistants_stand_in_the_same_line(
    assistant: "Assistant", full: "Future[str]", gate: Gate, tool: str, asked: dict[str, str]
) -> None:
    async def call() -> Any:
        async with Client(make_server(lambda: assistant)) as client:
            return await client.call_tool(tool, asked)

    refused = anyio.run(call)
    assert refused.is_error
    assert refused.content[0].text == BUSY.advice
    gate.go.set()
    full.result(60)


def test_a_stream_whose_turn_comes_too_late_is_told_so(assistant: "Assistant", gate: Gate) -> None:
    now = [0.0]
    lane = Lane("test", 1, clock=lambda: now[0])

    def late(call: Callable[[], None]) -> Any:
        lane.begin(gate)
        future = lane.begin(call)
        now[0] = 1000.0
        gate.go.set()
        return future

    (told,) = streamed(assistant, late, question="问")
    assert isinstance(told, Failed)
    assert isinstance(told.error, ProblemError)


@pytest.mark.parametrize(("processes", "cores", "at_once"), [(1, 2, 3), (2, 2, 2), (8, 2, 1), (4, 16, 5)])
def test_processes_share_the_cores(
    processes: int, cores: int, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    assert answering_at_once(processes) == at_once
