"""One connection from the front to a worker: a request out, its response in, piece by piece.

asyncio's transports and uvicorn's parser, nothing between: a client library takes several times the processor
time of all that the front does.
"""

import asyncio
from collections import deque
from typing import cast

import httptools

Headers = list[tuple[bytes, bytes]]
_HELD_BYTES = 256 * 1024
"""Of a response that its client takes slowly; the worker waits with the rest."""


class WorkerGone(Exception):
    """The worker could not be reached, or hung up before the response was whole.

    `asked`: it may have begun to work on the request.
    """

    def __init__(self, asked: bool) -> None:
        super().__init__("asked" if asked else "not asked")
        self.asked = asked


class Connection(asyncio.Protocol):
    """Asks one request at a time. `status` and `headers` (names in lower case) are those of the response once
    `ask` has returned; `reusable` says whether another request may follow it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._parts: deque[bytes] = deque()
        self._held = 0
        self._paused = False
        self._changed: asyncio.Future[None] | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._bodiless = False
        self._headed = False
        self._whole = True
        self.status = 0
        self.headers: Headers = []
        self.reusable = False

    @property
    def open(self) -> bool:
        """Whether the worker has not hung up."""
        return self._transport is not None and not self._transport.is_closing()

    async def ask(self, request: bytes, bodiless: bool = False) -> None:
        """Send `request`, head and body, and wait for the response's head; `bodiless`: its response has no
        body, whatever its head says (HEAD). Raises WorkerGone."""
        if self._transport is None or not self.open:
            raise WorkerGone(asked=False)
        self.status, self.headers = 0, []
        self._bodiless, self._headed, self._whole, self.reusable = bodiless, False, False, False
        self._transport.write(request)
        while not self._headed:
            await self._change()

    async def feed(self, data: bytes) -> None:
        """Send more of the request's body, no faster than the worker takes it."""
        if self._transport is not None:
            self._transport.write(data)
        await self._writable.wait()

    async def part(self) -> bytes | None:
        """The next part of the body as it comes; None behind the last. Raises WorkerGone."""
        while not self._parts:
            if self._whole:
                return None
            await self._change()
        part = self._parts.popleft()
        self._held -= len(part)
        if self._paused and self._held < _HELD_BYTES // 2 and self._transport is not None:
            self._paused = False
            self._transport.resume_reading()
        return part

    @property
    def whole(self) -> bool:
        """Whether the response has come to its end."""
        return self._whole

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()

    # asyncio and httptools call these.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, _exc: Exception | None) -> None:
        """The worker hung up."""
        self._transport = None
        self._writable.set()
        self._wake()

    def pause_writing(self) -> None:
        """The worker takes what was sent more slowly than it comes."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """The worker has taken most of it."""
        self._writable.set()

    def data_received(self, data: bytes) -> None:
        """A piece of the response."""
        if self._whole:  # nothing was asked
            self.close()
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.close()
        if self._held > _HELD_BYTES and not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header of the response."""
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """The head is there, unless it is an interim one (1xx)."""
        status = self._parser.get_status_code()
        if status < 200:
            self.headers = []
            return
        self.status, self._headed = status, True
        if self._bodiless:  # the parser would wait for what the head announces
            self._whole = True

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._parts.append(body)
        self._held += len(body)

    def on_message_complete(self) -> None:
        """The response has come to its end."""
        if self._headed and not self._whole:
            self._whole = True
            self.reusable = self._parser.should_keep_alive()

    async def _change(self) -> None:
        """Wait until something has come. Raises WorkerGone."""
        if not self.open:
            raise WorkerGone(asked=True)
        self._changed = self._loop.create_future()
        try:
            await self._changed
        finally:
            self._changed = None

    def _wake(self) -> None:
        if self._changed is not None and not self._changed.done():
            self._changed.set_result(None)
