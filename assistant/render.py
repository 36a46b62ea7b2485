"""The one place where evidence becomes text: markers, citations, notices, addresses of pages."""

import re
from collections.abc import Callable, Sequence
from datetime import date

from assistant.answering.about import about_lines
from assistant.answering.select import FRONT
from assistant.fitted import thresholds
from assistant.question.quantities import quantities
from assistant.question.relative_time import relative_years
from assistant.schema import (
    Answer,
    Answerer,
    Citation,
    ComposedSentence,
    Composition,
    DocumentTopic,
    Notice,
    NoticeKind,
    Sentence,
    SentenceKind,
    Status,
    Turn,
    page_url,
)
from assistant.settings import Settings
from index.library.library import Library
from index.schema import Document, Passage, PassageKind, Validity
from index.structure.table_rows import row_pairs
from index.text.folding import fold_text, squeeze, squeeze_cells
from prompts import reply

_RELATED = 3


def render(turn: Turn, library: Library, settings: Settings, answer_id: str, conversation_id: str) -> Answer:
    """The answer of an ended turn."""
    status = turn.status or Status.NOT_COVERED
    composed = turn.answer or Composition()
    parts = turn.parts
    sentences: tuple[Sentence, ...] = ()
    cited: tuple[Citation, ...] = ()
    related = _related(turn, library) if status is Status.NOT_COVERED and not composed.sentences else ()
    if composed.about:
        lines = about_lines(composed.about, library, turn.request.as_of, settings.operator, settings.contact)
        sentences = tuple(Sentence(line, kind=SentenceKind.NOTICE) for line in lines)
    elif status is Status.NOT_COVERED and not composed.sentences:
        sentences = tuple(
            Sentence(text, kind=SentenceKind.NOTICE) for text in _refusal(composed, related, settings)
        )
    else:
        numbered = CitationNumbering()
        sentences = tuple(numbered.sentence(sentence) for sentence in composed.sentences)
        if status is Status.NOT_COVERED and composed.document_topics:
            advice = reply("not_covered_advice", contact=settings.contact)
            sentences = (*sentences, Sentence(advice, kind=SentenceKind.NOTICE))
        shares: dict[str, float] = {}
        for hit in (hit for part in parts for hit in part.hits):
            shares[hit.passage.id] = max(hit.share, shares.get(hit.passage.id, 0.0))
        cited = tuple(
            citation_for(passage, library, turn.request.as_of, marker, shares.get(passage.id, 0.0))
            for marker, passage in enumerate(numbered.passages, start=1)
        )
    of_validity = DocumentTopic.VALIDITY in composed.document_topics  # then the answer says it
    return Answer(
        id=answer_id,
        conversation_id=conversation_id,
        status=status,
        answer="\n".join(map(marked, sentences)),
        short_answer=composed.short_answer,
        correction=composed.correction,
        missing=composed.missing,
        confidence=round(composed.confidence, 4),
        citations=cited,
        related=related,
        notices=(
            *turn.notices,
            *_relative_time_notices(turn, cited or related, library),
            *(() if of_validity else _validity_notices(cited or related, library)),
        ),
        standalone_question=turn.question.standalone,
        sentences=tuple(sentences),
        answerer=Answerer.LLM if composed.written_by else Answerer.EXTRACTIVE,
        model=composed.written_by[0] if composed.written_by else None,
        prompt_version=composed.written_by[1] if composed.written_by else None,
        timings_ms=turn.timings_ms,
        document_topics=composed.document_topics,
        refusal=composed.refusal if status is Status.NOT_COVERED else None,
    )


class CitationNumbering:
    """Gives passages their markers, in the order of first use: sentence by sentence while an answer is
    written, and again for the whole, with the same result."""

    def __init__(self) -> None:
        self._markers: dict[str, int] = {}
        self.passages: list[Passage] = []

    def sentence(self, stated: ComposedSentence) -> Sentence:
        """`stated` with its markers and support."""
        for passage in stated.passages:
            if passage.id not in self._markers:
                self.passages.append(passage)
                self._markers[passage.id] = len(self.passages)
        support = _support(stated.text, stated.passages) if stated.support is None else stated.support
        markers = tuple(self._markers[passage.id] for passage in stated.passages)
        return Sentence(stated.text, markers, support, stated.kind)


class TextStream:
    """Gives an answer's text away while it is written; what is joined by `\\n` is the final text."""

    def __init__(self, on_text: Callable[[str], None]) -> None:
        self._on_text = on_text
        self._numbering = CitationNumbering()
        self._told = ""

    def say(self, stated: ComposedSentence) -> None:
        """One sentence that is certain to stand in the answer next."""
        piece = marked(self._numbering.sentence(stated))
        self._tell(f"\n{piece}" if self._told else piece)

    def rest(self, answer: Answer) -> None:
        """What of the final text has not been told. Raises AssertionError where it does not go on as told,
        which no listener could take back."""
        if not answer.answer.startswith(self._told):
            raise AssertionError("the answer does not begin with what was told of it")
        if rest := answer.answer[len(self._told) :]:
            self._tell(rest)

    def _tell(self, text: str) -> None:
        self._told += text
        self._on_text(text)


