"""HTTP as uvicorn speaks it, with limits on what comes before a body.

uvicorn reads a request's address and headers however long they are and however long they take, and what
the parser does with them, nobody else does anything meanwhile.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from assistant.api.problems import LARGE_HEAD, SLOW, ProblemError, refuse

MAX_HEAD_BYTES = 32 * 1024
"""Address and headers of one request."""
HEAD_SECONDS = 8.0
"""How long they may take to arrive, from the connection's beginning or the request's first byte."""
MAX_MESSAGE_BYTES = 32 * 1024 * 1024
"""All of one request as it comes: above the largest body in the smallest chunks, with whatever stands
between and behind them."""
_SLICE = 8 * 1024


class LimitedProtocol(HttpToolsProtocol):
    """Answers 431 to a head that is too large and 408 to one that is too slow, and ends the connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._received = 0
        self._in_head = True
        self._cycles: list[RequestResponseCycle] = []
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Hand on what has come, the head in slices so that the parser never holds much of it."""
        while data and not self.transport.is_closing():
            if self._in_head and self._timer is None:
                self._wait()
            size = _SLICE if self._in_head else len(data)
            piece, data = data[:size], data[size:]
            self._received += len(piece)
            super().data_received(piece)
            if self._received > (MAX_HEAD_BYTES if self._in_head else MAX_MESSAGE_BYTES):
                self._refuse(ProblemError(LARGE_HEAD))

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._in_head = False
        self._stop_waiting()
        super().on_headers_complete()
        self._cycles = [cycle for cycle in (*self._cycles, self.cycle) if not cycle.response_complete]

    def on_message_complete(self) -> None:
        """The body is there, and another head may follow."""
        self._in_head = True
        self._received = 0
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """After what is no HTTP nothing is answered that came before it on the same connection."""
        self._forget_requests()
        super().send_400_response(msg)

    def _forget_requests(self) -> None:
        """What still runs for this connection is told that the client has gone, and writes nothing more."""
        self.pipeline.clear()
        for cycle in self._cycles:
            cycle.disconnected = True
            cycle.message_event.set()

    def _wait(self) -> None:
        self._timer = self.loop.call_later(HEAD_SECONDS, self._refuse, ProblemError(SLOW))

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, problem: ProblemError) -> None:
        self._stop_waiting()
        if self.transport.is_closing():
            return
        self._forget_requests()
        response = refuse({"type": "http"}, problem)
        head = f"HTTP/1.1 {response.status_code} \r\n".encode()
        lines = [name + b": " + value + b"\r\n" for name, value in response.raw_headers]
        self.transport.write(b"".join([head, *lines, b"\r\n", bytes(response.body)]))
        self.transport.close()
