"""GET / and POST /ask: the chat's page, and the same with an answer for a browser without script.

The page holds nothing of anybody: what was said before is fetched with the conversation's secret, which lives
in the browser; without script it travels in the form.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from starlette.datastructures import FormData

from assistant.api.feedback import MAX_COMMENT
from assistant.api.parts import access_of
from assistant.api.problems import ProblemError
from assistant.api.work import lane_for
from assistant.errors import UnknownConversation
from assistant.schema import MAX_QUESTION
from assistant.storage.conversations import Answered, new_secret
from assistant.storage.ratings import REASONS
from index.text.personal_data import mask
from prompts.first_questions import first_questions
from ui.chat.asking import Asked, said_of, transcript, views
from ui.pages.coverage import coverage
from ui.pages.html import HEADERS, GetAssistant, card_of, html

if TYPE_CHECKING:
    from assistant.service import Assistant

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
_EMPTY = "问题是空的，请写下您想问的事。"


@dataclass(frozen=True, slots=True)
class _Conversation:
    """What stands on the page of one conversation."""

    found: tuple[Answered, ...] = ()
    secret: str = ""
    question: str = ""
    """In the box."""
    fault: str = ""
    documents: tuple[str, ...] = ()
    """Ids of those that are chosen; empty: all."""


def chat_router(get_assistant: GetAssistant) -> APIRouter:
    """The routes of the chat's page."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def page(request: Request) -> Response:
        """The page before the first question."""
        return _page(request, get_assistant, _Conversation())

    @router.post("/ask")
    async def ask(request: Request) -> Response:
        """The page with an answer, for a browser without script."""
        async with request.form(max_files=0) as form:
            typed, suggested, secret = (_text(form, name) for name in ("question", "suggested", "secret"))
            documents = tuple(each for each in form.getlist("documents") if isinstance(each, str))
        asked = Asked((suggested or typed).strip(), secret or new_secret(), bool(secret), documents)
        shown = await _answered(request, get_assistant, asked)
        if suggested and not shown.question:
            shown = replace(shown, question=typed)  # what was begun in the box stays there
        response = await run_in_threadpool(_page, request, get_assistant, shown)
        response.headers["Cache-Control"] = "no-store"
        return response

    return router


def _text(form: FormData, name: str) -> str:
    given = form.get(name)
    return given if isinstance(given, str) else ""


async def _answered(request: Request, get_assistant: GetAssistant, asked: Asked) -> _Conversation:
    """The conversation with one turn more; where there is a fault, with the question still in the box."""
    kept = _Conversation(secret=asked.secret if asked.begun else "", documents=asked.documents)
    try:
        assistant = get_assistant()
        if asked.begun:
            kept = replace(kept, found=await run_in_threadpool(transcript, assistant, asked.secret))
        if not asked.question:
            return replace(kept, fault=_EMPTY)
        converses = access_of(request).converses
        arguments = await run_in_threadpool(asked.arguments, assistant, converses)
        # It waits for its turn without a thread: those are for all who read pages meanwhile.
        answer = await lane_for(None, assistant.settings).run(partial(assistant.ask, **arguments), request)
        turn = Answered(mask(asked.question), answer, datetime.now(UTC))
        return replace(kept, found=(*kept.found, turn), secret=asked.secret)
    except UnknownConversation as error:
        kept = _Conversation(documents=asked.documents)
        return replace(kept, question=asked.question, fault=said_of(error))
    except Exception as error:  # noqa: BLE001 - told to the asker; logged where nobody foresaw it
        return replace(kept, question=asked.question, fault=said_of(error))


def _page(request: Request, get_assistant: GetAssistant, shown: _Conversation) -> Response:
    assistant: Assistant | None = None
    fault = shown.fault
    try:
        assistant = get_assistant()
    except ProblemError as problem:  # the index is not open yet: the page is there, and asks again
        fault = fault or problem.detail
    response = html(
        "chat/page.html",
        card=card_of(request),
        covered=coverage(assistant) if assistant else None,
        audiences=first_questions(),
        shown=shown,
        turns=views(assistant, shown.found) if assistant else (),
        stopped=assistant.store.pause.message() if assistant else None,
        fault=fault,
        most=MAX_QUESTION,
        reasons=REASONS,
        most_comment=MAX_COMMENT,
        scripted=False,
    )
    response.headers.update({**HEADERS, "Content-Security-Policy": _POLICY})
    return response
