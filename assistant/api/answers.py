"""/v1/answers/{id}/share: a page of one answer alone, made on request, for a time, and withdrawn at will.

An answer's id is given to who asked and to nobody else, and cannot be guessed: who has it may share the
answer, unless its conversation belongs to an ordinary key, which then has to be shown, or its secret.
"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import Field

from assistant.access.caller import caller_of
from assistant.api import models
from assistant.api.openapi import problem_responses
from assistant.api.parts import base_of, store_of
from assistant.api.sample import ANSWER_ID
from assistant.errors import UnknownAnswer, UnknownConversation
from assistant.storage.conversations import Answered
from assistant.storage.shares import SHARE_DAYS

router = APIRouter(prefix="/v1/answers", tags=["问答"])

AnswerId = Annotated[str, Path(alias="id", description="回答编号", examples=[ANSWER_ID])]


class SharedPage(models.Out):
    """一个回答的分享页。"""

    url: str = Field(
        description="分享页的网址，打开的人只看得到这一个回答",
        examples=["https://qa.example.cn/a/q83vEjRWeJCrze8SNFZ4kA"],
    )
    expires: datetime = Field(description="失效的时间", examples=["2026-04-01T08:00:00Z"])


@router.post(
    "/{id}/share",
    summary="分享一个回答",
    description=f"为这个回答生成一个分享页的网址，{SHARE_DAYS} 天内有效；对话里的其他内容不会出现。",
    response_description="分享页",
    responses=problem_responses(404, 422, 503),
)
def share(request: Request, answer_id: AnswerId) -> SharedPage:
    """A new address for the answer."""
    found = answer_for(request, answer_id)
    made = store_of(request).shares.make(found.answer.id)
    return SharedPage(url=f"{base_of(request)}/a/{made.token}", expires=made.expires_at)


@router.delete(
    "/{id}/share",
    summary="撤回分享",
    description="让这个回答的所有分享页立即失效。",
    status_code=204,
    response_description="已撤回",
    responses=problem_responses(404, 422, 503),
)
def withdraw(request: Request, answer_id: AnswerId) -> Response:
    """No address leads to the answer any more."""
    found = answer_for(request, answer_id)
    store_of(request).shares.withdraw(found.answer.id)
    return Response(status_code=204)


def answer_for(request: Request, answer_id: str) -> Answered:
    """The stored answer with this id, if the caller may see it. Raises UnknownAnswer, StorageFault."""
    store, caller = store_of(request), caller_of(request)
    found = store.conversations.answered(answer_id)
    if found is None:
        raise unknown_answer()
    identifier = found.answer.conversation_id
    if store.conversations.conversation(identifier).key_id is not None:
        try:
            store.conversations.owned(identifier, caller.secrets, caller.owner)
        except UnknownConversation:
            raise unknown_answer() from None
    return found


def unknown_answer() -> UnknownAnswer:
    """What is said of an answer that is not there, or is another's."""
    return UnknownAnswer("没有这个回答，它可能已随对话删除；请检查回答编号。")
