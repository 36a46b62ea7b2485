"""What a search goes by and what it finds: questions and claims about passages, hits with their signals."""

from dataclasses import dataclass

from index.schema.document import Passage


@dataclass(frozen=True, slots=True)
class LayQuestion:
    """A question in ordinary people's words that a passage answers (document expansion)."""

    passage_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A question that takes something for granted which a passage bears out or contradicts."""

    passage_id: str
    text: str
    holds: bool
    """Whether the passage bears it out."""
    value: str = ""
    """Of a contradicted claim: the words of the passage that decide."""


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question about a clause's subject whose asked fact the document does not state."""

    document_id: str
    address: str
    text: str
    missing: str
    """Short noun phrase that names what the document does not say."""


@dataclass(frozen=True, slots=True)
class Signals:
    """Raw evidence for one passage, one number a source; comparable between questions.

    `dense_*` are cosines; a passage none of whose questions is among the nearest gets the lowest cosine of
    these, an upper bound. `bm25*` are shares of the best possible score.
    """

    dense_passage: float = 0.0
    dense_question: float = 0.0
    bm25: float = 0.0
    bm25_question: float = 0.0
    bm25_heading: float = 0.0
    structure: float = 0.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query, its signals, and the fused score (orders only)."""

    passage: Passage
    signals: Signals
    score: float
    question: str | None = None
    """The lay question nearest to the query, where one was found."""
    share: float = 0.0
    """The fused score as the search gave it, as a share of the highest that there can be
    (`index.search.fusion.shares_of_best`): what those outside are told."""


@dataclass(frozen=True, slots=True)
class OpenMatch:
    """An open question near to the query: a sign that the document does not say what is asked."""

    question: OpenQuestion
    similarity: float


@dataclass(frozen=True, slots=True)
class LayMatch:
    """A lay question near to the query."""

    question: LayQuestion
    similarity: float


@dataclass(frozen=True, slots=True)
class ClaimMatch:
    """A claim near to the query."""

    claim: Claim
    similarity: float


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Everything that one search found."""

    hits: tuple[Hit, ...]
    open_matches: tuple[OpenMatch, ...] = ()
    lay_matches: tuple[LayMatch, ...] = ()
    """The nearest lay questions, nearest first."""
    claim_matches: tuple[ClaimMatch, ...] = ()
    """The nearest claims, nearest first."""
