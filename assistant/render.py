"""The one place where evidence becomes text: markers, citations, notices, addresses of pages."""

import re
from datetime import date
from urllib.parse import quote as url_quote
from urllib.parse import urlencode

from assistant.quantities import quantities
from assistant.relative_time import relative_time_notices
from assistant.schema import Answer, Answerer, Citation, Notice, Sentence, Status, Turn
from assistant.settings import Settings
from index.library import Library, Validity
from index.schema import Document, Passage
from index.text import fold_text
from prompts import reply

_RELATED = 3


def render(turn: Turn, library: Library, settings: Settings, answer_id: str, conversation_id: str) -> Answer:
    """The answer of an ended turn."""
    status = turn.status or Status.NOT_COVERED
    citations: dict[str, Citation] = {}
    sentences: list[Sentence] = []
    if status is Status.NOT_COVERED:
        sentences = [Sentence(text) for text in _refusal(turn, settings)]
    elif turn.draft is not None:
        scores = {hit.passage.id: hit.score for part in turn.parts for hit in part.hits}
        for text, passages in turn.draft.sentences:
            for passage in passages:
                if passage.id not in citations:
                    marker = len(citations) + 1
                    citations[passage.id] = citation_for(
                        passage, library, turn.as_of, marker, scores.get(passage.id, 0.0)
                    )
            markers = tuple(citations[passage.id].marker for passage in passages)
            sentences.append(Sentence(text, markers, _support(text, passages)))
    cited = tuple(citations.values())
    draft = turn.draft if status is Status.ANSWERED else None
    related = _related(turn, library) if status is Status.NOT_COVERED else ()
    return Answer(
        id=answer_id,
        conversation_id=conversation_id,
        status=status,
        answer="\n".join(s.text + "".join(f"[{n}]" for n in s.citations) for s in sentences),
        short_answer=draft.short_answer if draft else None,
        correction=draft.correction if draft else False,
        missing=turn.missing,
        confidence=round(turn.confidence, 4),
        citations=cited,
        related=related,
        notices=(
            *turn.notices,
            *relative_time_notices(turn, cited or related, library),
            *_validity_notices(cited or related, library),
        ),
        standalone_question=turn.standalone,
        sentences=tuple(sentences),
        answerer=Answerer.EXTRACTIVE,
        timings_ms=turn.timings_ms,
    )


def citation_for(passage: Passage, library: Library, as_of: date, marker: int, score: float) -> Citation:
    """The citation of one passage. Raises KeyError where the library lacks its document."""
    view = library.get(passage.document_id, passage.document_version)
    if view is None:
        raise KeyError(passage.document_id)
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
        score=round(score, 4),
        page=passage.page,
    )


def page_url(document_id: str, version: str, address: str, start: int, end: int) -> str:
    """Where people see the quotation in its document."""
    query = urlencode({"version": version, "clause": address, "start": start, "end": end})
    return f"/documents/{url_quote(document_id)}?{query}"


def _refusal(turn: Turn, settings: Settings) -> list[str]:
    missing = "、".join(turn.missing)
    said = reply("not_covered", missing=missing) if missing else reply("not_covered_plain")
    advice = reply("not_covered_advice", contact=settings.contact)
    has_related = any(part.hits for part in turn.parts)
    return [said, advice, *([reply("not_covered_related")] if has_related else [])]


def _related(turn: Turn, library: Library) -> tuple[Citation, ...]:
    hits = [hit for part in turn.parts[:1] for hit in part.hits[:_RELATED]]
    return tuple(
        citation_for(hit.passage, library, turn.as_of, number, hit.score)
        for number, hit in enumerate(hits, start=1)
    )


def _validity_notices(citations: tuple[Citation, ...], library: Library) -> tuple[Notice, ...]:
    """One notice a document and kind: that a text which is cited does not bind, or not yet, or no more."""
    notices: dict[tuple[str, str], Notice] = {}
    for citation in citations:
        view = library.get(citation.document_id, citation.document_version)
        if view is not None and (text := _validity_text(citation.validity, view.document, library)):
            notices.setdefault((citation.document_id, citation.validity), Notice(citation.validity, text))
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
    own = quantities(re.sub(r"不是“[^”]*”|没有说“[^”]*”", "", text))
    if not own:
        return 1.0
    held = sum(
        any(q.agrees(other) for other in stated) or fold_text(text[q.start : q.end]) in _joined(passages)
        for q in own
    )
    return round(held / len(own), 4)


def _joined(passages: tuple[Passage, ...]) -> str:
    return "".join(fold_text(passage.text) for passage in passages)
