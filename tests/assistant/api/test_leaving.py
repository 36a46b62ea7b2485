"""What is done for a client that goes away: it is told so where nobody needs it to be finished."""

import asyncio
import threading

import pytest
from starlette.requests import Request
from starlette.types import Message

from assistant.api import adding
from assistant.api.adding import Work
from index.build.apart import OnStage


def request(*, gone: bool) -> Request:
    """A request whose client is there, or has gone."""

    async def receive() -> Message:
        if not gone:
            await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    return Request({"type": "http", "method": "POST", "path": "/", "headers": []}, receive)


def until(left: threading.Event) -> "Work[bool]":
    """Work that lasts until the client has left, ten seconds at most."""

    def work(on_stage: OnStage) -> bool:
        on_stage("reading", 0, 1)
        return left.wait(10)

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


def test_what_has_to_be_finished_is_finished_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding, "_LOOK_SECONDS", 0.05)
    release = threading.Event()

    async def wait() -> str:
        work = Work(lambda _on_stage: "done" if release.wait(10) else "never")
        asyncio.get_running_loop().call_later(0.2, release.set)
        return await work.result(request(gone=True))

    assert asyncio.run(wait()) == "done"
