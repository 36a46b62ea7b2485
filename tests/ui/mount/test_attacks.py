"""Whoever reaches the port reads no file, stops nothing and fills nothing through the chat."""

import json
import logging
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient
from gradio.queueing import Queue

from assistant.api.app import create_app
from assistant.conversations import SqlConversations, conversation_of
from assistant.service import Assistant
from index.opened import open_index
from tests.assistant.problem import LOOPBACK, check_problem
from tests.ui.mount.client import AGAIN, CANCEL, DATA, EXAMPLE, JOIN, RATED, TYPED, Page, filled, listed
from ui.mount.sessions import WAITING

QUESTION = "娃儿一天在学校能运动好久？"
HEALTHY_SECONDS = 0.5
OPEN = sorted({("POST" if method == "ANY" else method, path) for method, path in listed("open_routes.txt")})
PATHS = sorted({path for _, path in OPEN} | {"/gradio_api/upload", "/nothing"})
Records = list[logging.LogRecord]


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
    page: Page, canary: Path, kind: str, index: int, logged: Records, capfd: pytest.CaptureFixture[str]
) -> None:
    hostile = shapes(str(canary))[kind]
    detail = {"index": 0, "value": hostile, "liked": True}
    for data in ([hostile], [hostile, None], [None, hostile], [QUESTION, hostile], [hostile] * 4, hostile):
        for extra in ({}, {"event_data": hostile}, {"event_data": detail}, {"trigger_id": hostile}):
            refused = page.join({"fn_index": index, "data": data, **extra})
            assert refused.status_code in {400, 422}
            assert canary.name not in json.dumps(check_problem(refused, refused.status_code))
    assert not logged
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_page_repeats_beside_an_event_is_not_read(page: Page, canary: Path, kind: str) -> None:
    hostile = shapes(str(canary))[kind]
    page.join({"fn_index": EXAMPLE, "data": [None], "event_data": {"index": 0, "value": hostile}})
    told = page.told()
    assert "process_completed" in told
    page.join({"fn_index": RATED, "data": [], "event_data": {"index": 1, "value": hostile, "liked": True}})
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


@pytest.mark.parametrize("megabytes", [5, 50])
def test_a_large_body_is_refused_on_every_path_and_holds_nothing_up(server: str, megabytes: int) -> None:
    body = b"[" + b"1," * (megabytes * 512 * 1024) + b"1]"
    with Health(server):
        for method, path in OPEN:
            pieces = (body[at : at + 65536] for at in range(0, len(body), 65536))
            for content in (body, pieces):  # announced, and in chunks that say nothing of the whole
                answer = request(server, method, path, content)
                assert answer.status_code == 413, path
                if method != "HEAD":
                    check_problem(answer, 413, "too-large")


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
    with Health(server):
        for body in bodies:
            for path in (JOIN, CANCEL, "/v1/ask", "/v1/search"):
                assert request(server, "POST", path, body).status_code < 500


def test_the_worst_draft_holds_nothing_up(server: str) -> None:
    title = "《重庆市加快推进教育现代化实施方案(2020—2022年)》"
    said = "到2022年全市公办园在园幼儿占比达到60％以上，"
    drafts: list[Any] = [
        {"text": title + "三、" + "（一）、" * 49_900},
        {"text": "第一款、" * 50_000},
        {"text": "第十二条、" * 1900 + "“一”" * 60},
        {"text": "规定：“的”" * 1900},
        {"text": (f"{title}二、（二）1提出：“{said}”。" * 900)[:200_000]},
        {"quote": said * 8000},
        {"text": "> " + said * 8000},
        {"text": "“" * 200_000},
        b'{"text":"a","x":[' + b"[[]]," * 498_000 + b"[]]}",
        b'{"text":"a","x":[' + b"[]," * 830_000 + b"[]]}",
        b'{"text":"a","x":[' + b'{"":[]},' * 311_000 + b"[]]}",
        b"[" * 2_500_000,
    ]
    with Health(server):
        for draft in drafts:
            content = draft if isinstance(draft, bytes) else json.dumps(draft, ensure_ascii=False).encode()
            answer = request(server, "POST", "/v1/verify", content)
            assert answer.status_code in {200, 400, 422}
            assert len(answer.content) < 20_000_000


