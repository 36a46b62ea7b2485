"""POST /v1/ask: a question in, a cited answer out, whole or as a stream of events."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from assistant.api import models
from assistant.api.negotiation import accepts_events, require_json
from assistant.api.openapi import EVENTS, problem_responses
from assistant.api.opening import opened
from assistant.api.sample import HALF_WRITTEN, NOT_WRITTEN, PLAN, QUESTION, WRONG_PREMISE
from assistant.api.streaming import event_stream

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
    description="用自己的话提问，得到回答和逐字引自原文的依据。追问时带上 conversation_id。"
    "请求头 Accept 为 text/event-stream 时逐段返回：retrieval（找到的条款）、delta（回答里已经核对过的一段，"
    "依次相连就是 answer）、done（完整的回答）、error（出错说明）。",
    response_description="回答",
    response_model=models.Answer,
    responses={**problem_responses(400, 404, 413, 415, 422, 503), 200: EVENTS},
    dependencies=[Depends(require_json)],
)
async def ask(body: Asked, request: Request) -> models.Answer | StreamingResponse:
    """Answer with one JSON object, or event by event."""
    assistant = opened(request)
    asked: dict[str, Any] = {
        "question": body.question,
        "conversation_id": body.conversation_id,
        "documents": body.documents,
        "answerer": body.answerer,
        "as_of": body.as_of,
    }
    if accepts_events(request):
        return await event_stream(assistant, asked, request)
    answer = await run_in_threadpool(assistant.ask, **asked)
    return models.Answer.model_validate(answer)
