"""baisitong, a community policy assistant with RAG, as published on the package index.

Without a key it answers with its built-in extractive engine over TF-IDF, which is what is compared here.
Documents go in by upload, questions by POST /api/chat, whose events carry the answer piece by piece.
"""

import json
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from evals.runs.peers.peer import Reply, Unreachable

if TYPE_CHECKING:
    import httpx

    from index.schema import Document

PACKAGE = "baisitong==1.0.6"
LONGEST_QUESTION = 500
"""Code points of a message; of a longer one the end is asked, where people put their question."""
_NOTHING = "没有找到"
_SECONDS = 30.0


class Baisitong:
    """One running server."""

    name = PACKAGE.replace("==", " ")

    def __init__(self, base_url: str) -> None:
        import httpx

        self._http = httpx.Client(base_url=base_url, timeout=_SECONDS, trust_env=False)
        self._chunks: dict[int, str] = {}

    def prepare(self, documents: "Sequence[Document]") -> None:
        """Replace what it holds, its own sample documents too."""
        self._chunks.clear()
        for held in self._call("GET", "/api/knowledge/documents").json()["data"]:
            self._call("DELETE", f"/api/knowledge/documents/{held['id']}")
        for document in documents:
            self._call(
                "POST",
                "/api/knowledge/upload",
                data={"title": document.title, "category": "other"},
                files={"file": (f"{document.id}.txt", document.text.encode(), "text/plain")},
            )

    def ask(self, turns: Sequence[str]) -> Reply:
        """See `evals.runs.peers.peer.Peer`."""
        session = uuid.uuid4().hex
        for turn in turns:
            reply = self._ask(session, turn[-LONGEST_QUESTION:])
        return reply

    def _ask(self, session: str, message: str) -> Reply:
        response = self._call("POST", "/api/chat", json={"session_id": session, "message": message})
        events = [
            json.loads(line.removeprefix("data: "))
            for line in response.text.split("\n")
            if line.startswith("data: {")
        ]
        text = "".join(event["content"] for event in events if event["type"] == "token")
        cited = [source for event in events if event["type"] == "done" for source in event["sources"]]
        sources = tuple(self._chunk(int(source["chunk_id"])) for source in cited)
        return Reply(text, sources, refused=not sources and _NOTHING in text)

    def _chunk(self, chunk_id: int) -> str:
        """The whole stretch behind a citation, which the reply cuts to 120 characters."""
        if chunk_id not in self._chunks:
            data = self._call("GET", f"/api/knowledge/chunks/{chunk_id}").json()["data"]
            self._chunks[chunk_id] = str(data["content"])
        return self._chunks[chunk_id]

    def _call(self, method: str, path: str, **content: Any) -> "httpx.Response":
        import httpx

        try:
            return self._http.request(method, path, **content).raise_for_status()
        except httpx.TransportError as error:
            raise Unreachable(f"{self._http.base_url}: {type(error).__name__}") from error
