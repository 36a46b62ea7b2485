"""The evidence sheet of one answer, and the page under which it is shared: question, answer, quotations with
where they stand, for reading and for paper.

The question is shown as it is stored, personal data masked. Nothing else of its conversation is on the page.
"""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from assistant.api.answers import AnswerId, answer_for
from assistant.api.openapi import problem_responses
from assistant.api.opening import opened
from assistant.api.parts import store_of
from assistant.schema import Answer, Citation, Status
from assistant.storage.conversations import Answered
from ui.pages.html import PageFault, html, serve

if TYPE_CHECKING:
    from assistant.service import Assistant

_GONE = "这个分享页不存在，或者已经到期、被撤回了。您可以到问答页自己提问。"

router = APIRouter()


@dataclass(frozen=True, slots=True)
class _Cited:
    """One document that is quoted."""

    title: str
    version: str
    validity: str
    digest: str
    """SHA-256 of its stored text, in hexadecimal digits; "" where it is no longer held."""


@router.get("/a/{token}", include_in_schema=False)
def shared(request: Request, token: str) -> Response:
    """One answer, for whoever has its address."""
    store = store_of(request)

    def show(assistant: "Assistant") -> Response:
        answer_id = store.shares.answer_id(token)
        found = store.conversations.answered(answer_id) if answer_id else None
        if found is None:
            raise PageFault(404, _GONE)
        return sheet(found, assistant, shared=True)

    return serve(request, lambda: opened(request), show)


@router.get(
    "/v1/answers/{id}/evidence",
    tags=["问答"],
    summary="回答的依据单",
    description="可以打印的网页：问题、回答、逐字的引文和出处、提问时间、内容摘要。",
    response_class=HTMLResponse,
    response_description="依据单",
    responses=problem_responses(404, 422, 503),
)
def evidence(request: Request, answer_id: AnswerId) -> HTMLResponse:
    """The sheet, for who has the answer; faults are problem objects, as everywhere below /v1."""
    return sheet(answer_for(request, answer_id), opened(request))


def sheet(found: Answered, assistant: "Assistant", shared: bool = False) -> HTMLResponse:
    """The sheet of a stored answer. A shared one does not name the answer, whose id would open, rate and
    share it after the page was withdrawn."""
    answer = found.answer
    page = html(
        "evidence.html",
        embed=False,
        shared=shared,
        question=found.question,
        answer=answer,
        answered=answer.status is Status.ANSWERED,
        contact=assistant.settings.contact,
        operator=assistant.settings.operator,
        asked_at=found.created_at.astimezone().strftime("%Y年%m月%d日 %H:%M（%Z）"),
        documents=_documents(answer, assistant),
        digest=content_hash(found),
    )
    page.headers["Cache-Control"] = "no-store"
    return page


def content_hash(found: Answered) -> str:
    """SHA-256 of question, answer and quotations with their places, in hexadecimal digits: two sheets with
    the same hash say the same."""
    parts = [found.question, found.answer.answer]
    for each in found.answer.citations:
        parts += [each.document_id, each.document_version, str(each.start), str(each.end), each.quote]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


def _documents(answer: Answer, assistant: "Assistant") -> list[_Cited]:
    cited: dict[tuple[str, str], Citation] = {
        (each.document_id, each.document_version): each for each in (*answer.citations, *answer.related)
    }
    found = []
    for (identifier, version), each in cited.items():
        view = assistant.library.get(identifier, version)
        digest = hashlib.sha256(view.document.text.encode()).hexdigest() if view else ""
        found.append(_Cited(each.document_title, version, each.validity.label, digest))
    return found
