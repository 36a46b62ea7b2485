"""What is done for a client that goes away: it is told so where nobody needs it to be finished."""

import asyncio
import json
import threading
import time

import pytest
from fastapi.testclient import TestClient
from starlette.requests import Request
from starlette.types import Message

from assistant.api import adding, completions, search, work
from assistant.api.adding import Work
from assistant.api.problems import INTERRUPTED, ProblemError
from assistant.api.work import Lane
from index.build.apart import OnStage


def request(*, gone: bool) -> Request:
    """A request whose client is there, or has gone."""

    async def receive() -> Message:
        if not gone:
            await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    return Request({"type": "http", "method": "POST", "path": "/", "headers": []}, receive)


def until(left: threading.Event) -> "Work[bool]":
    """Work that lasts until the client has left, a minute at most."""

    def work(on_stage: OnStage) -> bool:
        on_stage("reading", 0, 1)
        return left.wait(60)

    return Work(work, left)


def test_who_hangs_up_on_a_stream_ends_the_work() -> None:
    left = threading.Event()

    async def hang_up() -> None:
        frames = until(left).events(request(gone=False), str).body_iterator
        assert "progress" in str(await anext(aiter(frames)))
        assert not left.is_set()
        await frames.aclose()  # type: ignore[attr-defined]

    asyncio.run(hang_up())
    assert left.is_set()


def test_who_hangs_up_before_an_answer_ends_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding, "_LOOK_SECONDS", 0.05)
    left = threading.Event()

    async def wait() -> bool:
        return await until(left).result(request(gone=True))

    assert asyncio.run(wait())


def test_who_hangs_up_in_the_line_leaves_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "LOOK_SECONDS", 0.05)
    lane, release, done = Lane("test", 1, waiting=1), threading.Event(), list[str]()
    first = lane.begin(lambda: release.wait(60))
    with pytest.raises(ProblemError) as raised:
        asyncio.run(lane.run(lambda: done.append("never"), request(gone=True)))
    assert raised.value.fault is INTERRUPTED
    following = lane.begin(lambda: done.append("next"))  # there is a place again
    release.set()
    assert first.result(60)
    following.result(60)
    assert done == ["next"]


def test_who_stays_in_the_line_has_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "LOOK_SECONDS", 0.05)
    lane = Lane("test", 1)
    lane.begin(lambda: time.sleep(0.2))
    assert asyncio.run(lane.run(lambda: "done", request(gone=False))) == "done"


QUESTIONS = [{"role": "user", "content": "公办园占比？"}, {"role": "user", "content": "要到哪一年？"}]
CALLS = [
    ("/v1/ask", {"question": "问"}),
    ("/v1/search", {"query": "问"}),
    ("/v1/chat/completions", {"model": "policy-qa", "messages": QUESTIONS[:1]}),
    ("/v1/chat/completions", {"model": "policy-qa", "messages": QUESTIONS}),
]


@pytest.mark.parametrize(("path", "body"), CALLS)
def test_whoever_asks_and_hangs_up_leaves_the_line(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, path: str, body: dict[str, object]
) -> None:
    monkeypatch.setattr(work, "LOOK_SECONDS", 0.05)
    lane, release = Lane("test", 1, waiting=1), threading.Event()
    for module in (work, search, completions):
        monkeypatch.setattr(module, "ANSWERING", lane)
    lane.begin(lambda: release.wait(60))
    headers = [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "headers": headers}
    scope |= {"query_string": b"", "scheme": "http", "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1)}
    given = iter([{"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}])
    sent = list[Message]()

    async def receive() -> Message:
        return next(given, {"type": "http.disconnect"})

    async def send(message: Message) -> None:
        sent.append(message)

    async def call() -> None:
        await client.app(scope, receive, send)

    try:
        asyncio.run(call())
        assert sent[0]["status"] == 503
        assert lane.begin(lambda: "there is a place again").cancel()
    finally:
        release.set()


def test_what_has_to_be_finished_is_finished_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding, "_LOOK_SECONDS", 0.05)
    release = threading.Event()

    async def wait() -> str:
        work = Work(lambda _on_stage: "done" if release.wait(60) else "never")
        asyncio.get_running_loop().call_later(0.2, release.set)
        return await work.result(request(gone=True))

    assert asyncio.run(wait()) == "done"
