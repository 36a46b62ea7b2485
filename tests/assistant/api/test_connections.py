"""How many connections a server keeps, and which ones give way."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from assistant.api.protocol import TAKE_BYTES, LimitedProtocol, limited_to

MOST = 16
TAKE_SECONDS = 0.05
PATIENT = 60.0
"""Seconds until something must have happened; a crowded machine takes long."""
Address = tuple[str, int]
ASK = b"GET /%s HTTP/1.1\r\nHost: a\r\n\r\n"


async def at_once(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("at once")


async def late(request: Request) -> PlainTextResponse:
    while not request.app.state.go_on.is_set():
        await asyncio.sleep(0.01)
    return PlainTextResponse("late")


async def large(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("x" * 1_000_000)


@dataclass(frozen=True)
class Serving:
    """A server that keeps MOST connections."""

    address: Address
    protocol: type[LimitedProtocol]
    server: uvicorn.Server
    go_on: threading.Event = field(default_factory=threading.Event)
    """When it is set, what is late is answered."""

    @property
    def kept(self) -> list[LimitedProtocol]:
        """The connections that it has."""
        return list(self.server.server_state.connections)  # type: ignore[arg-type]


@pytest.fixture
def address(serving: Serving) -> Address:
    return serving.address


@pytest.fixture
def serving(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serving]:
    monkeypatch.setattr("assistant.api.protocol.HEAD_SECONDS", PATIENT)  # nobody is given up for it here
    answers = {"/now": at_once, "/late": late, "/large": large}
    app = Starlette(routes=[Route(path, answer, methods=["GET", "POST"]) for path, answer in answers.items()])
    protocol = limited_to(MOST, TAKE_SECONDS)
    config = uvicorn.Config(
        app, http=protocol, log_level="warning", timeout_keep_alive=60, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        serving = Serving(listener.getsockname(), protocol, server)
        app.state.go_on = serving.go_on
        thread.start()
        yield serving
        serving.go_on.set()
        server.should_exit = True
        thread.join()


def test_the_longest_waiting_for_a_head_give_way(serving: Serving, address: Address) -> None:
    waiting = [socket.create_connection(address, timeout=PATIENT) for _ in range(3 * MOST)]
    for connection in waiting:
        sent_on(connection, b"GET /now HTTP/1.1\r\nHost: a\r\n")
    assert asked(address, b"now").endswith(b"at once")
    awaited(lambda: sum(map(hung_up, waiting)) >= 2 * MOST and len(serving.kept) < MOST)
    ended = [hung_up(connection) for connection in waiting]
    assert ended == sorted(ended, reverse=True), "the first to come are the first to go"
    assert 2 * MOST <= sum(ended) <= 2 * MOST + 1
    for connection in waiting:
        connection.close()


def test_a_connection_that_has_had_its_answer_waits_anew(address: Address) -> None:
    with socket.create_connection(address, timeout=PATIENT) as first:
        idle = [socket.create_connection(address, timeout=PATIENT) for _ in range(MOST - 1)]
        for _ in range(3):
            first.sendall(ASK % b"now")
            assert first.recv(4096).endswith(b"at once")
        assert asked(address, b"now").endswith(b"at once")
        awaited(lambda: any(map(hung_up, idle)))
        assert [hung_up(connection) for connection in idle] == [True] + [False] * (MOST - 2)
        assert not hung_up(first)
        for connection in idle:
            connection.close()


def test_where_all_are_being_answered_the_new_one_is_put_off(serving: Serving, address: Address) -> None:
    busy = [socket.create_connection(address, timeout=PATIENT) for _ in range(MOST)]
    for connection in busy:
        connection.sendall(ASK % b"late")
    awaited(lambda: len(serving.kept) == MOST and not serving.protocol.waiting)
    got = asked(address, b"")
    assert got.startswith(b"HTTP/1.1 503")
    assert b"retry-after: 5" in got.lower()
    assert b"application/problem+json" in got
    serving.go_on.set()
    assert all(connection.recv(4096).endswith(b"late") for connection in busy)
    for connection in busy:
        connection.close()
    awaited(lambda: not serving.kept)
    assert asked(address, b"now").endswith(b"at once")


def test_who_is_answered_before_all_of_the_request_has_come_is_hung_up_on(address: Address) -> None:
    with socket.create_connection(address, timeout=PATIENT) as connection:
        connection.sendall(b"POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nx")
        assert connection.recv(4096).endswith(b"at once")
        awaited(lambda: hung_up(connection))
    with socket.create_connection(address, timeout=PATIENT) as connection:
        for _ in range(2):
            connection.sendall(b"POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
            assert connection.recv(4096).endswith(b"at once")


def test_who_is_slow_with_the_body_gives_way_too(serving: Serving, address: Address) -> None:
    slow = [socket.create_connection(address, timeout=PATIENT) for _ in range(MOST)]
    for connection in slow:
        connection.sendall(b"POST /late HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nx")
    awaited(lambda: sum(not each._in_head for each in serving.kept) == MOST)
    assert asked(address, b"now").endswith(b"at once")
    awaited(lambda: any(map(hung_up, slow)))
    assert [hung_up(connection) for connection in slow] == [True] + [False] * (MOST - 1)
    for connection in slow:
        connection.close()


@pytest.mark.parametrize("last", [b"", ASK.replace(b"Host", b"Connection: close\r\nHost") % b"now"])
def test_who_does_not_take_the_answer_gives_way_and_is_hung_up_on(
    serving: Serving, address: Address, monkeypatch: pytest.MonkeyPatch, last: bytes
) -> None:
    idle, time_is_up = [], threading.Event()
    time_is_up_when(lambda *_: time_is_up.is_set(), serving, monkeypatch)
    for _ in range(MOST):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(address)
        connection.sendall(ASK % b"large" * 7 + last)  # more than the system holds for both ends
        idle.append(connection)
    awaited(
        lambda: (
            len(serving.kept) == MOST
            and all(getattr(each.flow, "write_paused", False) for each in serving.kept)
        )
    )
    for _ in range(MOST // 2):
        assert asked(address, b"now").endswith(b"at once")
    awaited(lambda: len(serving.kept) == MOST - 1)  # one gave way, and who came has left again
    time_is_up.set()
    awaited(lambda: not serving.kept)
    got = 0
    while piece := idle[-1].recv(1 << 20):
        got += len(piece)
    assert got < 7_000_000, "the rest was not sent"
    for connection in idle:
        connection.close()


def test_who_takes_the_answer_slowly_gets_all_of_it(
    serving: Serving, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks: list[int] = []

    def enough_is_taken(kept: LimitedProtocol, before: int) -> bool:
        enough = before - kept._untaken() >= TAKE_BYTES
        checks.extend([before] * enough)
        return enough

    time_is_up_when(enough_is_taken, serving, monkeypatch)
    with socket.socket() as connection:
        connection.settimeout(PATIENT)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        connection.connect(address)
        connection.sendall(ASK % b"large" * 5)
        got = 0
        while len(checks) < 4:
            piece = connection.recv(16 * 1024)
            assert piece
            got += len(piece)
            time.sleep(0.01)
        while got < 5_000_000:
            piece = connection.recv(1 << 20)
            assert piece
            got += len(piece)


def time_is_up_when(
    true: Callable[[LimitedProtocol, int], bool], serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether a client takes its answer is judged, by the connection and what it held at the beginning, only
    when `true`, so that it does not matter how fast this machine is."""
    check = LimitedProtocol._check_taking

    def check_when_true(kept: LimitedProtocol, before: int) -> None:
        if true(kept, before):
            check(kept, before)
        else:
            kept._taking = kept.loop.call_later(0.01, kept._check_taking, before)

    monkeypatch.setattr(serving.protocol, "_check_taking", check_when_true)


def asked(address: Address, path: bytes) -> bytes:
    """What comes on a new connection; nothing is asked on it without a path."""
    with socket.create_connection(address, timeout=PATIENT) as connection:
        if path:
            connection.sendall((ASK % path).replace(b"Host", b"Connection: close\r\nHost"))
        got = b""
        while piece := connection.recv(4096):
            got += piece
        return got


def sent_on(connection: socket.socket, data: bytes) -> None:
    try:
        connection.sendall(data)
    except ConnectionError:
        return


def hung_up(connection: socket.socket) -> bool:
    connection.settimeout(0.01)
    try:
        return connection.recv(4096) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True


def awaited(true: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENT
    while not true():
        assert time.monotonic() < until
        time.sleep(0.01)
