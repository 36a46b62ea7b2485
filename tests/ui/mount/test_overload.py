"""One request, however large, slow or odd, stops nothing and holds nobody up."""

import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.assistant.api.problem import check_problem
from tests.stalls import Stalls
from tests.ui.mount.client import CANCEL, JOIN, QUESTION, Records, filled, listed

pytestmark = pytest.mark.alone

HEALTHY_SECONDS = 0.5
OPEN = sorted({("POST" if method == "ANY" else method, path) for method, path in listed("open_routes.txt")})
UPLOAD = ("POST", "/v1/documents")
"""What takes files: another kind of body is refused there before it is read."""
UNREAD = {UPLOAD: 415, ("POST", "/admin/documents/check"): 303}
"""What takes files, and what is answered before any of the body is read, to the wrong kind of body or to who
has not logged in."""
PATHS = sorted({path for _, path in OPEN} - {path for _, path in UNREAD} | {"/gradio_api/upload", "/nothing"})


@pytest.mark.parametrize("megabytes", [5, 50])
def test_a_large_body_is_refused_on_every_path_and_holds_nothing_up(server: str, megabytes: int) -> None:
    body = b"[" + b"1," * (megabytes * 512 * 1024) + b"1]"
    with Health(server):
        for method, path in OPEN:
            pieces = (body[at : at + 65536] for at in range(0, len(body), 65536))
            for content in (body, pieces):  # announced, and in chunks that say nothing of the whole
                answer = request(server, method, path, content)
                assert answer.status_code in {413, UNREAD.get((method, path), 413)}, path
                if answer.status_code != 303:
                    check_problem(answer, answer.status_code)


