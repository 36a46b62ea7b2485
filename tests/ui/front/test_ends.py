"""Workers, fronts and clients that go, in order or not."""

import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.assistant.api.problem import check_problem
from tests.ui.front.conftest import WAIT_SECONDS, RunningFront, StartFront


@contextmanager
def asked(front: RunningFront, method: str, path: str) -> "Iterator[Future[httpx.Response]]":
    """A request that a worker is at."""
    with ThreadPoolExecutor(1) as pool, httpx.Client(base_url=front.base, timeout=2 * WAIT_SECONDS) as client:
        answer = pool.submit(client.request, method, path)
        front.busy_worker()
        yield answer


def test_who_reads_is_answered_by_another_worker(start_front: StartFront) -> None:
    front = start_front()
    with asked(front, "GET", "/slow?seconds=60") as answer:
        killed = front.busy_worker()
        front.kill(killed)
        front.may_go_on()
        assert answer.result().status_code == 200
        assert answer.result().json()["pid"] != killed
    front.await_workers(2, frozenset({killed}))


def test_who_asks_gets_a_problem_and_is_not_asked_for_twice(start_front: StartFront) -> None:
    front = start_front()
    with asked(front, "POST", "/slow?seconds=60") as answer:
        front.kill(front.busy_worker())
        check_problem(answer.result(), 503, "interrupted")
        assert int(answer.result().headers["retry-after"]) > 0


def cut(front: RunningFront, path: str) -> bytes:
    """What comes of a stream whose worker is killed once three frames of it have come."""
    got, killing = b"", None
    with httpx.stream("POST", f"{front.base}{path}", timeout=WAIT_SECONDS) as answer:
        for piece in answer.iter_raw():
            got += piece
            if got.count(b"\n\n") == 3 and killing is None:
                time.sleep(0.3)  # the beginning of the fourth has reached the front
                killing = int(got.split()[-1])
                front.kill(killing)
    return got


def test_a_stream_that_is_cut_ends_with_an_error_event(start_front: StartFront) -> None:
    front = start_front()
    *whole, last, rest = cut(front, "/events").decode().split("\n\n")
    assert len(whole) == 3, "of the fourth frame nothing was passed on"
    assert all(frame.startswith("event: delta\ndata: ") for frame in whole)
    name, data = last.split("\n")
    problem = json.loads(data.removeprefix("data: "))
    assert (name, rest) == ("event: error", "")
    assert (problem["status"], problem["instance"]) == (503, "/events")
    assert problem["type"].endswith(":interrupted")
    assert problem["request_id"]


def test_an_answer_that_is_cut_ends_the_connection(start_front: StartFront) -> None:
    front = start_front(1)
    with httpx.stream("GET", f"{front.base}/parts?count=2&seconds=30", timeout=WAIT_SECONDS) as answer:
        pieces = answer.iter_raw()
        next(pieces)
        front.kill(front.workers().pop())
        with pytest.raises(httpx.RemoteProtocolError):
            list(pieces)


def test_pages_of_the_chat_stay_where_they_are_when_another_worker_ends(start_front: StartFront) -> None:
    front = start_front()
    sessions = [f"page{number}" for number in range(12)]
    with httpx.Client(base_url=front.base, timeout=WAIT_SECONDS) as client:

        def homes() -> dict[str, int]:
            return {
                session: client.get("/gradio_api/x", params={"session_hash": session}).json()["pid"]
                for session in sessions
            }

        before = homes()
        killed = before[sessions[0]]
        stay = {session for session, pid in before.items() if pid != killed}
        assert stay
        front.kill(killed)
        meanwhile = homes()
        assert all(meanwhile[session] == before[session] for session in stay)
        assert killed not in meanwhile.values()
        front.await_workers(2, frozenset({killed}))
        after = homes()
        assert after == meanwhile, "who was taken in by another worker stays there"


def test_a_worker_that_does_not_answer_is_passed_over(start_front: StartFront) -> None:
    front = start_front()
    stopped = httpx.get(f"{front.base}/who").json()["pid"]
    os.kill(stopped, signal.SIGSTOP)
    try:
        # while it is there: in the end it is killed for its silence
        awaited(lambda: _answering(front) | {stopped} == front.workers())
    finally:
        with suppress(ProcessLookupError):  # it was killed for its silence
            os.kill(stopped, signal.SIGCONT)


def test_a_client_that_leaves_is_known_to_the_worker(start_front: StartFront) -> None:
    front = start_front(1)
    parts = urlsplit(front.base)
    with socket.create_connection((parts.hostname, parts.port)) as connection:
        connection.sendall(b"POST /events HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")
    awaited(lambda: httpx.get(f"{front.base}/left").json() == ["events"])


def test_before_a_worker_is_ready_all_else_is_put_off(start_front: StartFront) -> None:
    front = start_front(1, ready=False, PLAIN_WAITS="1")
    check_problem(httpx.post(f"{front.base}/who"), 503, "not-ready")
    check_problem(httpx.get(f"{front.base}/metrics"), 503, "not-ready")
    assert httpx.get(f"{front.base}/healthz").json() == {"status": "ok"}
    assert httpx.get(f"{front.base}/healthz").headers["x-content-type-options"] == "nosniff"
    front.may_go_on()
    assert front.await_workers(1) == front.workers()


def test_workers_that_never_start_end_the_front(start_front: StartFront) -> None:
    front = start_front(1, ready=False, PLAIN_FAILS="1")
    assert front.process.wait(WAIT_SECONDS) == 1


def test_told_to_end_it_finishes_what_it_is_at(start_front: StartFront) -> None:
    front = start_front()
    workers = front.workers()
    with asked(front, "POST", "/slow?seconds=2") as answer:
        assert front.stop() == -signal.SIGTERM
        assert answer.result().status_code == 200
    assert not alive(workers)
    assert not list(front.folder.iterdir()), "no socket is left"


def test_a_front_that_is_killed_takes_its_workers_with_it(start_front: StartFront) -> None:
    front = start_front()
    workers = front.workers()
    assert len(workers) == 2
    front.process.kill()
    front.process.wait()
    awaited(lambda: not alive(workers))


def test_the_folder_of_sockets_is_closed_to_others(start_front: StartFront) -> None:
    front = start_front(1)
    assert front.folder.stat().st_mode & 0o777 == 0o700
    assert list(front.folder.iterdir())


def _answering(front: RunningFront) -> set[int]:
    """The workers that answer eight questions; none where one of the eight is kept waiting or put off."""
    with httpx.Client(base_url=front.base, timeout=5) as client:
        try:
            answers = [client.get("/who") for _ in range(8)]
        except httpx.TransportError:
            return set()
    if any(each.status_code != 200 for each in answers):
        return set()
    return {each.json()["pid"] for each in answers}


def alive(processes: set[int]) -> set[int]:
    """Those that have not ended; of one that has, and whom nobody has asked about, the command is empty."""
    commands = {pid: Path(f"/proc/{pid}/cmdline") for pid in processes}
    return {pid for pid, command in commands.items() if command.exists() and command.read_bytes()}


def awaited(true: Callable[[], bool]) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)
