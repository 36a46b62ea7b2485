"""/v1/conversations…: what a caller asked before, for those who may see it.

Who begins a conversation gets its secret with the first answer, and shows it from then on; an ordinary key
sees the conversations that it began. A conversation of somebody else is answered as one that is not there.
"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from assistant.access.caller import caller_of
from assistant.api import models
from assistant.api.names import In
from assistant.api.negotiation import only_json
from assistant.api.openapi import problem_responses
from assistant.api.parts import access_of, store_of
from assistant.api.problems import OTHER_SCOPE, ProblemError
from assistant.api.sample import CONVERSATION_ID, QUESTION
from assistant.storage.conversations import (
    LIST_LIMIT,
    TRANSCRIPT_LIMIT,
    Conversation,
    conversation_of,
    new_secret,
)
from assistant.storage.masking import TITLE

router = APIRouter(prefix="/v1/conversations", tags=["对话"])

ConversationId = Annotated[str, Path(alias="id", description="对话编号", examples=[CONVERSATION_ID])]
Title = Annotated[
    str,
    BeforeValidator(models.trim),
    Field(min_length=1, max_length=TITLE, json_schema_extra=dict(models.WORDS)),
    AfterValidator(models.readable),
]


class ConversationSummary(models.Out):
    """一段对话。"""

    id: str = Field(description="对话编号", examples=[CONVERSATION_ID])
    title: str = Field(description="名称：第一个问题的开头，或改过的名称", examples=[QUESTION])
    created_at: datetime = Field(description="开始的时间", examples=["2026-03-02T08:00:00Z"])
    updated_at: datetime = Field(description="最后一次提问的时间", examples=["2026-03-02T08:05:00Z"])


class ConversationList(models.Out):
    """对话列表。"""

    conversations: list[ConversationSummary] = Field(description=f"对话，最近的在前，最多 {LIST_LIMIT} 段")


class ConversationExchange(models.Out):
    """对话里的一问一答。"""

    question: str = Field(
        description="问题；其中的个人信息（如手机号）在保存时已隐去",
        examples=[QUESTION],
    )
    created_at: datetime = Field(description="提问的时间", examples=["2026-03-02T08:00:00Z"])
    answer: models.Answer = Field(description="当时的回答")


class ConversationDetail(ConversationSummary):
    """一段对话和其中的问答。"""

    exchanges: list[ConversationExchange] = Field(description=f"问答，从早到晚，最近的 {TRANSCRIPT_LIMIT} 次")


class ConversationPatch(In):
    """对话的新名称。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"title": "幼儿园"}]})

    title: Title = Field(description=f"名称，1 到 {TITLE} 个字", examples=["幼儿园"])


class Begun(BaseModel):
    """How a question is to be kept: in a conversation that is there, or in one that begins with it."""

    conversation_id: str | None = None
    new_conversation_id: str | None = None
    key_id: str | None = None
    secret: str | None = None
    """Of one that begins."""

    def asked(self) -> dict[str, str | None]:
        """The arguments of `Assistant.ask`."""
        return self.model_dump(exclude={"secret"})


def begin(request: Request) -> Begun:
    """A new conversation of the caller's."""
    secret = new_secret()
    return Begun(new_conversation_id=conversation_of(secret), key_id=caller_of(request).owner, secret=secret)


def go_on(request: Request, conversation_id: str) -> Begun:
    """A conversation of the caller's, with one question more. Raises UnknownConversation for another's,
    ProblemError where too much is asked in it, StorageFault."""
    caller = caller_of(request)
    store_of(request).conversations.owned(conversation_id, caller.secrets, caller.owner)
    access_of(request).converses(conversation_id)
    return Begun(conversation_id=conversation_id)


@router.get(
    "",
    summary="我的对话",
    description="列出您的对话：请求头 X-Conversation-Secret 里各个对话密钥（可写多个，用逗号分开）打得开的，"
    "以及您的访问密钥开始的。写在网页里的公开密钥不能列出。",
    response_description="对话列表",
    responses=problem_responses(422, 503),
)
def conversations(request: Request) -> ConversationList:
    """The caller's own conversations."""
    caller = caller_of(request)
    if caller.key is not None and caller.key.public:
        raise ProblemError(OTHER_SCOPE, "写在网页里的公开密钥不能列出对话，请换一把普通密钥。")
    listed = store_of(request).conversations.listed(caller.secrets, caller.owner)
    return ConversationList(conversations=[ConversationSummary.model_validate(each) for each in listed])


@router.get(
    "/{id}",
    summary="一段对话",
    description="这段对话的问答。要带上它的密钥（请求头 X-Conversation-Secret），或用开始它的访问密钥。",
    response_description="对话",
    responses=problem_responses(404, 422, 503),
)
def conversation(request: Request, conversation_id: ConversationId) -> ConversationDetail:
    """One conversation with its exchanges."""
    found = _owned(request, conversation_id)
    exchanges = store_of(request).conversations.transcript(found.id)
    return ConversationDetail(
        **dict(ConversationSummary.model_validate(found)),
        exchanges=[ConversationExchange.model_validate(each) for each in exchanges],
    )


@router.patch(
    "/{id}",
    summary="给对话改名",
    response_description="改名后的对话",
    responses=problem_responses(400, 404, 413, 415, 422, 503),
    dependencies=[Depends(only_json)],
)
def rename(request: Request, conversation_id: ConversationId, body: ConversationPatch) -> ConversationSummary:
    """Another title."""
    found = _owned(request, conversation_id)
    stored = store_of(request).conversations
    stored.rename(found.id, body.title)
    return ConversationSummary.model_validate(stored.conversation(found.id))


@router.delete(
    "/{id}",
    summary="删除对话",
    description="把这段对话连同回答、评价和分享页一起彻底删除，不能恢复。",
    status_code=204,
    response_description="已删除",
    responses=problem_responses(404, 422, 503),
)
def delete(request: Request, conversation_id: ConversationId) -> Response:
    """Erased for good."""
    found = _owned(request, conversation_id)
    store_of(request).conversations.delete(found.id)
    return Response(status_code=204)


def _owned(request: Request, conversation_id: str) -> Conversation:
    caller = caller_of(request)
    return store_of(request).conversations.owned(conversation_id, caller.secrets, caller.owner)
