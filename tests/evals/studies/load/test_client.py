"""Clients of the load test, over real HTTP."""

import asyncio
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

import pytest

from evals.studies.load.client import closed_loop, open_loop, repeated
from evals.studies.load.server import Server, usage_of

pytestmark = pytest.mark.alone


class Asked(BaseHTTPRequestHandler):
    """Answers as the question says: `503` refuses, `hang up` closes the connection."""

    protocol_version = "HTTP/1.1"
    seen: list[str] = []  # noqa: RUF012
    keys: list[str | None] = []  # noqa: RUF012
    pause = 0.0

    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["question"]
        Asked.seen.append(question)
        Asked.keys.append(self.headers["Authorization"])
        time.sleep(Asked.pause)
        if question == "hang up":
            self.close_connection = True
            return
        body = json.dumps({"answer": "答" * 50_000}).encode()  # more than one piece
        self.send_response(503 if question == "503" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    Asked.seen, Asked.keys, Asked.pause = [], [], 0.0
    listening = ThreadingHTTPServer(("127.0.0.1", 0), Asked)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield Server(listening.server_address[1], key="pqa_test")
    listening.shutdown()
    listening.server_close()
    thread.join()


def test_each_question_is_asked_once_whoever_asks_it(server: Server) -> None:
    asked = [f"问{number}" for number in range(30)]
    found = closed_loop(server, asked, 4)
    assert sorted(Asked.seen) == sorted(asked)
    assert set(Asked.keys) == {"Bearer pqa_test"}
    assert [reply.status for reply in found.replies] == [200] * 30
    assert found.throughput == pytest.approx(30 / found.seconds)
    assert 0 < found.quantile(0.5) <= found.quantile(1.0) <= found.seconds


def test_a_refusal_and_a_broken_connection_are_faults_and_the_next_question_is_asked(server: Server) -> None:
    found = closed_loop(server, ["问1", "503", "hang up", "问2"], 1)
    assert [reply.status for reply in found.replies] == [200, 503, 0, 200]
    assert found.faults == 2
    assert found.throughput == pytest.approx(2 / found.seconds)


def test_nobody_there_is_a_fault_and_no_error() -> None:
    assert closed_loop(Server(1), ["问"], 1).faults == 1


def test_repeating_ends_in_time(server: Server) -> None:
    found = repeated(server, ["问1", "问2"], 2, 0.3)
    assert 0.3 <= found.seconds < 60
    assert set(Asked.seen) == {"问1", "问2"}
    assert len(found.replies) > 4


def test_questions_come_at_their_rate_whether_answers_have_come_or_not(server: Server) -> None:
    Asked.pause = 2.0
    began = time.monotonic()
    replies = asyncio.run(open_loop(server, (f"问{n}" for n in count()), 40, 0.5, 64))
    assert len(replies) == 20
    assert time.monotonic() - began < 30  # one after the other it would be forty
    assert {reply.status for reply in replies} == {200}


def test_no_more_are_under_way_than_may_be(server: Server) -> None:
    Asked.pause = 0.2
    began = time.monotonic()
    replies = asyncio.run(open_loop(server, (f"问{n}" for n in range(6)), 1000, 10, 2))
    assert len(replies) == 6
    assert time.monotonic() - began >= 0.6


def test_what_this_process_uses_is_read() -> None:
    before = usage_of(os.getpid())
    assert before is not None
    with ExitStack() as opened:
        for _ in range(50):
            opened.enter_context(open(os.devnull, "rb"))  # noqa: PTH123
        until = time.process_time() + 0.1
        while time.process_time() < until:
            pass
        during = usage_of(os.getpid())
    assert during is not None
    assert during.cpu - before.cpu >= 0.05
    assert before.files + 40 <= during.files  # other threads may have closed a few
    assert during.memory > 10 * 2**20
    assert during.threads >= 1
    assert usage_of(2**22 + 1) is None
