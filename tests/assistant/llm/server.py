"""An OpenAI-compatible server that does what a script says: answers, lies, and every way to fail."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Messages = list[dict[str, str]]


@dataclass(frozen=True)
class Reply:
    """What goes back to one call."""

    text: str = ""
    status: int = 200
    finish: str | None = "stop"
    """None: the connection ends without a word."""
    wait: float = 0.0
    """Seconds before the first byte."""
    pause: float = 0.0
    """Seconds between pieces."""
    piece: int = 7
    """Characters of a piece."""
    last_after: threading.Event | None = None
    """What the last piece waits for."""
    endless: bool = False
    raw: bytes | None = None
    """The body as it is, instead of a stream of a model."""
    content_type: str = "text/event-stream"
    between: Callable[[], object] | None = None
    """What is done once `text` has gone out and before `rest` does."""
    rest: str = ""


Script = Callable[[Messages], Reply]


@dataclass
class Scripted:
    """A running server: `script` may be changed between calls; `calls` keeps what was sent."""

    base_url: str
    script: Script
    calls: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


def _handler(state: Scripted) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.calls.append(body)
            state.keys.append(self.headers.get("Authorization", ""))
            reply = state.script(body["messages"])
            time.sleep(reply.wait)
            try:
                self._answer(reply)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _answer(self, reply: Reply) -> None:
            self.close_connection = True
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Connection", "close")
            if reply.status == 429:
                self.send_header("Retry-After", "1")
            self.end_headers()
            if reply.raw is not None or reply.status != 200:
                self.wfile.write(reply.raw or b'{"error": {"message": "no", "type": "x"}}')
                return
            while True:
                for at in range(0, len(reply.text), reply.piece):
                    if reply.last_after and at + reply.piece >= len(reply.text):
                        reply.last_after.wait(60)
                    self._send({"content": reply.text[at : at + reply.piece]})
                    time.sleep(reply.pause)
                if not reply.endless:
                    break
            if reply.between is not None:
                reply.between()
                self._send({"content": reply.rest})
            if reply.finish is None:
                return
            self._send({}, reply.finish)
            usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
            self._event({"choices": [], "usage": usage})
            self.wfile.write(b"data: [DONE]\n\n")

        def _send(self, delta: dict[str, str], finish: str | None = None) -> None:
            self._event({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})

        def _event(self, data: dict[str, Any]) -> None:
            whole = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "scripted", **data}
            self.wfile.write(f"data: {json.dumps(whole)}\n\n".encode())
            self.wfile.flush()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            pass

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128


@contextmanager
def scripted(script: Script) -> Iterator[Scripted]:
    """A server on a free port of loopback, until the end of the block."""
    state = Scripted("", script)
    with _Server(("127.0.0.1", 0), _handler(state)) as server:
        state.base_url = f"http://127.0.0.1:{server.server_port}/v1"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join(5)


def passages_of(messages: Messages) -> list[str]:
    """The passages of the task, by number from 1 at position 0."""
    task = [message["content"] for message in messages if message["role"] == "user"][1]
    lines = task.partition("原文：\n")[2].split("\n")
    return [line.partition("] ")[2] for line in lines if line.startswith("[")]


def question_of(messages: Messages) -> str:
    """The question of the task."""
    task = [message["content"] for message in messages if message["role"] == "user"][1]
    return task.partition("问题：")[2].partition("\n")[0]


def copied(messages: Messages) -> Reply:
    """An honest model: the first passage, word by word."""
    return Reply(f"{passages_of(messages)[0]}[1]")
