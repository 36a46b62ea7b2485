"""An answer as people get it: its sentences, the citations behind them, what else must be known, or why there
is none.

Offsets are half-open `[start, end)` and count code points of the stored text.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import quote as url_quote
from urllib.parse import urlencode

from index.schema import Validity


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


class NoticeKind(StrEnum):
    """What a notice is about; `assistant.api.models` describes each to clients."""

    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    REPEALED = "repealed"
    NOT_YET = "not_yet"
    RELATIVE_TIME = "relative_time"
    SAFETY = "safety"
    NOT_STORED = "not_stored"
    MODEL_FAULT = "model_fault"
    MODEL_SILENT = "model_silent"
    MODEL_EMPTY = "model_empty"
    UNVERIFIED_MODEL = "unverified_model"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the reader must know beside the answer."""

    kind: NoticeKind
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
    row: tuple[tuple[str, str], ...] = ()
    """Of a table's row its cells, each with the name of its column (`index.structure.table_rows.row_pairs`);
    empty for what is no row."""


def page_url(document_id: str, version: str, address: str, start: int, end: int) -> str:
    """Where people see the quotation in its document."""
    query = urlencode({"version": version, "clause": address, "start": start, "end": end})
    return f"/documents/{url_quote(document_id)}?{query}"


class SentenceKind(StrEnum):
    """How a sentence of an answer was made."""

    LEAD = "lead"
    """Composed: it answers, with words of the text in it."""
    QUOTE = "quote"
    """A whole quotation."""
    PARAPHRASE = "paraphrase"
    """A language model's, checked against its quotation."""
    NOTICE = "notice"
    """A fixed reply, or what is said of the assistant and its documents; nothing of a document stands in
    it as evidence."""


class DocumentTopic(StrEnum):
    """What may be asked of a document as a whole."""

    VALIDITY = "validity"
    """Whether it still binds, and what period it covers."""
    ISSUER = "issuer"
    DATES = "dates"
    """When it was made public, and from when on it applies."""
    NUMBER = "number"
    """Its 文号."""
    PLACE = "place"
    """Where it holds."""
    ORIGINAL = "original"
    """Where all of it can be read."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer, the markers behind it, how well they support it (0 to 1), and how it was
    made."""

    text: str
    citations: tuple[int, ...] = ()
    support: float = 1.0
    kind: SentenceKind = SentenceKind.LEAD


class RefusalReason(StrEnum):
    """Why a turn ended with `not_covered`."""

    NO_EVIDENCE = "no_evidence"
    """Nothing that was found is likely enough to answer."""
    NOT_STATED = "not_stated"
    """Something of a document as a whole is asked that neither its text nor its description says."""
    OTHER_PLACE = "other_place"
    """Another place's rules are asked about."""
    NO_SUCH_CLAUSE = "no_such_clause"
    """A clause is named that its document does not have."""
    NOT_VERBATIM = "not_verbatim"
    """What would have been quoted does not stand in the stored text."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing is answered, for those who look after the assistant."""

    reason: RefusalReason
    chance: float | None = None
    """Of `NO_EVIDENCE`: the highest chance, over the things asked, that what was found answers; None where
    nothing was found."""
    floor: float | None = None
    """The chance from which on it would have been answered."""


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
    document_topics: tuple[DocumentTopic, ...] = ()
    """What was asked of a document as a whole, where that was asked: what is answered then comes from what is
    known of the document, and no search has weighed it."""
    refusal: Refusal | None = None
    """Of `not_covered`. Kept with the answer and not shown to who asked; answers of earlier versions lack
    it."""
