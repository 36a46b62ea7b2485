"""POST /v1/ask as server-sent events, over a real server."""

import gc
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn

from assistant.api import streaming
from assistant.api.app import create_app
from assistant.errors import Cancelled
from assistant.llm.writer import Writer
from assistant.schema import Answerer
from assistant.stream import Failed, emit
from index.cache import Cache
from tests.assistant.llm.conftest import PATIENT, MakeAssistant
from tests.assistant.llm.server import Messages, Reply, Scripted, copied, passages_of

if TYPE_CHECKING:
    from assistant.service import Assistant

ASK = "/v1/ask"
SHARE = "公办幼儿园的占比要达到多少？"
WAYS = "山上娃儿少，单独开不起幼儿园，有啥子办法嘛？"
EVENTS = {"Accept": "text/event-stream"}


@contextmanager
def served(assistant: "Assistant") -> Iterator[httpx.Client]:
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        app = create_app(lambda: assistant, assistant.store)
        running = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        limits = httpx.Limits(max_connections=64)
        try:
            with httpx.Client(base_url=base, timeout=60, limits=limits, trust_env=False) as client:
                until = time.monotonic() + 30
                while not _is_ready(client):
                    assert time.monotonic() < until
                    time.sleep(0.05)
                yield client
        finally:
            running.should_exit = True
            thread.join(20)


def _is_ready(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False


def events_of(response: httpx.Response) -> list[tuple[str, dict[str, Any]]]:
    """Name and data of each event of a stream that has ended."""
    found = []
    for block in response.text.split("\n\n"):
        lines = [line for line in block.split("\n") if line and not line.startswith(":")]
        if lines:
            name, data = lines
            found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


@pytest.mark.parametrize("answerer", list(Answerer))
@pytest.mark.parametrize("question", [SHARE, WAYS, "重庆明天天气怎么样？", "您好"])
def test_events_come_in_order_and_make_the_answer(
    question: str, answerer: Answerer, server: Scripted, with_model: MakeAssistant
) -> None:
    with served(with_model(server.base_url)) as client:
        body = {"question": question, "answerer": answerer, "as_of": "2021-06-01"}
        response = client.post(ASK, json=body, headers=EVENTS)
        whole = client.post(ASK, json=body).json()
    assert response.headers["content-type"].startswith("text/event-stream")
    events = events_of(response)
    names = [name for name, _ in events]
    assert names == sorted(names, key=["retrieval", "delta", "done"].index)
    assert names.count("done") == 1
    done = events[-1][1]
    assert "".join(data["text"] for name, data in events if name == "delta") == done["answer"]
    same = set(whole) - {"id", "conversation_id", "conversation_secret", "timings_ms"}
    assert {key: done[key] for key in same} == {key: whole[key] for key in same}
    for name, data in events:
        if name == "retrieval":
            assert data["clauses"]
            assert set(data["clauses"][0]) == set(done["citations"][0]) if done["citations"] else True


def test_the_first_sentence_is_there_before_the_model_has_finished(
    server: Scripted, with_model: MakeAssistant
) -> None:
    come = {name: threading.Event() for name in ("retrieval", "delta", "done")}
    waited: list[bool] = []
    """Whether each was there while the model waited for it."""

    def script(messages: Messages) -> Reply:
        waited.append(come["retrieval"].wait(PATIENT / 2))
        return Reply(
            copied(messages).text + "\n",
            between=lambda: waited.append(come["delta"].wait(PATIENT / 2) and not come["done"].is_set()),
            rest="慢" * 20,
        )

    server.script = script
    with (
        served(with_model(server.base_url)) as client,
        client.stream("POST", ASK, json={"question": WAYS, "answerer": "llm"}, headers=EVENTS) as response,
    ):
        for line in response.iter_lines():
            if line.startswith("event: "):
                come[line.removeprefix("event: ")].set()
    assert len(waited) > 1
    assert all(waited)
    assert come["done"].is_set()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"question": ""}, 422),
        ({"question": "好", "conversation_id": "cnv_none"}, 404),
        ({"question": "好", "documents": ["none"]}, 404),
        ({"question": "好", "answerer": "magic"}, 422),
    ],
)
def test_what_is_wrong_with_a_request_is_a_problem_and_no_stream(
    body: dict[str, Any], status: int, server: Scripted, with_model: MakeAssistant
) -> None:
    with served(with_model(server.base_url)) as client:
        response = client.post(ASK, json=body, headers=EVENTS)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


