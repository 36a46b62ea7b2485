"""What stands on an evidence sheet: each answer with its quotations, ready for the templates, and the
documents that are quoted."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.answering.strength import doubt, strength
from assistant.schema import Answer, Answerer, Citation, Notice, SentenceKind, Status
from assistant.statuses import STATUSES, advises, notices_around
from assistant.storage.conversations import Answered
from index.library.library import Library
from ui.pages.citation_form import (
    in_full,
    official_citation,
    official_number,
    official_title,
    place_in_words,
    row_in_words,
    stated,
    validity_in_words,
    version_in_words,
)
from ui.pages.dates import moment_in_words
from ui.pages.qr import QrCode, qr_code

if TYPE_CHECKING:
    from assistant.service import Assistant

_ANSWER = "回答"
"""What stands above an answer that says by itself what it is."""
_KINDS = {SentenceKind.PARAPHRASE: "转述", SentenceKind.QUOTE: "原文"}


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of the answer: its text, its markers, and what it is called, 转述 or 原文; "" for what
    was composed around words of the text."""

    text: str
    markers: tuple[int, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation with all that is needed to find it again."""

    marker: int
    quote: str
    row: str
    """Of a table's row its cells with the names of their columns; "" for any other."""
    cited: str
    """Title, number, clause, as officials cite them."""
    version: str
    validity: str
    place: str
    address: str
    """Whole: of its place in the document's page; where it is not there any more of the page alone, "" where
    that is gone too."""
    held: bool
    """The stored text still has it at its place."""


@dataclass(frozen=True, slots=True)
class SheetAnswer:
    """One question with its answer."""

    question: str
    in_full: str
    """What was asked with the words of the questions before it; "" where its own say all, and where it is
    shared."""
    heading: str
    answered: bool
    correction: bool
    first: tuple[Notice, ...]
    """Notices that are read before the answer."""
    doubt: str | None
    """What is said before it where the evidence is weak."""
    short: str
    lines: tuple[Line, ...]
    advice: str
    """Whom to ask, where the documents are silent; "" where the answer says it, or nothing need be said."""
    citations: tuple[Quotation, ...]
    related: tuple[Quotation, ...]
    notices: tuple[Notice, ...]
    strength: str | None
    """How strong the evidence is, in words; None where nothing is cited."""
    asked_at: str
    written: str
    """What wrote it, in words."""
    digest: str
    code: QrCode | None
    """Of the address that verifies it; None where nothing that is quoted is still there."""
    code_says: str


@dataclass(frozen=True, slots=True)
class QuotedDocument:
    """A document that is quoted, as names and values."""

    title: str
    facts: tuple[tuple[str, str], ...]
    digest: str
    """SHA-256 of its stored text, in hexadecimal digits; "" where it is no longer held."""


def sheet_answer(found: Answered, assistant: "Assistant", base: str, page: str = "") -> SheetAnswer:
    """A stored answer for the sheet. `base` stands before the paths of addresses; `page` is the address under
    which the answer is shared, which then is the one that its QR code holds."""
    answer = found.answer
    library = assistant.library
    citations = tuple(_quotation(each, library, base) for each in answer.citations)
    code, says = None, ""
    if page:
        code, says = qr_code(page), "扫码打开这个分享页"
    elif held := [each for each in citations if each.held]:
        code, says = qr_code(held[0].address), f"扫码打开原文，核对引文[{held[0].marker}]"
    contact = assistant.settings.contact
    first, below = notices_around(answer)
    return SheetAnswer(
        question=found.question,
        in_full="" if page else in_full(found.question, answer),  # what is shared shows no other question
        heading=STATUSES[answer.status].head or _ANSWER,
        answered=answer.status is Status.ANSWERED,
        correction=answer.correction,
        first=first,
        doubt=doubt(answer),
        short=answer.short_answer or "",
        lines=tuple(Line(each.text, each.citations, _KINDS.get(each.kind, "")) for each in stated(answer)),
        advice=f"可以向{contact}咨询。" if advises(answer, contact) else "",
        citations=citations,
        related=tuple(_quotation(each, library, base) for each in answer.related),
        notices=below,
        strength=strength(answer),
        asked_at=moment_in_words(found.created_at),
        written=_written(answer),
        digest=content_hash(found),
        code=code,
        code_says=says,
    )


def content_hash(found: Answered) -> str:
    """SHA-256 of question, answer and quotations with their places, in hexadecimal digits: two sheets with
    the same hash say the same."""
    parts = [found.question, found.answer.answer]
    for each in found.answer.citations:
        parts += [each.document_id, each.document_version, str(each.start), str(each.end), each.quote]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


def quoted_documents(answers: Sequence[Answer], library: Library) -> tuple[QuotedDocument, ...]:
    """The documents that the answers quote, each once, in the order of quotation."""
    quoted: dict[tuple[str, str], Citation] = {}
    for answer in answers:
        for each in (*answer.citations, *answer.related):
            quoted.setdefault((each.document_id, each.document_version), each)
    return tuple(_document(each, library) for each in quoted.values())


def _document(citation: Citation, library: Library) -> QuotedDocument:
    view = library.get(citation.document_id, citation.document_version)
    document = view.document if view else None
    known = [
        ("发文机关", document.issuer if document else None),
        ("文号", official_number(document.number) if document and document.number else None),
        ("版本", version_in_words(citation.document_version)),
        ("效力", validity_in_words(citation, library)),
    ]
    return QuotedDocument(
        official_title(citation.document_title),
        tuple((name, value) for name, value in known if value),
        hashlib.sha256(document.text.encode()).hexdigest() if document else "",
    )


def _quotation(citation: Citation, library: Library, base: str) -> Quotation:
    view = library.get(citation.document_id, citation.document_version)
    held = view is not None and view.document.text[citation.start : citation.end] == citation.quote
    page = f"/documents/{citation.document_id}" if library.versions(citation.document_id) else ""
    path = citation.url if held else page
    return Quotation(
        marker=citation.marker,
        quote=citation.quote,
        row=row_in_words(citation),
        cited=official_citation(citation, library),
        version=version_in_words(citation.document_version),
        validity=validity_in_words(citation, library),
        place=place_in_words(citation),
        address=f"{base}{path}" if path else "",
        held=held,
    )


def _written(answer: Answer) -> str:
    if answer.answerer is Answerer.LLM:
        model = f"（{answer.model}）" if answer.model else ""
        return f"由大模型{model}转述，每句都与引文核对过"
    return "由程序摘录原文，没有用大模型"
