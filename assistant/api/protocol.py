"""HTTP as uvicorn speaks it, with limits on the number of connections and on all of a request that is not
its body.

uvicorn reads addresses, headers and what follows a body however long they are and however long they take,
and lines up any number of requests on one connection; what its parser does with them, nobody else does
anything meanwhile.
"""

import asyncio
import fcntl
import struct
import sys
import termios
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from assistant.api.problems import LARGE_HEAD, SLOW, ProblemError, busy, refuse

MAX_HEAD_BYTES = 32 * 1024
"""Address and headers of one request."""
HEAD_SECONDS = 8.0
"""How long they may take to arrive: from the beginning of an idle connection, or the end of the response
before."""
MAX_FRAMING_BYTES = 1024 * 1024
"""What of a request comes with its body and is none of it: sizes of chunks, and what stands behind them."""
MAX_WAITING = 8
"""Requests that may wait on one connection for the one before them."""
TAKE_SECONDS = 30.0
TAKE_BYTES = 32 * 1024
"""So much of an answer a client takes in so long, or it has left: 8 kbit a second."""
_SLICE = 8 * 1024


class LimitedProtocol(HttpToolsProtocol):
    """Answers 431 to a head that is too large and 408 to one that is too slow, and ends the connection;
    where an answer to an earlier request is under way, it only ends it. A client that does not take its
    answer, or is answered before all of its request has come, is hung up on.

    Above `most` connections the one that has waited longest for its client, for all of a request or for room
    to write, gives way to the new one; where none waits, the new one gets a 503 and ends. `limited_to`
    makes the class of one server.
    """

    most = sys.maxsize
    take_seconds: float | None = TAKE_SECONDS
    waiting: "dict[LimitedProtocol, None]" = {}  # noqa: RUF012 - of one server; the longest waiting first

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._in_head = True
        self._received = 0  # of the request at hand, its body left out
        self._cycles: list[RequestResponseCycle] = []
        self._timer: asyncio.TimerHandle | None = None
        self._taking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there."""
        super().connection_made(transport)
        if len(self.connections) > self.most:
            if not self.waiting:
                self._refuse(busy(), asked=True)
                return
            next(iter(self.waiting))._give_way()
        self.waiting[self] = None
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone."""
        self.waiting.pop(self, None)
        self._stop_waiting()
        self._forget_requests()
        super().connection_lost(exc)
        self._stop_taking()

    def data_received(self, data: bytes) -> None:
        """Hand on what has come, the head in slices so that the parser never holds much of it."""
        while data and not self.transport.is_closing():
            size = _SLICE if self._in_head else len(data)
            piece, data = data[:size], data[size:]
            self._received += len(piece)
            super().data_received(piece)
            if self._received > (MAX_HEAD_BYTES if self._in_head else MAX_FRAMING_BYTES):
                self._refuse(ProblemError(LARGE_HEAD))
        if self._in_head and self._received:
            self._wait_for_head()

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; what comes behind a body as one is not read."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is there. Raises HttpParserError, which ends the connection, where too many wait."""
        if len(self.pipeline) >= MAX_WAITING:
            raise httptools.HttpParserError("too many requests wait")
        self._in_head = False
        self._stop_waiting()
        super().on_headers_complete()
        self._cycles = [*self._under_way(), self.cycle]

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._received -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The body is there, and another head may follow."""
        self._in_head = True
        self._received = 0
        self.waiting.pop(self, None)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """An answer is through; a head that was begun meanwhile has its time from now on."""
        super().on_response_complete()
        if self.cycle.response_complete and self.cycle.more_body:  # nobody reads the rest
            self.transport.close()
        if self.transport.is_closing():
            self._watch_taking()
        if self._in_head and not self._under_way() and not self.transport.is_closing():
            self.waiting[self] = None
            if self._received:
                self._wait_for_head()

    def pause_writing(self) -> None:
        """The client takes its answer more slowly than it is written."""
        super().pause_writing()
        self._watch_taking()

    def resume_writing(self) -> None:
        """It has taken most of what was written."""
        super().resume_writing()
        if not self.transport.is_closing():
            self._stop_taking()
        if self._under_way() and not self._taking:
            self.waiting.pop(self, None)

    def timeout_keep_alive_handler(self) -> None:
        """No other request came."""
        super().timeout_keep_alive_handler()
        self._watch_taking()

    def send_400_response(self, msg: str) -> None:
        """After what is no HTTP nothing is answered that came before it on the same connection."""
        writing = self._writing()
        self._forget_requests()
        if writing:
            self.transport.close()
        else:
            super().send_400_response(msg)
        self._watch_taking()

    def _unsupported_upgrade_warning(self) -> None:
        """A client's wish for another protocol is nobody's fault."""

    def _under_way(self) -> list[RequestResponseCycle]:
        return [cycle for cycle in self._cycles if not cycle.response_complete]

    def _writing(self) -> bool:
        """Whether a part of an answer has gone out and the rest has not."""
        return any(cycle.response_started for cycle in self._under_way())

    def _forget_requests(self) -> None:
        """What still runs for this connection is told that the client has gone, and writes nothing more."""
        self.pipeline.clear()
        for cycle in self._under_way():
            cycle.disconnected = True
            cycle.message_event.set()

    def _wait_for_head(self) -> None:
        """Give the head its time, unless it has it already or an answer is under way."""
        if self._timer is None and not self._under_way() and not self.transport.is_closing():
            self._timer = self.loop.call_later(HEAD_SECONDS, self._refuse, ProblemError(SLOW))

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _watch_taking(self) -> None:
        """Hang up unless the client goes on taking what was written."""
        if self._taking is None and self.take_seconds is not None:
            self._taking = self.loop.call_later(self.take_seconds, self._check_taking, self._untaken())
            self.waiting[self] = None

    def _check_taking(self, before: int) -> None:
        self._taking = None
        if before - self._untaken() < TAKE_BYTES:
            self.transport.abort()
        else:
            self._watch_taking()

    def _untaken(self) -> int:
        """Bytes that were written and that the client's machine has not confirmed."""
        connected = self.transport.get_extra_info("socket").fileno()
        if connected < 0:  # closed while a timer ran
            return 0
        (held,) = struct.unpack("i", fcntl.ioctl(connected, termios.TIOCOUTQ, bytes(4)))
        return int(held) + self.transport.get_write_buffer_size()

    def _stop_taking(self) -> None:
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None

    def _give_way(self) -> None:
        """Make room for another connection."""
        self.waiting.pop(self, None)
        self.connections.discard(self)
        self.transport.abort()

    def _refuse(self, problem: ProblemError, asked: bool = False) -> None:
        """End with `problem`, or without a word: nothing was asked yet, or something is being answered."""
        self._stop_waiting()
        if self.transport.is_closing():
            return
        quiet = bool(self._under_way()) or not (self._received or asked)
        self._forget_requests()
        if not quiet:
            response = refuse({"type": "http"}, problem)
            lines = [name + b": " + value + b"\r\n" for name, value in response.raw_headers]
            head = b"HTTP/1.1 %d \r\n" % response.status_code
            self.transport.write(b"".join([head, *lines, b"\r\n", bytes(response.body)]))
        self.transport.close()
        self._watch_taking()


def limited_to(most: int, take_seconds: float | None = TAKE_SECONDS) -> type[LimitedProtocol]:
    """The protocol of a server that keeps at most `most` connections. `take_seconds`: how long a client may
    take for `TAKE_BYTES` of an answer; None: for ever."""
    return type(
        "LimitedProtocol", (LimitedProtocol,), {"most": most, "take_seconds": take_seconds, "waiting": {}}
    )
