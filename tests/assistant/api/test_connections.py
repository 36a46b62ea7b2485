"""How many connections a server keeps, and which ones give way."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from assistant.api.protocol import limited_to

pytestmark = pytest.mark.alone

MOST = 16
TAKE_SECONDS = 1.0
Address = tuple[str, int]
ASK = b"GET /%s HTTP/1.1\r\nHost: a\r\n\r\n"


async def at_once(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("at once")


async def late(_request: Request) -> PlainTextResponse:
    await asyncio.sleep(2)
    return PlainTextResponse("late")


async def large(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("x" * 1_000_000)


@pytest.fixture
def address() -> Iterator[Address]:
    """Where a server listens that keeps MOST connections."""
    answers = {"/now": at_once, "/late": late, "/large": large}
    app = Starlette(routes=[Route(path, answer, methods=["GET", "POST"]) for path, answer in answers.items()])
    protocol = limited_to(MOST, TAKE_SECONDS)
    config = uvicorn.Config(app, http=protocol, log_level="warning", timeout_keep_alive=60)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield listener.getsockname()
        server.should_exit = True
        thread.join()


def test_the_longest_waiting_for_a_head_give_way(address: Address) -> None:
    waiting = [socket.create_connection(address, timeout=20) for _ in range(3 * MOST)]
    for connection in waiting:
        sent_on(connection, b"GET /now HTTP/1.1\r\nHost: a\r\n")
    assert asked(address, b"now").endswith(b"at once")
    time.sleep(0.2)
    ended = [hung_up(connection) for connection in waiting]
    assert ended == sorted(ended, reverse=True), "the first to come are the first to go"
    assert 2 * MOST <= sum(ended) <= 2 * MOST + 1
    for connection in waiting:
        connection.close()


def test_a_connection_that_has_had_its_answer_waits_anew(address: Address) -> None:
    with socket.create_connection(address, timeout=20) as first:
        idle = [socket.create_connection(address, timeout=20) for _ in range(MOST - 1)]
        for _ in range(3):
            first.sendall(ASK % b"now")
            assert first.recv(4096).endswith(b"at once")
        assert asked(address, b"now").endswith(b"at once")
        time.sleep(0.2)
        assert [hung_up(connection) for connection in idle] == [True] + [False] * (MOST - 2)
        assert not hung_up(first)
        for connection in idle:
            connection.close()


def test_where_all_are_being_answered_the_new_one_is_put_off(address: Address) -> None:
    busy = [socket.create_connection(address, timeout=20) for _ in range(MOST)]
    for connection in busy:
        connection.sendall(ASK % b"late")
    time.sleep(0.5)
    got = asked(address, b"")
    assert got.startswith(b"HTTP/1.1 503")
    assert b"retry-after: 5" in got.lower()
    assert b"application/problem+json" in got
    assert all(connection.recv(4096).endswith(b"late") for connection in busy)
    for connection in busy:
        connection.close()
    time.sleep(0.2)
    assert asked(address, b"now").endswith(b"at once")


def test_who_is_answered_before_all_of_the_request_has_come_is_hung_up_on(address: Address) -> None:
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(b"POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nx")
        assert connection.recv(4096).endswith(b"at once")
        time.sleep(0.2)
        assert hung_up(connection)
    with socket.create_connection(address, timeout=20) as connection:
        for _ in range(2):
            connection.sendall(b"POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
            assert connection.recv(4096).endswith(b"at once")


def test_who_is_slow_with_the_body_gives_way_too(address: Address) -> None:
    slow = [socket.create_connection(address, timeout=20) for _ in range(MOST)]
    for connection in slow:
        connection.sendall(b"POST /late HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nx")
    time.sleep(0.2)
    assert asked(address, b"now").endswith(b"at once")
    assert [hung_up(connection) for connection in slow] == [True] + [False] * (MOST - 1)
    for connection in slow:
        connection.close()


@pytest.mark.parametrize("last", [b"", ASK.replace(b"Host", b"Connection: close\r\nHost") % b"now"])
def test_who_does_not_take_the_answer_gives_way_and_is_hung_up_on(address: Address, last: bytes) -> None:
    idle = []
    for _ in range(MOST):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(address)
        connection.sendall(ASK % b"large" * 7 + last)  # more than the system holds for both ends
        idle.append(connection)
    time.sleep(0.5)
    for _ in range(MOST // 2):
        assert asked(address, b"now").endswith(b"at once")
    time.sleep(2 * TAKE_SECONDS)
    got = 0
    while piece := idle[-1].recv(1 << 20):
        got += len(piece)
    assert got < 7_000_000, "the rest was not sent"
    for connection in idle:
        connection.close()


def test_who_takes_the_answer_slowly_gets_all_of_it(address: Address) -> None:
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        connection.connect(address)
        connection.sendall(ASK % b"large" * 5)
        got, until = 0, time.monotonic() + 4 * TAKE_SECONDS
        while time.monotonic() < until:
            time.sleep(0.05)
            got += len(connection.recv(16 * 1024))
        connection.settimeout(2)
        while got < 5_000_000:
            piece = connection.recv(1 << 20)
            assert piece
            got += len(piece)


def asked(address: Address, path: bytes) -> bytes:
    """What comes on a new connection; nothing is asked on it without a path."""
    with socket.create_connection(address, timeout=20) as connection:
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
