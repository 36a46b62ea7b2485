"""GET /about: what is covered, how an answer is made and what it cannot do, what becomes of questions, who
runs the service; from the settings and the documents, so that it is true of this very server."""

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import Response

from assistant.schema import Answerer
from assistant.storage.shares import SHARE_DAYS
from index.text.personal_data import KINDS
from ui.pages.coverage import coverage
from ui.pages.html import GetAssistant, card_of, html, kept, serve

if TYPE_CHECKING:
    from assistant.service import Assistant
    from assistant.settings import Settings

_NAMED = 10
"""Documents that are named; the list has them all."""


def about_router(get_assistant: GetAssistant) -> APIRouter:
    """The route of the page."""
    router = APIRouter(include_in_schema=False)

    @router.get("/about")
    def about(request: Request) -> Response:
        """What people should know before they rely on an answer or write about themselves."""
        return serve(request, get_assistant, lambda assistant: _page(request, assistant))

    return router


def _page(request: Request, assistant: "Assistant") -> Response:
    settings, covered = assistant.settings, coverage(assistant)
    today = assistant.clock()
    page = html(
        "about.html",
        card=card_of(request),
        today=f"{today.year}年{today.month}月{today.day}日",
        total=len(covered.documents),
        documents=covered.documents[:_NAMED],
        line=covered.line,
        writer=_writer(settings),
        remote=settings.llm_base_url is not None or settings.embedding_base_url is not None,
        personal="、".join(KINDS),
        own_database=settings.database_url is None,
        days=settings.retention_days,
        share_days=SHARE_DAYS,
        logged=settings.log_questions,
        operator=settings.operator,
        contact=settings.contact,
    )
    return kept(request, page)


def _writer(settings: "Settings") -> str:
    """Who writes the sentences of an answer, as it is set up."""
    if settings.llm_model is None:
        return (
            "这里没有接入会写作的语言模型：回答里的话，是程序从原文里摘出来、按固定的句式拼好的，"
            "同样的问题总得到同样的回答。"
        )
    checked = "它写的句子要逐句与引文核对，对不上的不显示；它没有应答时，改由程序摘录原文。"
    if settings.answerer is Answerer.LLM:
        return f"这里接入了语言模型 {settings.llm_model}，由它把引文组织成句子。{checked}"
    return (
        "平时不用语言模型：回答里的话，是程序从原文里摘出来、按固定的句式拼好的。"
        f"只有别的程序调用时指明要用，才由 {settings.llm_model} 把引文组织成句子。{checked}"
    )
