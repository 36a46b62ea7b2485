"""POST /v1/ask: a question in, a cited answer out, whole or as a stream of events."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from assistant.api import models
from assistant.api.conversations import begin, go_on
from assistant.api.negotiation import accepts_events, only_json
from assistant.api.openapi import ANSWER_EVENTS, problem_responses
from assistant.api.opening import opened
from assistant.api.sample import HALF_WRITTEN, NOT_WRITTEN, PLAN, QUESTION, WRONG_PREMISE
from assistant.api.streaming import event_stream
from assistant.api.work import lane_for

Asked = Annotated[
    models.AskRequest,
    Body(
        openapi_examples={
            "answered": {"summary": "提问", "value": {"question": QUESTION}},
            "partly": {"summary": "问几件事，有的文件没有写", "value": {"question": HALF_WRITTEN}},
            "not_covered": {"summary": "文件没有写", "value": {"question": NOT_WRITTEN}},
            "correction": {"summary": "前提与原文不符", "value": {"question": WRONG_PREMISE}},
            "as_of": {
                "summary": "按过去某一天的文本回答，只在一份文件里找",
                "value": {"question": QUESTION, "documents": [PLAN], "as_of": "2022-06-01"},
            },
        }
    ),
]

router = APIRouter(prefix="/v1", tags=["问答"])


@router.post(
    "/ask",
    summary="提问",
    description="用自己的话提问，得到回答和逐字引自原文的依据。追问时带上 conversation_id，并在请求头 "
    "X-Conversation-Secret 里写上第一次回答给出的 conversation_secret；"
    "用开始这段对话的访问密钥提问的不必写。"
    "请求头 Accept 为 text/event-stream 时逐段返回：retrieval（找到的条款）、delta（回答里已经核对过的一段，"
    "依次相连就是 answer）、done（完整的回答）、error（出错说明）。",
    response_description="回答",
    response_model=models.Answer,
    responses={**problem_responses(400, 404, 413, 415, 422, 503), 200: ANSWER_EVENTS},
    dependencies=[Depends(only_json)],
)
async def ask(body: Asked, request: Request) -> models.Answer | StreamingResponse:
    """Answer with one JSON object, or event by event."""
    assistant = opened(request)
    earlier = body.conversation_id
    begun = begin(request) if earlier is None else await run_in_threadpool(go_on, request, earlier)
    asked: dict[str, Any] = {
        **begun.asked(),
        "question": body.question,
        "documents": body.documents,
        "answerer": body.answerer,
        "as_of": body.as_of,
    }
    lane = lane_for(body.answerer, assistant.settings)
    if accepts_events(request):
        return await event_stream(assistant, asked, request, begun.secret, lane)
    answer = await lane.run(partial(assistant.ask, **asked), request)
    return models.Answer.model_validate(answer).model_copy(update={"conversation_secret": begun.secret})
