"""A peer over real HTTP: a small server that speaks the peer's language, over the real plan."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from assistant.eval_rows.row import Gold, Row
from assistant.schema import Status
from evals.cli.runs import ANSWERERS
from evals.metrics.answers import clause_hit, verbatim_rate
from evals.runs.answerers import NAMES, opened_answerer
from evals.runs.peers import PEERS, connected
from evals.runs.peers.peer import OfPeer, Reply, Unreachable
from tests.conftest import TODAY

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.service import Assistant

QUOTE = "全市公办园在园幼儿占比达到50％以上。"


class Server(BaseHTTPRequestHandler):
    """Holds what is uploaded and cites one fixed stretch; `asked` keeps every message."""

    held: dict[int, str]
    asked: list[tuple[str, str]]
    stretch: str

    def do_GET(self) -> None:
        if self.path.startswith("/api/knowledge/chunks/"):
            self._send({"data": {"content": self.stretch}})
        else:
            self._send({"data": [{"id": number} for number in self.held]})

    def do_DELETE(self) -> None:
        del self.held[int(self.path.rpartition("/")[2])]
        self._send({"data": {}})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/api/knowledge/upload":
            self.held[9] = body.decode()
            self._send({"data": {}})
            return
        message = json.loads(body)
        self.asked.append((message["session_id"], message["message"]))
        nothing = "天气" in message["message"]
        sources = [] if nothing else [{"chunk_id": 3, "snippet": self.stretch[:5]}]
        text = "抱歉,我暂时没有找到" if nothing else "要达到50％以上 [1]"
        events: list[dict[str, Any]] = [{"type": "token", "content": part} for part in (text[:4], text[4:])]
        events.append({"type": "done", "sources": sources})
        lines = "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"
        self._send(lines.encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        pass

    def _send(self, content: Any) -> None:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def server() -> Iterator[tuple[str, type[Server]]]:
    class Own(Server):
        held = {1: "垃圾分类"}  # noqa: RUF012 - this test's own
        asked = []  # noqa: RUF012
        stretch = QUOTE

    with ThreadingHTTPServer(("127.0.0.1", 0), Own) as http:
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}", Own
        http.shutdown()
        thread.join(5)


def row_of(*turns: str) -> Row:
    gold = (Gold("2.2.1", QUOTE),)
    return Row("r", "dev", "number", "parent", turns, "answered", gold, (("50％以上",),))


def test_a_peer_is_given_the_documents_and_its_sources_become_citations(
    server: tuple[str, type[Server]], assistant: "Assistant"
) -> None:
    address, held = server
    row = row_of("公办园多少？", "到哪一年？" * 200)
    with opened_answerer("baisitong", assistant, address) as ask:
        assert list(held.held) == [9]
        assert QUOTE in held.held[9]
        answer = ask(row)
        refused = ask(row_of("明天天气"))
    assert answer.status is Status.ANSWERED
    assert answer.answer == "要达到50％以上 [1]"
    assert clause_hit(row, answer, 1) == 1.0
    assert verbatim_rate(answer, assistant.library) == 1.0
    assert refused.status is Status.NOT_COVERED
    assert refused.citations == ()
    sessions = [session for session, _ in held.asked]
    assert sessions[0] == sessions[1] != sessions[2]
    assert max(len(message) for _, message in held.asked) == 500


def test_a_stretch_over_two_clauses_counts_for_both_the_larger_part_first(assistant: "Assistant") -> None:
    class Fixed:
        name = "fixed"

        def __init__(self, *sources: str) -> None:
            self._sources = sources

        def prepare(self, documents: object) -> None: ...

        def ask(self, turns: object) -> Reply:
            return Reply("答", self._sources, refused=False)

    (view,) = assistant.library.views()
    clause = next(c for c in view.clauses if c.address == "2.2.2")
    text = view.document.text
    across = text[clause.start - 12 : clause.start + 80]
    answer = OfPeer(Fixed(across, "文件里没有的话"), assistant.library, TODAY)(row_of("？"))
    assert "#2.2.2" in answer.citations[0].clause_id
    assert "#2.2.1" in answer.citations[1].clause_id
    assert {citation.quote for citation in answer.citations} == {across}


def test_nobody_at_the_address_is_said(assistant: "Assistant", tmp_path: "Path") -> None:
    with connected("baisitong", tmp_path, "http://127.0.0.1:9") as peer, pytest.raises(Unreachable):
        peer.ask(["？"])


def test_the_command_line_offers_every_answerer() -> None:
    assert set(ANSWERERS) == {*NAMES, *PEERS}