def test_large_files_hold_nothing_up(server: str) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.exe"\r\n\r\n'
    form = {"Content-Type": "multipart/form-data; boundary=b"}
    with Health(server), httpx.Client(base_url=server, timeout=60) as client:
        for unit in (b"x", b"\r", b"\r\n--", b"\r\n--c"):
            content = part + unit * (18 * 1024 * 1024 // len(unit)) + b"\r\n--b--\r\n"
            check_problem(client.post(UPLOAD[1], content=content, headers=form), 422)
        large = (part if at == 0 else b"x" * 65536 for at in range(500))
        check_problem(client.post(UPLOAD[1], content=large, headers=form), 413, "too-large")


def test_the_worst_body_that_is_read_holds_nothing_up(server: str) -> None:
    size = 64 * 1024
    bodies = [
        b"[" + b"1," * (size // 2 - 2) + b"1]",
        b'{"data": [' + b'"",' * (size // 3 - 20) + b'""], "fn_index": 0, "session_hash": "a"}',
        b"[" * size,
        b'{"a":' * (size // 6) + b"1",
        b"9" * size,
        b'{"data": ["' + b"\\ud83d" * (size // 6 - 20) + b'","","",""], "fn_index": 0, "session_hash": "a"}',
        b'{"data": ["a", "", "", "' + b"," * (size - 80) + b'"], "fn_index": 0, "session_hash": "a"}',
        b'{"secret": "' + b"a" * (size - 40) + b'"}',
    ]
    with Health(server):
        for body in bodies:
            for path in (JOIN, CANCEL, "/v1/ask", "/v1/search", "/chat/transcript"):
                assert request(server, "POST", path, body).status_code < 500


def test_the_worst_form_holds_nothing_up(server: str) -> None:
    size = 64 * 1024
    part = b'--b\r\nContent-Disposition: form-data; name="question"%b\r\n\r\n'
    forms = [
        b"question=a" + b"&documents=a" * (size // 12 - 10),
        b"question=a&documents=" + b"," * (size - 40),
        b"question=" + b"%ff" * (size // 3 - 10),
        b"&" * (size - 10),
        b"=" * (size - 10),
        b"secret=" + b"a" * (size - 40) + b"&question=a",
        (part % b"") * (size // 60),
        part % b'; filename="a.txt"' + b"x" * (size - 200) + b"\r\n--b--\r\n",
        b"--b" * (size // 3 - 10),
    ]
    with Health(server), httpx.Client(base_url=server, timeout=60) as client:
        for form in forms:
            for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=b"):
                answer = client.post("/ask", content=form, headers={"Content-Type": kind})
                assert answer.status_code in {200, 400}, answer.text


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
        b"{" + b",".join(b'"%d":0' % number for number in range(200_000)) + b"}",
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


def test_many_requests_on_one_connection_hold_nothing_up(server: str) -> None:
    where = urlsplit(server).netloc.encode()
    head = b"GET /healthz HTTP/1.1\r\nHost: " + where + b"\r\n"
    whole, last = head + b"\r\n", head + b"Connection: close\r\n\r\n"
    with Health(server):
        for _ in range(3):
            raw(server, b"GET / HTTP/1.1\r\n\r\n" * 15_000)
            raw(server, whole * 6_000)
    assert raw(server, whole * 4 + last).count(b"HTTP/1.1 200") == 5


def test_what_stands_behind_a_body_is_not_read_and_holds_nothing_up(server: str) -> None:
    where = urlsplit(server).netloc.encode()
    head = b"POST /v1/ask HTTP/1.1\r\nHost: " + where + b"\r\nTransfer-Encoding: chunked\r\n"
    body = b'\r\n10\r\n{"question":"a"}\r\n0\r\n'
    late = raw(server, head + b"Connection: close\r\n" + body + b"Content-Type: application/json\r\n\r\n")
    assert late.startswith(b"HTTP/1.1 415")
    typed = head + b"Content-Type: application/json\r\n"
    with Health(server):
        assert raw(server, typed + body, b"a:\r\n" * 2_500_000, b"\r\n") == b""
        assert raw(server, typed + body, b"a" * 10_000_000, b"\r\n") == b""
        assert raw(server, typed + b"\r\n1;" + b"x" * 10_000_000) == b""


def test_an_answer_that_takes_long_is_not_cut_off(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where = urlsplit(server)
    body = json.dumps({"text": "规定：“要达到60％以上”。" * 1000}).encode()
    head = b"POST /v1/verify HTTP/1.1\r\nHost: " + where.netloc.encode()
    head += b"\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    with socket.create_connection((where.hostname, where.port or 80), timeout=60) as connection:
        began = time.monotonic()
        connection.sendall(head + body)
        monkeypatch.setattr("assistant.api.protocol.HEAD_SECONDS", 0.1)  # this head itself may take longer
        time.sleep(0.05)
        connection.sendall(b"\r\nGET /he")  # an empty line, and a head begun
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        assert time.monotonic() - began > 0.3, "too quick to show anything"


def test_who_asks_twice_and_leaves_causes_no_fault(server: str, logged: Records) -> None:
    where = urlsplit(server)
    body = json.dumps({"question": QUESTION}).encode()
    head = b"Host: " + where.netloc.encode() + b"\r\nContent-Type: application/json\r\n"
    one = b"POST /v1/ask HTTP/1.1\r\n" + head + b"Content-Length: %d\r\n\r\n" % len(body) + body
    for _ in range(5):
        with socket.create_connection((where.hostname, where.port or 80)) as connection:
            connection.sendall(one + b"GET /readyz HTTP/1.1\r\n" + head + b"\r\n")
    time.sleep(1)
    assert not logged


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
        assert seconds < 30
        if not sent:  # nothing was asked, and nothing is answered
            assert answer == b""
            continue
        if sent.count(head) == 2:  # what was asked before is answered
            assert answer.startswith(b"HTTP/1.1 200")
            continue
        assert answer.startswith(b"HTTP/1.1 408"), sent
        assert b"application/problem+json" in answer
        assert b"connection: close" in answer.lower()


class Health:
    """Asks /healthz again and again while something else is done, and fails where one answer takes too long
    or none comes. What the machine kept everybody waiting meanwhile is nobody's fault and is taken off."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._done = threading.Event()
        self._answers: list[tuple[float, float]] = []
        """When each was asked for, and when it was there."""
        self._pool = ThreadPoolExecutor(1)
        self._stalls = Stalls()

    def __enter__(self) -> None:
        self._stalls.__enter__()
        self._watching = self._pool.submit(self._watch)

    def __exit__(self, *_: object) -> None:
        self._done.set()
        try:
            self._watching.result()
        finally:
            self._pool.shutdown()
            self._stalls.__exit__()
        assert max(self._stalls.without(*each) for each in self._answers) < HEALTHY_SECONDS

    def _watch(self) -> None:
        with httpx.Client(base_url=self._server, timeout=60) as client:
            while not (self._done.is_set() and self._answers):
                began = time.monotonic()
                assert client.get("/healthz").status_code == 200
                self._answers.append((began, time.monotonic()))
                time.sleep(0.02)


def raw(server: str, *sent: bytes) -> bytes:
    """What the server answers until it hangs up; AssertionError where it does not."""
    parts = urlsplit(server)
    got = b""
    with socket.create_connection((parts.hostname, parts.port or 80), timeout=30) as connection:
        try:
            for piece in sent:
                connection.sendall(piece)
            while received := connection.recv(65536):
                got += received
        except ConnectionError:  # hung up on while we were still sending
            return got
        except TimeoutError:
            raise AssertionError("not hung up on") from None
    return got


def request(server: str, method: str, path: str, content: Any) -> httpx.Response:
    """The answer, which may come while the body is still being sent."""
    with httpx.Client(base_url=server, timeout=60) as client:
        return client.request(
            method, filled(path), content=content, headers={"Content-Type": "application/json"}
        )
