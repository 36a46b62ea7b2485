"""A message on its way through the steps: what came, what it asks, what was found for it, what is answered.

Steps pass passages with offsets, half-open and in code points of the stored text; markers, labels and
addresses are made in `assistant.render`, what pages show of them in `ui`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from assistant.schema.answer import Answerer, DocumentTopic, Notice, Refusal, SentenceKind, Status
from index.schema import ClaimMatch, Hit, LayMatch, OpenMatch, Passage, Span

MAX_QUESTION = 1000
"""Code points of a question after trimming."""


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
