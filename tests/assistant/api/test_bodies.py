"""How much of a body is read, and for how long, whatever the path."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from assistant.api.middleware import FORM_BYTES, BodyLimit
from assistant.api.problems import ProblemError

LIMIT = 100
LONG = 60.0
"""Seconds for what comes at once."""
ENDLESS, PAUSE = 3000, 0.01
"""So many pieces, each after so long, end only after far more seconds than a body has where they come."""
Messages = list[dict[str, Any]]


def run(
    pieces: list[bytes],
    *,
    announced: int | None = None,
    gone: bool = False,
    pause: float = 0.0,
    path: str = "/x",
) -> tuple[int | None, list[bytes], Messages]:
    """Status of the response, bodies that the application saw, messages that were read."""
    seen: list[bytes] = []
    sent: Messages = []
    read: Messages = []
    messages: Messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages.append({"type": "http.disconnect"} if gone else {"type": "http.request", "body": b""})

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(pause)
        read.append(messages.pop(0))
        return read[-1]

    async def send(message: Any) -> None:
        sent.append(message)

    async def application(_scope: Any, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        message = await receive()
        assert message["more_body"] is False
        seen.append(message["body"])
        await send({"type": "http.response.start", "status": 200, "headers": []})

    headers = [] if announced is None else [(b"content-length", str(announced).encode())]
    scope = {"type": "http", "method": "POST", "path": path, "headers": headers}
    seconds = 0.2 if pause else LONG
    asyncio.run(BodyLimit(application, LIMIT, {"/large": 1000}, seconds=seconds)(scope, receive, send))
    start = next((m for m in sent if m["type"] == "http.response.start"), None)
    if start and start["status"] >= 400:
        assert (b"connection", b"close") in start["headers"]
        assert (b"content-type", b"application/problem+json") in start["headers"]
    return (start["status"] if start else None), seen, read


def test_the_application_gets_the_whole_body_in_one_message() -> None:
    assert run([b"a" * 60, b"b" * 40])[:2] == (200, [b"a" * 60 + b"b" * 40])
    assert run([])[:2] == (200, [b""])


def test_one_byte_too_many_is_refused_before_the_rest_is_read() -> None:
    status, seen, read = run([b"a" * 60, b"b" * 41, b"c" * 1000])
    assert (status, seen, len(read)) == (413, [], 2)


@pytest.mark.parametrize("announced", [LIMIT + 1, 10**30])
def test_too_much_that_is_announced_is_not_read_at_all(announced: int) -> None:
    status, seen, read = run([b"a"], announced=announced)
    assert (status, seen, read) == (413, [], [])


def test_a_path_may_take_more() -> None:
    assert run([b"a" * 1000], path="/large")[0] == 200
    assert run([b"a" * 1001], path="/large")[0] == 413
    assert run([b"a" * 101], path="/larger")[0] == 413


def test_large_bodies_together_hold_so_much_and_no_more() -> None:
    application, statuses = asyncio.Event(), []

    async def hold(_scope: Any, _receive: Any, send: Callable[[Any], Any]) -> None:
        await application.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})

    limited = BodyLimit(hold, LIMIT, {"/large": 1000}, held=2000)

    async def call(size: int, more: bool = False) -> None:
        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"a" * size, "more_body": more}

        async def send(message: Any) -> None:
            statuses.append(message.get("status", 0))

        scope = {"type": "http", "method": "POST", "path": "/large", "headers": []}
        await limited(scope, receive, send)

    async def calls() -> None:
        for _ in range(2):  # as often as one likes, once those before are through
            statuses.clear()
            application.clear()
            async with asyncio.TaskGroup() as group:
                for size in (1000, 1000, 1000, LIMIT, 300):
                    group.create_task(call(size))
                    await asyncio.sleep(0)
                await call(400, more=True)
                assert [status for status in statuses if status] == [503, 503]
                application.set()
            assert sorted(status for status in statuses if status) == [200] * 4 + [503] * 2

    asyncio.run(calls())


def test_what_comes_too_slowly_is_given_up() -> None:
    status, seen, read = run([b""] * ENDLESS, pause=PAUSE)
    assert (status, seen) == (408, [])
    assert len(read) < ENDLESS


def test_who_leaves_in_the_middle_gets_no_answer() -> None:
    assert run([b"a"], gone=True)[:2] == (None, [])


def upload(pieces: list[bytes], pause: float = 0.0) -> tuple[int | None, bytes]:
    """The problem's status that an upload's reader meets, and what it has read until then."""
    messages: Messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages += [{"type": "http.request", "body": b""}, {"type": "http.disconnect"}]
    seen, met = bytearray(), []

    async def receive() -> dict[str, Any]:
        if seen:
            await asyncio.sleep(pause)
        return messages.pop(0)

    async def application(_scope: Any, receive: Callable[[], Any], _send: Any) -> None:
        try:
            while True:
                message = await receive()
                seen.extend(message["body"])
                if not message.get("more_body"):
                    break
        except ProblemError as problem:
            met.append((problem.fault.status, problem.headers["Connection"]))
            return
        assert (await receive())["type"] == "http.disconnect", "what comes later is no body"

    async def send(_message: Any) -> None:
        raise AssertionError("the limit answers nothing itself")

    limit = BodyLimit(application, LIMIT, upload=1000, upload_seconds=0.2 if pause else LONG)
    scope = {"type": "http", "method": "POST", "path": "/v1/documents", "headers": []}
    asyncio.run(limit(scope, receive, send))
    assert all(connection == "close" for _, connection in met)
    return (met[0][0] if met else None), bytes(seen)


def test_a_file_is_read_as_it_comes_and_within_limits_of_its_own() -> None:
    assert upload([b"a" * 500] * 2) == (None, b"a" * 1000)
    whole = 1000 + FORM_BYTES
    assert upload([b"a" * (whole - 1), b"b", b"c"]) == (413, b"a" * (whole - 1) + b"b")
    status, seen = upload([b"a"] * ENDLESS, pause=PAUSE)
    assert status == 408
    assert 0 < len(seen) < ENDLESS
