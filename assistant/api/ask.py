"""POST /v1/ask: a question in, a cited answer out."""

from fastapi import APIRouter, Depends, Request

from assistant.api import models
from assistant.api.negotiation import require_json
from assistant.api.openapi import problem_responses
from assistant.api.opening import opened
from assistant.api.problems import invalid_fields
from assistant.schema import Answerer

router = APIRouter(prefix="/v1", tags=["问答"])


@router.post(
    "/ask",
    summary="提问",
    description="用自己的话提问，得到回答和逐字引自原文的依据。追问时带上 conversation_id。",
    response_description="回答",
    responses=problem_responses(400, 404, 413, 415, 422, 503),
    dependencies=[Depends(require_json)],
)
def ask(body: models.AskRequest, request: Request) -> models.Answer:
    """Answer with one JSON object; a stream of events for `text/event-stream` will branch off here,
    after everything that can be refused has been refused."""
    assistant = opened(request)
    if body.answerer is Answerer.LLM:
        raise invalid_fields([("answerer", "大模型还没有配置，请用 extractive 或不填")])
    answer = assistant.ask(
        body.question,
        conversation_id=body.conversation_id,
        documents=body.documents,
        answerer=body.answerer,
        as_of=body.as_of,
    )
    return models.Answer.model_validate(answer)
