"""What flows through the assistant: a turn in, an answer out.

Steps pass passages with offsets; markers, labels and addresses are made in `assistant.render`,
what pages show of them in `ui`.
Offsets are half-open `[start, end)` and count code points of the stored text.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from urllib.parse import quote as url_quote
from urllib.parse import urlencode

from index.schema import ClaimMatch, Hit, LayMatch, OpenMatch, Passage, Span, Validity

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
    about_document: bool = False
    """It asked about a document as a whole, and nothing that a later message could take up."""


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
class AskedPart:
    """One thing asked: `text` stands in the cleaned message at `start:end`."""

    text: str
    start: int
    end: int
    core: str
    """From its first asking clause to its last, without what stands around them."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a message asks, as far as it has been understood."""

    clean: str = ""
    """The message without invisible characters, simplified, for matching."""
    parts: tuple[AskedPart, ...] = ()
    """The things asked, where they stand in `clean`; empty where the message asks nothing."""
    told: tuple[str, ...] = ()
    """The clauses of `clean` that ask nothing, in order."""
    standalone: str = ""
    """The question as searched: what is asked, complete without the conversation."""
    standard: str = ""
    """`standalone` in standard words."""
    addition: str = ""
    """Of a follow-up what the message itself says, in standard words; empty where `standalone` is no more
    than the message."""
    prefer: frozenset[str] = frozenset()
    """Ids of the clauses that the conversation or an explicit reference points to."""
    vector: tuple[float, ...] = field(default=(), repr=False)
    """The query vector of `standalone`."""


class Stance(StrEnum):
    """How a passage stands to what is asked of it."""

    ANSWERS = "answers"
    """It says what is asked."""
    AFFIRMS = "affirms"
    """What is asked about, or stated, is so."""
    DENIES = "denies"
    """What is asked about, or stated, is not so: the passage says something else of the same thing."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage that carries an answer: what composition knows, however it was found."""

    passage: Passage
    span: Span
    """The words that decide, as offsets in the stored text; within the passage."""
    stance: Stance = Stance.ANSWERS
    score: float = 0.0
    """Orders pieces of evidence of one question; higher is better."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """The text excludes what a message states."""

    claimed: str
    """The stating words of the message."""
    evidence: Evidence
    """The words that exclude it; stance `DENIES`."""


@dataclass(frozen=True, slots=True)
class SubQuestion:
    """One of the things asked in a message, with what the search found for it."""

    text: str
    """What is asked, in standard words (`index.text.lexicon`)."""
    asked: str = ""
    """The same in the asker's own words."""
    vector: tuple[float, ...] = field(default=(), repr=False)
    """The query vector that was searched."""
    hits: tuple[Hit, ...] = ()
    open_matches: tuple[OpenMatch, ...] = ()
    lay_matches: tuple[LayMatch, ...] = ()
    claim_matches: tuple[ClaimMatch, ...] = ()
    aspects: tuple["SubQuestion", ...] = ()
    """Stretches of it that were searched to find all its evidence; none has aspects of its own."""
    joined: "SubQuestion | None" = None
    """The same read together with the part before it, which it may lean on."""
    complete: str = ""
    """Of a follow-up `text` with the question that it completes; empty elsewhere."""
    evidence: tuple[Evidence, ...] = ()
    """What carries the answer, the main piece first; empty where the documents do not answer."""
    confidence: float = 0.0
    answered: bool = False
    """The documents answer it."""


@dataclass(frozen=True, slots=True)
class FoundStatement:
    """A clause of the message that may state something about the rules, with what the search found for it."""

    text: str
    """The clause in the asker's words."""
    searched: str
    """The same in standard words."""
    chance: float
    """That it states something about the rules, 0 to 1."""
    message: str
    """The cleaned message that it is part of."""
    hits: tuple[Hit, ...] = ()
    claim_matches: tuple[ClaimMatch, ...] = ()


@dataclass(frozen=True, slots=True)
class Foreign:
    """The chances that a message is no question for the documents."""

    talk: float = 0.0
    """That it asks nothing about rules: small talk, misuse, nothing that can be understood."""
    matter: float = 0.0
    """That it is about other matters than the documents whose questions were prepared; it says nothing of
    documents that were added since."""

    def chance(self, prepared: bool) -> float:
        """The chance as far as a document is concerned whose questions were `prepared`, or were not."""
        return self.talk + self.matter if prepared else self.talk


@dataclass(frozen=True, slots=True)
class ComposedSentence:
    """A sentence of an answer and the passages that carry it."""

    text: str
    passages: tuple[Passage, ...] = ()
    support: float | None = None
    """How well the passages support it, where that was decided when it was written; None: by its
    quantities."""
    kind: SentenceKind = SentenceKind.LEAD


@dataclass(frozen=True, slots=True)
class Composition:
    """An answer before it is rendered: a lead, then what carries it; without sentences, a refusal."""

    sentences: tuple[ComposedSentence, ...] = ()
    short_answer: str | None = None
    correction: bool = False
    missing: tuple[str, ...] = ()
    confidence: float = 0.0
    about: str | None = None
    """What of the assistant itself is asked (`assistant.answering.about`); its text is made when it is
    rendered."""
    document_topics: tuple[DocumentTopic, ...] = ()
    """What of a document as a whole is asked."""
    written_by: tuple[str, str] | None = None
    """Model and prompt version, where a model's sentences are in it."""
    refusal: Refusal | None = None
    """Why it is no answer, where it is `not_covered`."""


OnSentence = Callable[[ComposedSentence], None]
"""Given each sentence that is certain to stand in the answer, in order, as soon as it is."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One message on its way through the steps; each step returns a changed copy."""

    request: Request
    question: Question = field(default_factory=Question)
    parts: tuple[SubQuestion, ...] = ()
    """The things asked, in the order of the message; empty until they are searched."""
    statements: tuple[FoundStatement, ...] = ()
    """What the message states, where it may state something about the rules."""
    foreign: Foreign = Foreign()
    """The chances that it is no question for the documents."""
    in_danger: bool = False
    """More likely than not somebody is in danger or distress."""
    otherwise: Status = Status.OUT_OF_SCOPE
    """What it is, if it is none."""
    answer: Composition | None = None
    status: Status | None = None
    """Set by the step that ends the turn."""
    notices: tuple[Notice, ...] = ()
    timings_ms: dict[str, float] = field(default_factory=dict)
