"""Whoever reaches the port reads no file, stops nothing and fills nothing through the chat."""

import json
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.assistant.problem import check_problem
from tests.ui.mount.client import AGAIN, CANCEL, DATA, EXAMPLE, JOIN, RATED, TYPED, Page

QUESTION = "娃儿一天在学校能运动好久？"
HEALTHY_SECONDS = 0.5


@pytest.fixture
def page(server: str) -> Iterator[Page]:
    made = Page(server)
    with made.http:
        yield made


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A file that only the server's user may read, with a text that nobody guesses."""
    file = tmp_path / "canary.txt"
    file.write_text(f"canary-{secrets.token_hex(8)}")
    file.chmod(0o600)
    return file


def shapes(path: str) -> dict[str, Any]:
    """Everything that Gradio takes for a file, or for something to build with one."""
    file = {"path": path, "meta": {"_type": "gradio.FileData"}}
    message = {"role": "user", "content": {"type": "file", "file": file}}
    return {
        "file": file,
        "file with address": {
            **file,
            "url": f"/gradio_api/file={path}",
            "orig_name": "x",
            "is_stream": False,
        },
        "file to stream": {**file, "is_stream": True},
        "history": [message, {"role": "assistant", "content": [{"type": "file", "file": file}]}],
        "old history": [[{"file": file}, None]],
        "component": {"component": "image", "value": file, "props": {}, "constructor_args": {}},
        "update": {"__type__": "update", "value": file},
        "state": {"__type__": "state", "value": file},
        "multimodal": {"text": "x", "files": [file]},
        "address": {"path": f"file://{path}", "meta": {"_type": "gradio.FileData"}},
    }


KINDS = sorted(shapes("x"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("index", [TYPED, EXAMPLE, RATED, AGAIN, 4, 5, 6])
def test_no_event_gives_a_file(
    page: Page, canary: Path, kind: str, index: int, capfd: pytest.CaptureFixture[str]
) -> None:
    hostile = shapes(str(canary))[kind]
    detail = {"index": 0, "value": hostile, "liked": True}
    for data in ([hostile], [hostile, None], [None, hostile], [QUESTION, hostile], [hostile] * 4, hostile):
        for extra in ({}, {"event_data": hostile}, {"event_data": detail}, {"trigger_id": hostile}):
            refused = page.join({"fn_index": index, "data": data, **extra})
            assert refused.status_code in {400, 422}
            assert canary.name not in json.dumps(check_problem(refused, refused.status_code))
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_page_repeats_beside_an_event_is_not_read(page: Page, canary: Path, kind: str) -> None:
    hostile = shapes(str(canary))[kind]
    page.join({"fn_index": EXAMPLE, "data": [None], "event_data": {"index": 0, "value": hostile}})
    told = page.told()
    assert "process_completed" in told
    page.join(
        {"fn_index": RATED, "data": [None], "event_data": {"index": 1, "value": hostile, "liked": True}}
    )
    told += page.told()
    for trace in (canary.read_text(), canary.name, "/gradio_api/file", "gradio.FileData"):
        assert trace not in told


@pytest.mark.parametrize(
    "form", ["{}", "file://{}", "/gradio_api/file={}", "![x](/gradio_api/file={})", "<img src='{}'>"]
)
def test_a_path_that_is_typed_is_a_question_like_any_other(page: Page, canary: Path, form: str) -> None:
    _, messages, _ = page.event(TYPED, [form.format(canary), None])
    shown = json.dumps(messages)
    assert canary.read_text() not in shown
    assert "FileData" not in shown
    assert all(part["type"] == "text" for message in messages for part in message["content"])
    found = page.http.get(f"/gradio_api/file={canary}")
    check_problem(found, 404, "not-found")


@pytest.mark.parametrize("size", [5, 50])
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", JOIN), ("POST", CANCEL), ("GET", DATA), ("GET", "/"), ("GET", "/assets/x.js"),
     ("GET", "/theme.css"), ("GET", "/gradio_api/app_id"), ("POST", "/gradio_api/upload"),
     ("POST", "/v1/ask"), ("POST", "/v1/verify"), ("GET", "/documents"), ("GET", "/healthz"), ("PUT", "/x")],
)  # fmt: skip
def test_a_large_body_is_refused_and_holds_nothing_up(server: str, method: str, path: str, size: int) -> None:
    body = b"[" + b"1," * (size * 512 * 1024) + b"1]"
    halves = (body[at : at + 65536] for at in range(0, len(body), 65536))
    with Health(server) as health:
        for content in (body, halves):  # announced, and in chunks that say nothing of the whole
            check_problem(request(server, method, path, content), 413, "too-large")
    assert health.slowest < HEALTHY_SECONDS


