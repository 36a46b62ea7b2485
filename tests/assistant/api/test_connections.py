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

MOST = 16
Address = tuple[str, int]
ASK = b"GET /%s HTTP/1.1\r\nHost: a\r\n\r\n"


async def at_once(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("at once")


async def late(_request: Request) -> PlainTextResponse:
    await asyncio.sleep(2)
    return PlainTextResponse("late")


@pytest.fixture
def address() -> Iterator[Address]:
    """Where a server listens that keeps MOST connections."""
    app = Starlette(routes=[Route("/now", at_once), Route("/late", late)])
    config = uvicorn.Config(app, http=limited_to(MOST), log_level="warning", timeout_keep_alive=60)
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