def test_a_failure_under_way_is_an_error_event(
    server: Scripted, with_model: MakeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = with_model(server.base_url)

    def broken(*_: object) -> None:
        raise OSError("/secret/path")

    monkeypatch.setattr(assistant.store.conversations, "append", broken)
    with served(assistant) as client:
        events = events_of(client.post(ASK, json={"question": SHARE}, headers=EVENTS))
    name, problem = events[-1]
    assert name == "error"
    assert problem["status"] == 500
    assert "secret" not in json.dumps(events)


def test_an_asker_who_leaves_ends_the_asking(
    server: Scripted, with_model: MakeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    noticed, ended = threading.Event(), threading.Event()

    def noting(assistant: Any, put: Any, gone: threading.Event, **asked: Any) -> None:
        def leave() -> None:
            threading.Event.set(gone)
            noticed.set()

        monkeypatch.setattr(gone, "set", leave)

        def put_and_note(event: Any) -> None:
            put(event)
            if isinstance(event, Failed) and isinstance(event.error, Cancelled):
                ended.set()

        emit(assistant, put_and_note, gone, **asked)

    def script(messages: Messages) -> Reply:
        passages = passages_of(messages)
        last = f"{passages[-1]}[{len(passages)}]"
        return Reply(f"{passages[0]}[1]\n", between=lambda: noticed.wait(PATIENT), rest=last)

    monkeypatch.setattr(streaming, "emit", noting)
    server.script = script
    with served(with_model(server.base_url, budget_seconds=2 * PATIENT, concurrency=1)) as client:
        with client.stream(
            "POST", ASK, json={"question": WAYS, "answerer": "llm"}, headers=EVENTS
        ) as response:
            for line in response.iter_lines():
                if line == "event: delta":
                    break
        assert ended.wait(PATIENT)
        answer = client.post(ASK, json={"question": SHARE, "answerer": "llm"}).json()
    assert answer["answerer"] == "llm", "the one slot is free again for the next one"


def living() -> Counter[str]:
    """How many objects there are of each kind that questions, answers and streams are made of. The memory of
    the process says less: threads and the allocator keep some for the next ones (see `make load`). What a
    model wrote in time is kept on purpose, how much depends on the machine: it is let go before."""
    for each in gc.get_objects():
        if isinstance(each, Writer):
            each._cache = Cache()
    gc.collect()
    kinds = (f"{type(each).__module__}.{type(each).__qualname__}" for each in gc.get_objects())
    return Counter(kind for kind in kinds if kind.startswith(("assistant.", "starlette.", "_asyncio.")))


@pytest.mark.alone
def test_fifty_conversations_at_once_against_a_slow_server(
    server: Scripted, with_model: MakeAssistant
) -> None:
    server.script = lambda messages: Reply(copied(messages).text, wait=1.0)
    assistant = with_model(server.base_url)
    model = assistant._model
    assert model
    with served(assistant) as client:

        def talk(number: int) -> list[dict[str, Any]]:
            body = {"question": f"{SHARE}第{number}个人问的", "answerer": "llm"}
            first = events_of(client.post(ASK, json=body, headers=EVENTS))[-1][1]
            body = {"question": WAYS, "answerer": "llm", "conversation_id": first["conversation_id"]}
            headers = {**EVENTS, "X-Conversation-Secret": first["conversation_secret"]}
            return [first, events_of(client.post(ASK, json=body, headers=headers))[-1][1]]

        def round_of_fifty() -> list[list[dict[str, Any]]]:
            with ThreadPoolExecutor(50) as people:
                return list(people.map(talk, range(50)))

        talk(50)  # what the first answer of a model makes once is there, though the rounds have none in time
        model.settings = replace(model.settings, budget_seconds=4)
        talks = round_of_fifty()
        held, until = Counter[str](), time.monotonic() + PATIENT
        while (now := living()) != held and time.monotonic() < until:
            held = now
            time.sleep(0.3)  # what the last answers needed is about to go
        talks += round_of_fifty()
        until = time.monotonic() + PATIENT
        while (grown := living() - held) and time.monotonic() < until:
            time.sleep(0.1)  # what the last answers needed is about to go
        metrics = client.get("/metrics").text
    assert len(talks) == 100
    for first, second in talks:
        assert first["status"] in ("answered", "not_covered")
        assert second["conversation_id"] == first["conversation_id"]
        assert second["status"] == "answered"
    assert len({first["conversation_id"] for first, _ in talks}) == 100
    assert not grown
    for answerer in {second["answerer"] for _, second in talks}:
        assert f'policy_qa_answers_total{{answerer="{answerer}",status="answered"}}' in metrics
    assert "第3个人问的" not in metrics
