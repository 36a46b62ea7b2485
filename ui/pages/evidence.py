"""The evidence sheet of answers, and the page under which one is shared: question, answer, quotations with
where they stand, for reading and for paper.

Questions are shown as they are stored, personal data masked. No page names an answer's id, which would open,
rate and share it, or a conversation's.
"""

import base64
import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from assistant.api.answers import AnswerId, answer_for
from assistant.api.openapi import problem_responses
from assistant.api.opening import opened
from assistant.api.parts import access_of, base_of, store_of
from assistant.api.work import Lane
from assistant.errors import UnknownConversation
from assistant.statuses import STATUSES
from assistant.storage.conversations import Answered, conversation_of
from ui.pages.dates import moment_in_words
from ui.pages.html import Page, PageFault, card_of, fault_page, html, serve
from ui.pages.sheet import quoted_documents, sheet_answer
from ui.static_files import static_text

if TYPE_CHECKING:
    from assistant.service import Assistant
    from assistant.storage.store import Store

MOST_ANSWERS = 100
"""Of one sheet: more than anybody asks in one sitting."""
SHEETS = Lane("sheet", at_once=1, waiting=8)
"""The line of sheets. One of 100 answers takes up to two seconds of a core, nearly all of it for the QR codes
of addresses that no sheet had before."""
_GONE = (
    "这个分享页不存在，或者已经到期、被分享的人撤回了。"
    "您可以请对方重新分享，也可以回到问答页，自己问同样的问题。"
)
_NO_SHEET = (
    "没有找到要打印的回答：它们可能已随对话删除，或者不在这段对话里。"
    "请回到问答页，在那段对话里重新点“打印依据单”。"
)
_TOO_MANY = f"一张依据单最多放{MOST_ANSWERS}个回答，请分几次打印。"

router = APIRouter()


@router.get("/a/{token}", include_in_schema=False)
def shared(request: Request, token: str) -> Response:
    """One answer, for whoever has its address."""
    store = store_of(request)

    def show(assistant: "Assistant") -> Response:
        share = store.shares.opened(token)
        found = store.conversations.answered(share.answer_id) if share else None
        if share is None or found is None:
            raise PageFault(404, _GONE)
        base = base_of(request)
        page = html(
            "shared.html",
            card=card_of(request),
            each=sheet_answer(found, assistant, base, page=f"{base}/a/{token}"),
            documents=quoted_documents([found.answer], assistant.library),
            operator=assistant.settings.operator,
            expires=moment_in_words(share.expires_at),
        )
        return _private(page)

    return serve(request, lambda: opened(request), show)


@router.post("/sheet", include_in_schema=False)
def sheet(
    request: Request,
    secret: Annotated[str, Form()] = "",
    answer: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """The sheet of answers of the conversation that `secret` opens, in the order in which they were asked,
    without greetings and whatever else says nothing of a document.

    It counts as so many calls as it has answers. Raises ProblemError where these are too many (429) or the
    line of sheets is full (503), StorageFault where they cannot be counted.
    """
    wanted = list(dict.fromkeys(answer or ()))
    store = store_of(request)
    if len(wanted) > MOST_ANSWERS:
        return fault_page(request, PageFault(422, _TOO_MANY))
    if len(wanted) > 1:
        access_of(request).asks_more(request.scope, len(wanted) - 1)

    def show(assistant: "Assistant") -> Response:
        found = _of_conversation(store, secret, wanted)
        return _private(html("evidence.html", **_said(found, assistant, base_of(request))))

    return SHEETS.run_blocking(lambda: serve(request, lambda: opened(request), show))


@router.get("/sheet", include_in_schema=False)
def no_sheet(request: Request) -> Response:
    """What is seen under the address alone, which says of no answer."""

    def show(_: "Assistant") -> Response:
        raise PageFault(404, _NO_SHEET)

    return serve(request, lambda: opened(request), show)


@router.get(
    "/v1/answers/{id}/evidence",
    tags=["问答"],
    summary="回答的依据单",
    description="可以打印的网页：问题、回答、逐字的引文和出处、提问时间、内容校验值。样式都在网页里，存成文件或转给别人都一样。",
    response_class=HTMLResponse,
    response_description="依据单",
    responses=problem_responses(404, 422, 503),
)
def evidence(request: Request, answer_id: AnswerId) -> HTMLResponse:
    """The sheet, for who has the answer; faults are problem objects, as everywhere below /v1."""
    found, assistant = [answer_for(request, answer_id)], opened(request)
    style, policy = _style()
    page = html("evidence_file.html", style=style, **_said(found, assistant, base_of(request)))
    page.headers["Content-Security-Policy"] = policy
    return _private(page)


def _said(found: list[Answered], assistant: "Assistant", base: str) -> dict[str, Any]:
    """What the templates of sheets want to know."""
    return {
        "answers": [sheet_answer(each, assistant, base) for each in found],
        "documents": quoted_documents([each.answer for each in found], assistant.library),
        "operator": assistant.settings.operator,
    }


@lru_cache(maxsize=1)
def _style() -> tuple[str, str]:
    """What a sheet looks like that stands alone, and the policy that lets it and nothing else in. Programs
    fetch it with a key, so people see it under another address, in a mail, in a file."""
    style = "".join(static_text(name) for name in ("tokens.css", "page.css", "sheet.css"))
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
    return style, policy


def _of_conversation(store: "Store", secret: str, wanted: list[str]) -> list[Answered]:
    """The answers with these ids that say something of a document, or that it says nothing. Raises PageFault
    (404) where none does, or not all are of the conversation that `secret` opens."""
    try:
        conversation = conversation_of(secret)
    except UnknownConversation:
        raise PageFault(404, _NO_SHEET) from None
    found = [each for answer_id in wanted if (each := store.conversations.answered(answer_id))]
    said = [each for each in found if STATUSES[each.answer.status].standing]
    if (
        not said
        or len(found) < len(wanted)
        or any(each.answer.conversation_id != conversation for each in found)
    ):
        raise PageFault(404, _NO_SHEET)
    return sorted(said, key=lambda each: each.created_at)


def _private(page: Page) -> Page:
    """Neither kept by caches nor listed by search engines."""
    page.headers["Cache-Control"] = "no-store"
    page.headers["X-Robots-Tag"] = "noindex"
    return page