def marked(sentence: Sentence) -> str:
    """A sentence as it stands in the answer: its text, then its markers."""
    return sentence.text + "".join(f"[{marker}]" for marker in sentence.citations)


def on_one_line(citation: Citation) -> str:
    """The quotation for a line of plain text, without the white space that a page break left in it; of a
    table's row its cells stay apart."""
    return squeeze_cells(citation.quote) if citation.row else squeeze(citation.quote)


def citation_for(passage: Passage, library: Library, as_of: date, marker: int, share: float) -> Citation:
    """The citation of one passage, scored by its `share` (`index.schema.Hit`). Raises KeyError where the
    library lacks its document."""
    view = library.get(passage.document_id, passage.document_version)
    if view is None:
        raise KeyError(passage.document_id)
    clause = view.clause(passage.address)
    return Citation(
        marker=marker,
        document_id=passage.document_id,
        document_title=view.document.title,
        document_version=passage.document_version,
        validity=library.validity(view.document, as_of),
        clause_id=passage.clause_id,
        clause_label=passage.label,
        clause_path=passage.path,
        quote=passage.text,
        start=passage.start,
        end=passage.end,
        url=page_url(
            passage.document_id, passage.document_version, passage.address, passage.start, passage.end
        ),
        score=round(share, 6),
        page=passage.page,
        row=row_pairs(view.document, clause) if clause else (),
    )


def _refusal(composed: Composition, related: Sequence[Citation], settings: Settings) -> list[str]:
    missing = "、".join(composed.missing)
    said = reply("not_covered", missing=missing) if missing else reply("not_covered_plain")
    if not related:
        return [said, reply("not_covered_elsewhere")]
    advice = reply("not_covered_advice", contact=settings.contact)
    return [said, advice, reply("not_covered_related")]


def _related(turn: Turn, library: Library) -> tuple[Citation, ...]:
    """The clauses nearest to what was asked, as far as they are about the same matter."""
    floor = thresholds()["related"]
    near = {
        hit.passage.id: hit
        for part in turn.parts
        for hit in part.hits[:_RELATED]
        if hit.passage.kind is not PassageKind.HEADING
        and hit.passage.address not in FRONT
        and hit.signals.dense_question >= floor
    }
    return tuple(
        citation_for(hit.passage, library, turn.request.as_of, number, hit.share)
        for number, hit in enumerate(list(near.values())[:_RELATED], start=1)
    )


def _relative_time_notices(
    turn: Turn, citations: tuple[Citation, ...], library: Library
) -> tuple[Notice, ...]:
    """One notice where the question counts from today and the first citation's document has a period that
    does not hold the year meant; nothing is refused for it."""
    view = library.get(citations[0].document_id, citations[0].document_version) if citations else None
    if view is None or view.document.period_start is None or view.document.period_end is None:
        return ()
    start, end = view.document.period_start, view.document.period_end
    for word, year in relative_years(turn.question.clean, turn.request.as_of):
        if not start <= year <= end:
            text = reply("relative_time", word=word, year=str(year), start=str(start), end=str(end))
            return (Notice(NoticeKind.RELATIVE_TIME, text),)
    return ()


def _validity_notices(citations: tuple[Citation, ...], library: Library) -> tuple[Notice, ...]:
    """One notice a document and kind: that a text which is cited does not bind, or not yet, or no more."""
    notices: dict[tuple[str, str], Notice] = {}
    for citation in citations:
        view = library.get(citation.document_id, citation.document_version)
        if view is not None and (text := _validity_text(citation.validity, view.document, library)):
            notice = Notice(NoticeKind(citation.validity), text)
            notices.setdefault((citation.document_id, citation.validity), notice)
    return tuple(notices.values())


def _validity_text(validity: Validity, document: Document, library: Library) -> str | None:
    match validity:
        case Validity.EXPIRED:
            return reply("expired", start=str(document.period_start), end=str(document.period_end))
        case Validity.REPEALED:
            return reply("repealed", title=document.title, day=str(library.repealed(document)))
        case Validity.SUPERSEDED | Validity.NOT_YET:
            return reply(validity, title=document.title, version=document.version)
        case Validity.IN_FORCE | Validity.UNKNOWN:
            return None


def _support(text: str, passages: tuple[Passage, ...]) -> float:
    """Share of the sentence's quantities that its passages hold; 1 where it states none."""
    if not passages:
        return 0.0
    stated = [q for p in passages for q in quantities(p.text)]
    text = re.sub(r"不是“[^”]*”|没有说“[^”]*”", "", text)
    own = quantities(text)
    if not own:
        return 1.0
    held = sum(
        any(q.agrees(other) for other in stated) or fold_text(text[q.start : q.end]) in _joined(passages)
        for q in own
    )
    return round(held / len(own), 4)


def _joined(passages: tuple[Passage, ...]) -> str:
    return "".join(fold_text(passage.text) for passage in passages)