def test_the_worst_body_that_is_read_holds_nothing_up(server: str) -> None:
    size = 64 * 1024
    bodies = [
        b"[" + b"1," * (size // 2 - 2) + b"1]",
        b'{"data": [' + b"null," * (size // 5 - 10) + b'null], "fn_index": 0, "session_hash": "a"}',
        b"[" * size,
        b'{"a":' * (size // 6) + b"1",
        b"9" * size,
        b'{"data": ["' + b"\\ud83d" * (size // 6 - 20) + b'", null], "fn_index": 0, "session_hash": "a"}',
    ]
    with Health(server) as health:
        for body in bodies:
            for path in (JOIN, CANCEL, "/v1/ask", "/v1/search"):
                assert request(server, "POST", path, body).status_code < 500
    assert health.slowest < HEALTHY_SECONDS


def test_a_slow_body_is_given_up_on_every_path_and_holds_nothing_up(server: str) -> None:
    paths = [
        JOIN,
        CANCEL,
        DATA,
        "/",
        "/theme.css",
        "/gradio_api/upload",
        "/v1/ask",
        "/v1/verify",
        "/healthz",
        "/x",
    ]
    answers: dict[tuple[str, bool], tuple[bytes, float]] = {}

    def slowly(path: str, drips: bool) -> None:
        parts = urlsplit(server)
        began = time.monotonic()
        with socket.create_connection((parts.hostname, parts.port or 80), timeout=20) as connection:
            head = f"POST {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
            connection.sendall(f"{head}Content-Length: 1000\r\n\r\n".encode())
            connection.settimeout(0.5)
            got = b""
            for _ in range(40):
                try:
                    if drips:
                        connection.sendall(b" ")
                    got = connection.recv(65536)
                    break
                except TimeoutError:
                    continue
        answers[path, drips] = got, time.monotonic() - began

    threads = [
        threading.Thread(target=slowly, args=(path, drips)) for path in paths for drips in (False, True)
    ]
    with Health(server) as health:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert health.slowest < HEALTHY_SECONDS
    for (path, _), (got, seconds) in answers.items():
        assert got.startswith(b"HTTP/1.1 408"), path
        assert b"application/problem+json" in got
        assert b"connection: close" in got.lower()
        assert seconds < 11


def test_what_a_client_sends_wrong_is_a_problem_without_a_traceback(
    page: Page, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    wrong: list[Any] = [b"", b"{", b"\xff", b"null", b"[" * 60_000, [], "x", {}, {"fn_index": 99, "data": []}]
    wrong += [{"fn_index": -1, "data": []}, {"fn_index": 0, "data": []}, {"fn_index": 0, "data": [{}, {}]}]
    wrong += [
        {"fn_index": "0", "data": [None, None]},
        {"fn_index": 10**30, "data": []},
        {"fn_index": 4, "data": []},
    ]
    for body in wrong:
        refused = page.join(body)
        assert refused.status_code in {400, 422}
        check_problem(refused, refused.status_code)
    stop = {"fn_index": 0, "event_id": "0" * 32, "session_hash": "nobody"}
    for response, status in (
        (page.http.get(DATA), 404),
        (page.http.get(DATA, params={"session_hash": "nobody"}), 404),
        (page.http.get(DATA, params={"session_hash": "../x"}), 404),
        (page.http.post(CANCEL, json=stop), 404),
        (page.http.post(CANCEL, json={**stop, "event_id": "x"}), 422),
        (page.http.get(JOIN), 405),
        (page.http.post(DATA), 405),
        (page.http.delete("/"), 405),
        (page.http.get("/assets/nothing.js"), 404),
    ):
        check_problem(response, status)
    assert "Traceback" not in capfd.readouterr().err
    assert not [record for record in caplog.records if record.exc_info]


def test_one_pages_conversation_is_no_other_pages(server: str, page: Page) -> None:
    _, _, secret = page.event(TYPED, ["公办幼儿园的占比要达到多少？", None])
    _, messages, _ = page.event(TYPED, ["这个比例要到哪年？", secret])
    assert len(messages) == 4
    other = Page(server)
    with other.http:
        for guess in (None, "", secret[:-1], secret[::-1], "a" * 43, f"{secret} ", "cnv_" + "0" * 32):
            _, messages, found = other.event(TYPED, ["这个比例要到哪年？", guess])
            assert "幼儿园" not in json.dumps(messages[:-1], ensure_ascii=False)
            assert found != secret


def test_a_secret_goes_on_with_its_conversation_from_any_page(server: str, page: Page) -> None:
    _, _, secret = page.event(TYPED, ["公办幼儿园的占比要达到多少？", None])
    again = Page(server)  # reloaded, or after the server was started anew
    with again.http:
        _, messages, _ = again.event(TYPED, ["这个比例要到哪年？", secret])
    assert "2022" in messages[-1]["content"][0]["text"]
    assert len(messages) == 4


def test_pages_that_never_fetch_their_answers_are_forgotten(server: str, chat_queue: Any) -> None:
    from ui.mount.sessions import SESSIONS

    with httpx.Client(base_url=server, timeout=60) as client:
        for number in range(SESSIONS + 50):
            body = {"fn_index": TYPED, "data": [" ", None], "session_hash": f"flood-{number}"}
            while client.post(JOIN, json=body).status_code == 503:
                time.sleep(0.05)
    assert len(chat_queue.pending_messages_per_session) <= SESSIONS
    assert len(chat_queue.pending_event_ids_session) <= SESSIONS


class Health:
    """Asks /healthz again and again while something else is done; `slowest` is the longest wait, seconds."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.slowest = 0.0

    def __enter__(self) -> "Health":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        with httpx.Client(base_url=self._server, timeout=60) as client:
            while True:
                began = time.monotonic()
                assert client.get("/healthz").status_code == 200
                self.slowest = max(self.slowest, time.monotonic() - began)
                if self._done.wait(0.02):
                    return


def request(server: str, method: str, path: str, content: Any) -> httpx.Response:
    """The answer, which may come while the body is still being sent."""
    with httpx.Client(base_url=server, timeout=60) as client:
        return client.request(method, path, content=content, headers={"Content-Type": "application/json"})