def test_a_large_head_is_refused_and_holds_nothing_up(server: str) -> None:
    heads = [
        b"Cookie: " + b"a=b;" * 2_500_000,
        b"".join(b"a%d: b\r\n" % number for number in range(500_000)),
        b"A" * 10_000_000,
    ]
    with Health(server):
        for head in heads:
            got = raw(server, b"GET /healthz HTTP/1.1\r\n", head)
            assert got == b"" or got.startswith(b"HTTP/1.1 431")
        got = raw(server, b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\n")
        assert got.startswith(b"HTTP/1.1 431")
        assert b"application/problem+json" in got
        assert b"connection: close" in got.lower()
    with httpx.Client(base_url=server) as client:
        assert client.get("/healthz", headers={"Cookie": "a=b;" * 5000}).status_code == 200


def test_what_is_no_http_behind_a_request_ends_quietly(server: str, logged: Records) -> None:
    body = json.dumps({"question": QUESTION}).encode()
    head = f"Host: {urlsplit(server).netloc}\r\nContent-Type: application/json\r\n".encode()
    one = b"POST /v1/ask HTTP/1.1\r\n" + head + b"Content-Length: %d\r\n\r\n" % len(body) + body
    for _ in range(3):
        assert b"500" not in raw(server, one + one + b"XX\r\n\r\n")[:20]
    time.sleep(1)
    assert {record.getMessage() for record in logged} <= {"Invalid HTTP request received."}


def test_what_comes_slowly_is_given_up_on_every_path_and_holds_nothing_up(server: str) -> None:
    where = urlsplit(server)

    def slowly(sent: str, drips: bytes) -> tuple[bytes, float]:
        """The answer, and the seconds that it took to come."""
        began = time.monotonic()
        with socket.create_connection((where.hostname, where.port or 80), timeout=20) as connection:
            connection.sendall(sent.encode())
            connection.settimeout(0.5)
            for _ in range(60):
                try:
                    connection.sendall(drips)
                    return connection.recv(65536), time.monotonic() - began
                except TimeoutError:
                    continue
        return b"", 60.0

    head = f"GET /healthz HTTP/1.1\r\nHost: {where.netloc}\r\n"
    bodies = [
        f"POST {filled(path)} HTTP/1.1\r\nHost: {where.netloc}\r\nContent-Length: 1000\r\n\r\n"
        for path in PATHS
    ]
    tries = [(sent, drips) for sent in bodies for drips in (b"", b" ")]
    tries += [("", b""), (head, b""), (head, b"a: b\r\n"), (f"{head}\r\n{head}", b"")]
    with Health(server), ThreadPoolExecutor(len(tries)) as pool:
        got = list(pool.map(lambda each: slowly(*each), tries))
    for (sent, _), (answer, seconds) in zip(tries, got, strict=True):
        if sent.count(head) == 2:  # what was asked before is answered
            assert answer.startswith(b"HTTP/1.1 200")
            continue
        assert answer.startswith(b"HTTP/1.1 408"), sent
        assert b"application/problem+json" in answer
        assert b"connection: close" in answer.lower()
        assert seconds < 11


def test_what_a_client_sends_wrong_is_a_problem_without_a_traceback(
    page: Page, logged: Records, capfd: pytest.CaptureFixture[str]
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
        (page.http.get(f"/assets/{'a' * 256}"), 404),
        (page.http.get(f"/assets/{'a' * 20_000}"), 404),
        (page.http.post(JOIN, content=b"{}", headers={"Content-Type": "text/plain"}), 415),
        (page.http.post(JOIN, json={f"field{number}": 1 for number in range(3000)}), 422),
    ):
        check_problem(response, status)
        assert len(response.content) < 10_000 or "a" * 20_000 in response.url.path
    assert "Traceback" not in capfd.readouterr().err
    assert not logged


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


def test_pages_that_never_fetch_their_answers_are_forgotten(
    server: str, chat_queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.mount.sessions.SESSIONS", 20)
    with httpx.Client(base_url=server, timeout=60) as client:
        for number in range(60):
            body = {"fn_index": TYPED, "data": [" ", None], "session_hash": f"flood-{number}"}
            while client.post(JOIN, json=body).status_code == 503:
                time.sleep(0.05)
    assert sum(name.startswith("flood-") for name in chat_queue.pending_messages_per_session) <= 20
    assert sum(name.startswith("flood-") for name in chat_queue.pending_event_ids_session) <= 20


def test_a_page_that_never_fetches_waits_for_little(page: Page) -> None:
    body = {"fn_index": TYPED, "data": ["！" * 1000, None]}
    answers = [page.join(body).status_code for _ in range(10)]
    assert answers.count(200) <= WAITING
    assert set(answers[WAITING:]) == {503}
    told = page.told()
    assert told.count("process_completed") == answers.count(200)
    assert page.join(body).status_code == 200


def test_a_stream_is_open_only_while_there_is_something_to_tell(
    page: Page, logged: Records, capfd: pytest.CaptureFixture[str]
) -> None:
    page.event(TYPED, [QUESTION, None])
    for _ in range(3):
        check_problem(page.http.get(DATA, params={"session_hash": page.session}), 404)
    assert page.http.head(DATA, params={"session_hash": page.session}).status_code == 405
    page.event(TYPED, [QUESTION, None])
    assert not logged
    assert "Traceback" not in capfd.readouterr().err


def test_a_page_that_hangs_up_can_ask_again(
    server: str, page: Page, logged: Records, capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(3):
        page.join({"fn_index": TYPED, "data": [QUESTION, None]})
        with page.http.stream("GET", DATA, params={"session_hash": page.session}) as answer:
            assert answer.status_code == 200
        time.sleep(0.3)
    _, messages, _ = page.event(TYPED, [QUESTION, None])
    assert len(messages) == 2
    assert not logged
    assert "Traceback" not in capfd.readouterr().err


def test_a_second_stream_of_a_page_is_refused_and_the_first_goes_on(page: Page, logged: Records) -> None:
    page.join({"fn_index": TYPED, "data": [QUESTION, None]})
    query = {"session_hash": page.session}
    with page.http.stream("GET", DATA, params=query) as first:
        second = page.http.get(DATA, params=query)  # 404 too where the first is through already
        check_problem(second, 404)
        assert "process_completed" in "".join(first.iter_text())
    assert not logged


def test_the_page_and_two_workers_of_the_interface_share_a_conversation(
    server: str, page: Page, assistant: Assistant
) -> None:
    def worker() -> TestClient:
        store = SqlConversations(assistant.settings.conversations_url())
        other = Assistant(open_index(assistant.settings.index()), store, assistant.settings, assistant.clock)
        app = create_app(lambda: other)
        app.state.opening.start()
        app.state.opening.wait(60)
        return TestClient(app, base_url=LOOPBACK)

    _, _, secret = page.event(TYPED, ["公办幼儿园的占比要达到多少？", None])
    with worker() as first, worker() as second:
        body = {"question": "这个比例要到哪年？", "conversation_id": conversation_of(secret)}
        for client in (first, second):
            assert "2022" in client.post("/v1/ask", json=body).json()["answer"]
    _, messages, _ = page.event(TYPED, ["那普惠性的呢？", secret])
    assert len(messages) == 8


class Health:
    """Asks /healthz again and again while something else is done, and fails where one answer takes too long
    or none comes."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._done = threading.Event()
        self._seconds: list[float] = []
        self._pool = ThreadPoolExecutor(1)

    def __enter__(self) -> None:
        self._watching = self._pool.submit(self._watch)

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watching.result()
        self._pool.shutdown()
        assert max(self._seconds) < HEALTHY_SECONDS

    def _watch(self) -> None:
        with httpx.Client(base_url=self._server, timeout=60) as client:
            while not (self._done.is_set() and self._seconds):
                began = time.monotonic()
                assert client.get("/healthz").status_code == 200
                self._seconds.append(time.monotonic() - began)
                time.sleep(0.02)


def raw(server: str, *sent: bytes) -> bytes:
    """What the server answers until it hangs up, or is quiet for half a second."""
    parts = urlsplit(server)
    got = b""
    with socket.create_connection((parts.hostname, parts.port or 80), timeout=5) as connection:
        try:
            for piece in sent:
                connection.sendall(piece)
            connection.settimeout(0.5)
            while received := connection.recv(65536):
                got += received
        except (TimeoutError, ConnectionError):  # hung up on while we were still sending
            return got
    return got


def request(server: str, method: str, path: str, content: Any) -> httpx.Response:
    """The answer, which may come while the body is still being sent."""
    with httpx.Client(base_url=server, timeout=60) as client:
        return client.request(
            method, filled(path), content=content, headers={"Content-Type": "application/json"}
        )
