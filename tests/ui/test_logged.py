"""A real server is asked with every kind of personal data while parts of it fail: nothing of it is in its
log, on its streams or in its metrics."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from assistant.storage.conversations import new_secret
from index.text.personal_data import mask
from tests.assistant.personal import PERSONAL, traces
from tests.ports import free_port
from tests.ui.mount.client import Page

if TYPE_CHECKING:
    from assistant.settings import Settings

_JSON = {"Content-Type": "application/json"}
QUESTION = "我是渝中区的家长，{}，娃儿一天在学校能运动好久？"


class _Echo(BaseHTTPRequestHandler):
    """A model's endpoint that refuses each call and repeats in its answer what it was sent."""

    def do_POST(self) -> None:
        """Refuse one call."""
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        said = json.dumps({"error": {"message": sent.decode("utf-8", "replace")}}).encode()
        self.send_response(400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def model() -> Iterator[str]:
    """Address of a model that always fails."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()
        thread.join()


class Served:
    """A server of its own process, and all that it wrote."""

    def __init__(self, state: Path, model: str, **settings: str) -> None:
        port = free_port()
        self.base = f"http://127.0.0.1:{port}"
        self.state = state
        self._out = (state / "written").open("w+b")
        told = {
            "POLICY_QA_STATE_DIR": str(state),
            "POLICY_QA_LLM_BASE_URL": model,
            "POLICY_QA_LLM_MODEL": "failing",
            "PATH": os.environ["PATH"],
            **settings,
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "assistant.cli.main", "serve", "--port", str(port)],
            stdout=self._out, stderr=subprocess.STDOUT, env=told,
        )  # fmt: skip
        while not self._ready():
            assert self._process.poll() is None
            time.sleep(0.1)

    def _ready(self) -> bool:
        try:
            return httpx.get(f"{self.base}/readyz", timeout=60).status_code == 200
        except httpx.TransportError:
            return False

    def stop(self) -> str:
        """Stop it; all that it wrote."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(30)
        self._out.close()
        return (self.state / "written").read_text(encoding="utf-8")


def _state(settings: "Settings", folder: Path) -> Path:
    shutil.copytree(settings.state_dir / "index", folder / "index")
    return folder


def _ask_everywhere(base: str) -> set[int]:
    """Ask with each kind of data, and with all of them on each way that takes a text, rightly and wrongly;
    the statuses."""
    question = QUESTION.format("，".join(PERSONAL.values()))
    calls: list[tuple[str, str, dict[str, Any]]] = [
        *(("POST", "/v1/ask", {"json": {"question": QUESTION.format(data)}}) for data in PERSONAL.values()),
        ("POST", "/v1/ask", {"json": {"question": question, "answerer": "llm"}}),
        ("POST", "/v1/ask", {"json": {"question": question}, "headers": {"Accept": "text/event-stream"}}),
        ("POST", "/v1/ask", {"json": {"question": question, "conversation_id": mask(question), question: 1}}),
        ("POST", "/v1/ask", {"json": {"question": [question]}}),
        ("POST", "/v1/ask", {"content": f'{{"question": "{question}'.encode(), "headers": _JSON}),
        ("POST", "/v1/search", {"json": {"query": question}}),
        ("POST", "/v1/verify", {"json": {"text": f"“{question}”"}}),
        ("POST", "/v1/feedback", {"json": {"answer_id": question, "rating": "up", "comment": question}}),
        ("GET", f"/v1/documents/{question}/text", {"params": {"q": question}}),
        ("GET", "/documents", {"params": {"q": question}}),
        ("POST", "/ask", {"data": {"question": question, "secret": question, "documents": question}}),
        ("POST", "/chat/transcript", {"json": {"secret": question[:64]}}),
        ("POST", "/chat/rename", {"json": {"secret": new_secret(), "title": question[:40]}}),
        ("POST", "/chat/rate", {"json": {"answer_id": question, "rating": "up", "comment": question}}),
        ("POST", "/chat/share", {"json": {"answer_id": question, question: question}}),
        ("GET", f"/{question}", {"headers": {"User-Agent": question.encode(), "Referer": question.encode()}}),
    ]  # fmt: skip
    page = Page(base)
    with page.http:
        page.event(question)
    with httpx.Client(base_url=base, timeout=60) as client:
        return {client.request(method, path, **sent).status_code for method, path, sent in calls}


def _break_database(state: Path) -> None:
    """Take its tables away from the running server."""
    (file,) = state.glob("*.sqlite")
    with closing(sqlite3.connect(file, timeout=10)) as connection, connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        found = connection.execute(
            "SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite%'"
        )
        for (name,) in found.fetchall():
            connection.execute(f'DROP TABLE "{name}"')


def _found(text: str) -> list[str]:
    return [trace for trace in traces() if trace in text]


def test_no_personal_data_in_log_streams_and_metrics(
    settings: "Settings", tmp_path: Path, model: str
) -> None:
    served = Served(_state(settings, tmp_path), model)
    try:
        statuses = _ask_everywhere(served.base)
        _break_database(served.state)
        statuses |= _ask_everywhere(served.base)
        metrics = httpx.get(f"{served.base}/metrics").text
    finally:
        written = served.stop()
    assert {200, 400, 404, 422} <= statuses
    assert not _found(written)
    assert not _found(metrics)
    assert "运动好久" not in written
    logged = [line for line in written.splitlines() if line.startswith("{")]
    others = [line for line in written.splitlines() if not line.startswith("{")]
    assert len(others) == 3, others  # where the service is, for a person
    assert any(json.loads(line)["level"] == "error" for line in logged), "the fault of the database"
    asked = [line for line in map(json.loads, logged) if line.get("route") == "/v1/ask"]
    assert len(asked) == 2 * (5 + len(PERSONAL))
    assert all(re.fullmatch("[0-9a-f]{32}", line["request"]) and line["pid"] for line in asked)
    assert "127.0.0.1" not in "".join(logged), "no client's address"
