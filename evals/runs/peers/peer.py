"""What a peer must do to be compared, and how its replies become answers that the metrics can judge.

A peer cites stretches of its own cutting. Each is looked up in the stored text and counts for every clause
that it overlaps, the one with most of it first, so a long stretch is a hit for any of its clauses.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from assistant.eval_rows.row import Row
from assistant.render import citation_for
from assistant.schema import Answer, Answerer, Citation, Status
from assistant.storage.conversations import new_id
from index.library.library import DocumentView, Library
from index.schema import Document, Passage, Span
from index.structure.passages import make_passages
from index.text.folding import Folded, fold


class Unreachable(Exception):
    """Nobody answers at the address; the next row would fare the same."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a peer said: its text, the stretches that it cites as it shows them, and whether it says that it
    found nothing."""

    text: str
    sources: tuple[str, ...]
    refused: bool


class Peer(Protocol):
    """An assistant reached over HTTP; its calls raise Unreachable where nobody answers."""

    name: str

    def prepare(self, documents: Sequence[Document]) -> None:
        """Let it hold these documents and no others."""
        ...

    def ask(self, turns: Sequence[str]) -> Reply:
        """Its reply to the last of `turns`, asked one after the other in a conversation of their own."""
        ...


@dataclass(frozen=True, slots=True)
class _Text:
    view: DocumentView
    folded: Folded
    passages: tuple[Passage, ...]


class OfPeer:
    """A peer as an answerer (`evals.runs.answerers.Answers`)."""

    def __init__(self, peer: Peer, library: Library, today: date) -> None:
        self._peer = peer
        self._library = library
        self._today = today
        self._texts = tuple(
            _Text(view, fold(view.document.text), make_passages(view.document)) for view in library.views()
        )

    def __call__(self, row: Row) -> Answer:
        """Ask one row."""
        reply = self._peer.ask(row.turns)
        status = Status.NOT_COVERED if reply.refused else Status.ANSWERED
        cited = () if reply.refused else tuple(self._citations(reply.sources, row.as_of or self._today))
        return Answer(
            new_id("ans"), "", status, reply.text, row.turns[-1], Answerer.EXTRACTIVE, 0.0,
            citations=cited, model=self._peer.name,
        )  # fmt: skip

    def _citations(self, sources: Sequence[str], day: date) -> Iterator[Citation]:
        marker = 0
        for source in sources:
            for passage, (start, end) in self._places(source):
                marker += 1
                ours = citation_for(passage, self._library, day, marker, 0.0)
                yield replace(ours, quote=source, start=start, end=end)

    def _places(self, source: str) -> list[tuple[Passage, Span]]:
        """Of each clause that the stretch overlaps the passage with most of it, best first, and where the
        stretch stands; nothing where it stands nowhere."""
        for text in self._texts:
            if span := text.folded.find(source):
                best: dict[str, tuple[int, Passage]] = {}
                for passage in text.passages:
                    shared = min(span[1], passage.end) - max(span[0], passage.start)
                    if shared > best.get(passage.clause_id, (0, passage))[0]:
                        best[passage.clause_id] = (shared, passage)
                ordered = sorted(best.values(), key=lambda each: (-each[0], each[1].start))
                return [(passage, span) for _, passage in ordered]
        return []
