"""Invented answers, and what stands on a page that is made of them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lxml import html

from assistant.schema import Answer, Answerer, Citation, Sentence, SentenceKind, Status, page_url
from index.schema import Validity
from ui.chat.view import Paragraph, Quotation, Quotations, TurnView, turn_view
from ui.pages.html import rendered

if TYPE_CHECKING:
    from assistant.service import Assistant

from assistant.storage.conversations import Answered

TITLE = "青山区学前教育办法(试行)"


def cited(marker: int, quote: str, **changes: Any) -> Citation:
    """A quotation from an invented document."""
    start = 100 * marker
    made = Citation(
        marker=marker,
        document_id="invented",
        document_title=TITLE,
        document_version="2020-10-22",
        validity=Validity.IN_FORCE,
        clause_id=f"invented@2020-10-22#2.{marker}",
        clause_label=f"二、（{marker}）",
        clause_path=("二、办园", f"（{marker}）园所。"),
        quote=quote,
        start=start,
        end=start + len(quote),
        url=page_url("invented", "2020-10-22", f"2.{marker}", start, start + len(quote)),
        score=1.0,
    )
    return replace(made, **changes)


def answer(sentences: list[Sentence], citations: list[Citation] | None = None, **changes: Any) -> Answer:
    """An answer of these sentences."""
    made = Answer(
        id="ans_1",
        conversation_id="cnv_1",
        status=Status.ANSWERED,
        answer="\n".join(each.text for each in sentences),
        standalone_question="问",
        answerer=Answerer.EXTRACTIVE,
        confidence=0.9,
        citations=tuple(citations or ()),
        sentences=tuple(sentences),
    )
    return replace(made, **changes)


def lead(text: str, *markers: int) -> Sentence:
    return Sentence(text, markers)


def quote(citation: Citation) -> Sentence:
    """The sentence that is a whole quotation, as the answering side writes it."""
    text = "".join(citation.quote.split())
    return Sentence(f"「{text}」", (citation.marker,), kind=SentenceKind.QUOTE)


def paraphrase(text: str, *markers: int) -> Sentence:
    return Sentence(text, markers, kind=SentenceKind.PARAPHRASE)


def viewed(made: Answer, assistant: "Assistant", question: str = "公办园占比多少？") -> TurnView:
    """The turn of an answer, without what else may be asked."""
    found = Answered(question, made, datetime(2026, 3, 2, tzinfo=UTC))
    return turn_view(found, assistant, suggest=False)


def page_of(turn: TurnView, scripted: bool = True) -> Any:
    """The turn as HTML, parsed."""
    return html.fromstring(rendered("chat/turns.html", turns=[turn], scripted=scripted).strip())


def texts_at(page: Any, selector: str) -> list[str]:
    """The text of each element that has the class `selector`, or is one where it has no dot."""
    name = selector.lstrip(".")
    has = f"contains(concat(' ', @class, ' '), ' {name} ')" if selector.startswith(".") else f"self::{name}"
    return [each.text_content() for each in page.xpath(f"descendant-or-self::*[{has}]")]


def quotations_of(turn: TurnView) -> list[Quotation]:
    """Every quotation that stands in the answer, in order."""
    found: list[Quotation] = []
    for block in turn.blocks:
        found += block.items if isinstance(block, Quotations) else block.folded
    return found


def verbatim(quotation: Quotation) -> str:
    return "".join(text for text, _ in quotation.parts)


def outline(turn: TurnView) -> list[str | list[int]]:
    """The blocks in short: a paragraph by its text, quotations by their markers."""
    return [
        block.text if isinstance(block, Paragraph) else [each.marker or 0 for each in block.items]
        for block in turn.blocks
    ]
