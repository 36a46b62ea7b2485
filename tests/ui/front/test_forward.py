"""What goes through the front comes out as it went in."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest

from tests.assistant.api.problem import check_problem
from tests.ui.front.conftest import WAIT_SECONDS, RunningFront, StartFront


def test_requests_and_answers_pass_unchanged(front: RunningFront) -> None:
    with httpx.Client(base_url=front.base) as client:
        sent = {"X-Own": "a, b", "X-Request-ID": "given-id-12345"}
        said = client.post("/who?a=%E6%95%99&b=1", content="正文".encode(), headers=sent)
        got = said.json()
        headers = dict(got["headers"])
        assert (got["method"], got["path"], got["query"], got["body"]) == (
            "POST",
            "/who",
            "a=%E6%95%99&b=1",
            "正文",
        )
        assert (headers["x-own"], headers["x-request-id"]) == ("a, b", "given-id-12345")
        assert headers["host"] == urlsplit(front.base).netloc
        assert said.headers["x-request-id"] == "given-id-12345"
        assert len(said.headers.get_list("date")) == 1

        chunked = client.post("/who", content=(piece for piece in (b"ab", b"cd"))).json()
        assert chunked["body"] == "abcd"
        assert "transfer-encoding" not in dict(chunked["headers"])

        assert client.delete("/who").json()["method"] == "DELETE"
        head = client.head("/who")
        assert (head.status_code, head.content) == (200, b"")
        assert int(head.headers["content-length"]) > 0
        assert client.get("/empty").status_code == 204
        assert client.get("/nothing").status_code == 404


def test_a_client_cannot_have_the_front_drop_what_a_worker_judges_by(front: RunningFront) -> None:
    judged = {"Origin": "https://other.example", "Authorization": "Bearer x", "Cookie": "a=1", "X-Own": "b"}
    of_one_connection = {"Keep-Alive": "timeout=5", "TE": "trailers", "Proxy-Authorization": "Basic eDp4"}
    named = ", ".join(["close", "host", "content-type", *judged, *of_one_connection]).lower()
    sent = {**judged, **of_one_connection, "Content-Type": "text/plain", "Connection": named}
    got = httpx.post(f"{front.base}/who", content="正文".encode(), headers=sent).json()
    headers = dict(got["headers"])
    assert {name: headers.get(name.lower()) for name in judged} == judged
    assert headers["host"] == urlsplit(front.base).netloc
    assert headers["content-type"] == "text/plain"
    assert got["body"] == "正文"
    assert not {name.lower() for name in of_one_connection} & set(headers)


def test_a_long_answer_waits_for_a_slow_client_and_arrives_whole(front: RunningFront) -> None:
    with httpx.stream("GET", f"{front.base}/parts?count=200") as answer:
        size = 0
        for piece in answer.iter_raw():
            size += len(piece)
            time.sleep(0.001)
    assert size == 200 * 65536


def test_a_stream_passes_frame_by_frame(front: RunningFront) -> None:
    got, count = b"", 0
    with httpx.stream("POST", f"{front.base}/events?whole=1", timeout=WAIT_SECONDS) as answer:
        for piece in answer.iter_raw():
            got += piece
            while count < got.count(b"\n\n"):
                front.may_go_on(count)  # the next is made only when this one is here
                count += 1
    assert count == 3


def test_a_clients_word_on_its_address_counts_only_where_a_proxy_says_it(start_front: StartFront) -> None:
    said = {"X-Forwarded-For": "203.0.113.7, 198.51.100.2", "X-Forwarded-Proto": "https"}
    for proxies, client, scheme in (
        ("", "127.0.0.1", "http"),
        ("127.0.0.1", "198.51.100.2", "https"),
        ("127.0.0.0/8, 198.51.100.0/24", "203.0.113.7", "https"),
    ):
        front = start_front(1, POLICY_QA_PROXIES=proxies)
        got = httpx.get(f"{front.base}/who", headers=said).json()
        assert (got["client"], got["scheme"]) == (client, scheme)
        assert not [name for name, _ in got["headers"] if name.startswith("x-forwarded-")]
        front.stop()


def test_bodies_and_heads_have_their_limits(front: RunningFront) -> None:
    with httpx.Client(base_url=front.base) as client:
        check_problem(client.post("/who", content=b"a" * 65537), 413, "too-large")
        assert client.post("/who", content=b"a" * 65536).status_code == 200
    assert raw(front, b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\n").startswith(b"HTTP/1.1 431")


def test_a_file_passes_as_it_comes(front: RunningFront) -> None:
    with httpx.Client(base_url=front.base, timeout=30) as client:
        got = client.post("/v1/documents", content=b"a" * 5_000_000).json()
        assert got["size"] == 5_000_000
        assert got["most"] < 1_000_000, "not held until it is whole"
        refused = client.post("/v1/documents?refuse=1", content=b"a" * 5_000_000)
        assert (refused.status_code, refused.text) == (401, "no")
        assert client.get("/who").status_code == 200
        too_large = (b"a" * 1_000_000 for _ in range(25))
        answer = client.post("/v1/documents", content=too_large)
        check_problem(answer, 413, "too-large")


@pytest.mark.parametrize(
    "lines",
    [
        b"X-Folded: a\r\n b: c",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked",
        b"Content-Length: 5\r\nContent-Length: 6",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        b"X-Nul: a\0b",
    ],
)
def test_a_request_that_two_servers_may_read_differently_is_refused(
    front: RunningFront, lines: bytes
) -> None:
    got = raw(
        front, b"POST /who HTTP/1.1\r\nHost: a\r\n" + lines + b"\r\n\r\n0\r\n\r\nGET /who HTTP/1.1\r\n\r\n"
    )
    assert got.startswith(b"HTTP/1.1 400"), got
    assert got.count(b"HTTP/1.1 ") == 1


def test_the_least_busy_worker_is_asked(front: RunningFront) -> None:
    with (
        ThreadPoolExecutor(1) as pool,
        httpx.Client(base_url=front.base, timeout=WAIT_SECONDS) as client,
    ):
        busy = pool.submit(httpx.get, f"{front.base}/slow?seconds=60", timeout=2 * WAIT_SECONDS)
        at_it = front.busy_worker()
        others = {client.get("/who").json()["pid"] for _ in range(8)}
        front.may_go_on()
        assert len(others) == 1
        assert busy.result().json()["pid"] == at_it
        assert at_it not in others


def test_a_page_of_the_chat_has_one_worker(front: RunningFront) -> None:
    with httpx.Client(base_url=front.base) as client:
        homes = {}
        for number in range(24):
            session = f"page{number}"
            asked = [
                client.post("/gradio_api/queue/join", json={"data": [], "session_hash": session}),
                client.get("/gradio_api/queue/data", params={"session_hash": session}),
                client.post("/gradio_api/cancel", json={"session_hash": session, "event_id": "x"}),
            ]
            pids = {answer.json()["pid"] for answer in asked}
            assert len(pids) == 1
            homes[session] = pids.pop()
        assert len(set(homes.values())) == 2
        assert client.post("/gradio_api/queue/join", content=b"{").status_code == 200, "anybody may refuse it"


def test_counts_are_those_of_all_workers(start_front: StartFront) -> None:
    front = start_front(2)
    with httpx.Client(base_url=front.base) as client:
        before = asked(client)
        for _ in range(12):
            client.get("/who")
        assert asked(client) == before + 12
        told = client.get("/metrics").text.splitlines()
        assert {"policy_qa_workers 2.0", "policy_qa_worker_starts_total 2.0"} <= set(told)
        pid = client.get("/who").json()["pid"]
        seen = asked(client)
        front.kill(pid)
        front.await_workers(2, frozenset({pid}))
        assert asked(client) >= seen, "what was counted by a worker that has ended stays counted"


def asked(client: httpx.Client) -> float:
    lines = client.get("/metrics").text.splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith('asked_total{path="who"}'))


def raw(front: RunningFront, sent: bytes) -> bytes:
    """What the front answers until it hangs up, or is quiet for long."""
    parts = urlsplit(front.base)
    got = b""
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(sent)
        try:
            while received := connection.recv(65536):
                got += received
        except (TimeoutError, ConnectionError):
            return got
    return got
