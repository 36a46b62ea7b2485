"""What flows through the assistant: a turn in, an answer out.

Steps pass passages with offsets; markers, labels and addresses are made in `assistant.render`,
Markdown in the chat.
Offsets are half-open `[start, end)` and count code points of the stored text.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from urllib.parse import quote as url_quote
from urllib.parse import urlencode

from index.schema import ClaimMatch, Hit, LayMatch, OpenMatch, Passage, Validity

MAX_QUESTION = 1000
"""Code points of a question after trimming."""


class Status(StrEnum):
    """How a turn can end; a closed set. Faults are exceptions, never a status."""

    ANSWERED = "answered"
    NOT_COVERED = "not_covered"
    OUT_OF_SCOPE = "out_of_scope"
    SMALLTALK = "smalltalk"
    CLARIFY = "clarify"
    BLOCKED = "blocked"


class Answerer(StrEnum):
    """What writes the answer."""

    EXTRACTIVE = "extractive"
    LLM = "llm"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the reader must know beside the answer."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quotation: `quote` equals the stored text at `start:end`."""

    marker: int
    document_id: str
    document_title: str
    document_version: str
    validity: Validity
    clause_id: str
    clause_label: str
    clause_path: tuple[str, ...]
    quote: str
    start: int
    end: int
    url: str
    score: float
    page: int | None = None


def page_url(document_id: str, version: str, address: str, start: int, end: int) -> str:
    """Where people see the quotation in its document."""
    query = urlencode({"version": version, "clause": address, "start": start, "end": end})
    return f"/documents/{url_quote(document_id)}?{query}"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer, the markers behind it, and how well they support it (0 to 1)."""

    text: str
    citations: tuple[int, ...] = ()
    support: float = 1.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person gets: the body of `POST /v1/ask` (`assistant.api.models` describes each field)."""

    id: str
    conversation_id: str
    status: Status
    answer: str
    standalone_question: str
    answerer: Answerer
    confidence: float
    short_answer: str | None = None
    correction: bool = False
    missing: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()
    related: tuple[Citation, ...] = ()
    notices: tuple[Notice, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    model: str | None = None
    prompt_version: str | None = None
    timings_ms: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier question of the conversation, as it was understood, and what was cited."""

    question: str
    standalone: str
    status: Status
    answer: str = ""
    clauses: tuple[str, ...] = ()
    """Id of the clause of each citation, in marker order."""
    quotes: tuple[str, ...] = ()
    """The quotation of each citation, in marker order."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for, as it came: the message, the day, what may be searched, who writes."""

    message: str
    as_of: date
    history: tuple[Exchange, ...] = ()
    documents: tuple[str, ...] | None = None
    """Ids to stay within; None: all."""
    editions: tuple[str, ...] | None = None
    """`id@version` of what may be searched: of each document the version for `as_of`; None: all."""
    answerer: Answerer = Answerer.EXTRACTIVE


@dataclass(frozen=True, slots=True)
class Question:
    """What a message asks, as far as it has been understood."""

    clean: str = ""
    """The message without invisible characters, simplified, for matching."""
    standalone: str = ""
    """The question as searched: complete without the conversation."""
    standard: str = ""
    """`standalone` in standard words."""
    addition: str = ""
    """Of a follow-up what the message itself says, in standard words; empty where `standalone` is no more
    than the message."""
    prefer: frozenset[str] = frozenset()
    """Ids of the clauses that the conversation or an explicit reference points to."""
    vector: tuple[float, ...] = field(default=(), repr=False)
    """The query vector of `standalone`."""


@dataclass(frozen=True, slots=True)
class SubQuestion:
    """One of the things asked in a message, with what the search found for it."""

    text: str
    """What is asked, in standard words (`index.text.lexicon`)."""
    vector: tuple[float, ...] = field(default=(), repr=False)
    """The query vector that was searched."""
    hits: tuple[Hit, ...] = ()
    open_matches: tuple[OpenMatch, ...] = ()
    lay_matches: tuple[LayMatch, ...] = ()
    claim_matches: tuple[ClaimMatch, ...] = ()
    evidence: tuple[Passage, ...] = ()
    """Chosen passages, main one first; empty where the documents do not answer."""
    confidence: float = 0.0
    answered: bool = False
    """The documents answer it."""
    missing: str | None = None
    aspect: bool = False
    """Only a stretch of a question, searched to find all its evidence; never missing by itself."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found for a message as a whole, and for each of the things that it asks."""

    whole: SubQuestion
    others: tuple[SubQuestion, ...] = ()

    @property
    def parts(self) -> tuple[SubQuestion, ...]:
        """The whole message first, then the others."""
        return self.whole, *self.others


@dataclass(frozen=True, slots=True)
class ComposedSentence:
    """A sentence of an answer and the passages that carry it."""

    text: str
    passages: tuple[Passage, ...] = ()
    support: float | None = None
    """How well the passages support it, where that was decided when it was written; None: by its
    quantities."""


@dataclass(frozen=True, slots=True)
class Composition:
    """An answer before it is rendered: a lead, then what carries it; without sentences, a refusal."""

    sentences: tuple[ComposedSentence, ...] = ()
    short_answer: str | None = None
    correction: bool = False
    missing: tuple[str, ...] = ()
    confidence: float = 0.0
    written_by: tuple[str, str] | None = None
    """Model and prompt version, where a model's sentences are in it."""


OnSentence = Callable[[ComposedSentence], None]
"""Given each sentence that is certain to stand in the answer, in order, as soon as it is."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One message on its way through the steps; each step returns a changed copy."""

    request: Request
    question: Question = field(default_factory=Question)
    evidence: Evidence | None = None
    answer: Composition | None = None
    status: Status | None = None
    """Set by the step that ends the turn."""
    notices: tuple[Notice, ...] = ()
    timings_ms: dict[str, float] = field(default_factory=dict)
