"""Clients that cost little beside the server that they ask: HTTP over asyncio, on loopback alone."""

import asyncio
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import httptools
import numpy as np

from evals.studies.load.server import Server

_TIMEOUT = 60.0
"""Seconds after which an answer is a fault."""
_READ = 64 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of one question."""

    status: int
    """Of the response; 0 where none came."""
    seconds: float


@dataclass(frozen=True, slots=True)
class Round:
    """Questions asked one after the other by some clients at once."""

    clients: int
    seconds: float
    replies: tuple[Reply, ...]

    @property
    def throughput(self) -> float:
        """Answers a second."""
        return sum(reply.status == 200 for reply in self.replies) / self.seconds

    @property
    def faults(self) -> int:
        """Questions without an answer."""
        return sum(reply.status != 200 for reply in self.replies)

    def quantile(self, share: float) -> float:
        """Seconds within which this share of the replies came."""
        return float(np.quantile([reply.seconds for reply in self.replies], share))


class _Response:
    """Gathers one response (httptools' callbacks)."""

    def __init__(self) -> None:
        self.complete = False

    def on_message_complete(self) -> None:
        self.complete = True


class Connection:
    """One kept connection; opened anew where the server has closed it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        key = f"Authorization: Bearer {server.key}\r\n" if server.key else ""
        self._head = (
            f"POST /v1/ask HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n{key}"
            "Content-Type: application/json\r\nContent-Length: "
        )

    async def ask(self, question: str) -> Reply:
        """Ask, and wait for the whole answer."""
        body = json.dumps({"question": question}).encode()
        began = time.perf_counter()
        try:
            async with asyncio.timeout(_TIMEOUT):
                status = await self._exchange(f"{self._head}{len(body)}\r\n\r\n".encode() + body)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, httptools.HttpParserError):
            status = 0
            self.close()
        return Reply(status, time.perf_counter() - began)

    async def _exchange(self, request: bytes) -> int:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._server.port)
        reader, writer = self._streams
        writer.write(request)
        response = _Response()
        parser = httptools.HttpResponseParser(response)
        while not response.complete:
            data = await reader.read(_READ)
            if not data:
                raise OSError("closed")
            parser.feed_data(data)
        status: int = parser.get_status_code()
        if not parser.should_keep_alive():
            self.close()
        return status

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def closed_loop(server: Server, questions: Sequence[str], clients: int) -> Round:
    """Ask all `questions`, each client the next one as soon as it has its answer."""
    return asyncio.run(_closed_loop(server, iter(questions), clients))


def repeated(server: Server, questions: Sequence[str], clients: int, seconds: float) -> Round:
    """Ask `questions` again and again for so long."""
    until = time.monotonic() + seconds

    def again() -> Iterator[str]:
        while True:
            for question in questions:
                if time.monotonic() >= until:
                    return
                yield question

    return asyncio.run(_closed_loop(server, again(), clients))


async def _closed_loop(server: Server, questions: Iterator[str], clients: int) -> Round:
    replies: list[Reply] = []

    async def client() -> None:
        connection = Connection(server)
        try:
            for question in questions:  # shared: each is asked once
                replies.append(await connection.ask(question))
        finally:
            connection.close()

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return Round(clients, time.perf_counter() - began, tuple(replies))


async def open_loop(
    server: Server, questions: Iterable[str], rate: float, seconds: float, most: int
) -> tuple[Reply, ...]:
    """Ask `rate` questions a second for `seconds`, whether answers have come or not; where `most` are under
    way, wait for one of them."""
    idle: asyncio.Queue[Connection] = asyncio.Queue()
    connections = [Connection(server) for _ in range(most)]
    for connection in connections:
        idle.put_nowait(connection)
    replies: list[Reply] = []

    async def asked(connection: Connection, question: str) -> None:
        replies.append(await connection.ask(question))
        idle.put_nowait(connection)

    began = time.monotonic()
    try:
        async with asyncio.TaskGroup() as tasks:
            for number, question in enumerate(questions):
                due = began + number / rate
                if due - began >= seconds:
                    break
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                tasks.create_task(asked(await idle.get(), question))
    finally:
        for connection in connections:
            connection.close()
    return tuple(replies)
