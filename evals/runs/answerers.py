"""What can be asked: the assistant, its search alone, and plain BM25 or dense search for comparison."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from assistant.eval_rows.row import Row
from assistant.question.message import focused, understood
from assistant.render import citation_for
from assistant.schema import Answer, Answerer, Status
from assistant.service import Assistant
from assistant.storage.conversations import new_id
from evals.runs.peers import PEERS, connected
from evals.runs.peers.peer import OfPeer
from index.search.fusion import load_weights
from index.search.searcher import Query
from index.text.lexicon import standardise

_CITED = 3
"""Passages that a baseline cites."""
_RANKED = 30
"""Passages ranked; their clauses are at least ten wherever the document has so many."""

_ALONE: Mapping[str, frozenset[str]] = {
    "bm25": frozenset({"bm25"}),
    "dense": frozenset({"dense_passage"}),
}


Answers = Callable[[Row], Answer]
"""Anything that answers a row's last turn, its earlier ones asked before. What it raises is the outcome of
that one row."""


class OfAssistant:
    """The assistant as people get it."""

    def __init__(self, assistant: Assistant, answerer: Answerer = Answerer.EXTRACTIVE) -> None:
        self._assistant = assistant
        self._answerer = answerer

    def __call__(self, row: Row) -> Answer:
        """A conversation of its own for each row, deleted afterwards."""
        conversation: str | None = None
        for turn in row.turns:
            answer = self._assistant.ask(
                turn, conversation_id=conversation, answerer=self._answerer, as_of=row.as_of
            )
            conversation = answer.conversation_id
        self._assistant.store.conversations.delete(answer.conversation_id)
        return answer


class OfSearch:
    """Ranked passages as citations: what the search alone finds for the last turn. It refuses nothing."""

    def __init__(self, assistant: Assistant, count: int = _RANKED) -> None:
        self._assistant = assistant
        self._count = count
        self._vocabulary = assistant.searcher.vocabulary

    def __call__(self, row: Row) -> Answer:
        """The quotations of the `count` best passages are the answer's text."""
        library, searcher = self._assistant.library, self._assistant.searcher
        day = row.as_of or self._assistant.clock()
        query = Query(
            standardise(focused(understood(row.turns[-1]), self._vocabulary)),
            editions=library.editions(None, day),
        )
        hits = searcher.search(query, top_k=self._count).hits[: self._count]
        cited = tuple(
            citation_for(hit.passage, library, day, marker, hit.share) for marker, hit in enumerate(hits, 1)
        )
        return Answer(
            new_id("ans"), "", Status.ANSWERED, "\n".join(f"{c.quote}[{c.marker}]" for c in cited),
            row.turns[-1], Answerer.EXTRACTIVE, 0.0, citations=cited,
        )  # fmt: skip


@contextmanager
def opened_answerer(name: str, assistant: Assistant, server: str | None = None) -> Iterator[Answers]:
    """The answerer of that name, one of `NAMES` or a peer; a peer's own server runs meanwhile unless
    `server` gives the address of one. Raises ValueError for an unknown name, and as `peers.connected`."""
    if name not in PEERS:
        yield make_answerer(name, assistant)
        return
    with connected(name, assistant.settings.state_dir / "peers" / name, server) as peer:
        peer.prepare([view.document for view in assistant.library.views()])
        yield OfPeer(peer, assistant.library, assistant.clock())


def make_answerer(name: str, assistant: Assistant) -> Answers:
    """The answerer of that name, one of `NAMES`. Raises ValueError for an unknown one."""
    if name in _ALONE:
        weights = load_weights()
        only = {signal: 1.0 if signal in _ALONE[name] else 0.0 for signal in weights}
        assistant.searcher.weigh(only)
        return OfSearch(assistant, _CITED)
    return OfSearch(assistant) if name == "search" else OfAssistant(assistant, Answerer(name))


NAMES = ("extractive", "llm", "search", *_ALONE)
