"""POST /v1/chat/completions and GET /v1/models: the assistant for programs that speak OpenAI's protocol.

Such a client keeps its conversation itself and sends all of it each time. Only what people asked is taken
from it: the earlier questions are asked again, so that a follow-up leans on answers of this server, never on
what a client says that it answered or how it should answer. Nothing of it is stored.
"""

from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import TypeAdapter, ValidationError

from assistant.api import completion_models as shapes
from assistant.api.completion_writer import CompletionWriter
from assistant.api.events import HEADERS, SILENCE, event_text
from assistant.api.models import Question
from assistant.api.negotiation import EVENTS, only_json
from assistant.api.openapi import COMPLETION_EVENTS, problem_responses
from assistant.api.opening import opened
from assistant.api.parts import access_of, base_of
from assistant.api.problems import NOT_FOUND, ProblemError, invalid_fields
from assistant.api.streaming import following, problem_of
from assistant.api.wording import INVALID_FALLBACK, wording
from assistant.api.work import ANSWERING, lane_for
from assistant.schema import Answerer, Exchange
from assistant.storage.conversations import HISTORY_LIMIT
from assistant.stream import Done, Failed, Piece, StreamEvent

if TYPE_CHECKING:
    from assistant.service import Assistant

router = APIRouter(prefix="/v1", tags=["OpenAI 兼容"])

_NO_MODEL = "没有这个 model，请从 /v1/models 列出的里面选。"
_QUESTION: TypeAdapter[str] = TypeAdapter(Question)


@router.get(
    "/models", summary="可以用的 model", response_description="列表", responses=problem_responses(422, 503)
)
def models(request: Request) -> shapes.ModelList:
    """What may stand in `model`."""
    return shapes.ModelList(data=[shapes.Model(id=name) for name in _answerers(opened(request))])


@router.get(
    "/models/{model}",
    summary="一个 model",
    response_description="它",
    responses=problem_responses(404, 422, 503),
)
def model(
    request: Request,
    name: Annotated[str, Path(alias="model", description="model 的名称", examples=[shapes.EXTRACTIVE])],
) -> shapes.Model:
    """The one with this name."""
    if name not in _answerers(opened(request)):
        raise ProblemError(NOT_FOUND, _NO_MODEL)
    return shapes.Model(id=name)


@router.post(
    "/chat/completions",
    summary="提问（OpenAI 的对话格式）",
    description="给已经会用 OpenAI 接口的程序：最后一条 user 消息是问题，更早的 user 消息用来读懂追问。"
    "回答里带标记、依据和网址，annotations 指明每个标记的引文。stream 为 true 时逐段返回，以 [DONE] 结束。"
    "出错说明是 application/problem+json，其中的 error 供 OpenAI 的客户端读取。问题和回答都不保存。",
    response_description="回答；stream 为 true 时是逐段的事件",
    response_model=shapes.Completion,
    responses={**problem_responses(400, 404, 413, 415, 422, 503), 200: COMPLETION_EVENTS},
    dependencies=[Depends(only_json)],
)
async def complete(body: shapes.CompletionRequest, request: Request) -> shapes.Completion | StreamingResponse:
    """One answer, whole or chunk by chunk."""
    assistant = opened(request)
    answerer = _answerers(assistant).get(body.model)
    if answerer is None:
        raise ProblemError(NOT_FOUND, _NO_MODEL)
    question, earlier = asked_in(body.messages)
    history: Sequence[Exchange] = ()
    if earlier:  # each is a question more to answer
        await run_in_threadpool(access_of(request).asks_more, request.scope, len(earlier))
    for each in earlier:  # in turns of their own, so that others have theirs between
        history = await ANSWERING.run(partial(assistant.retold, each, history), request)
    asked: dict[str, Any] = {"question": question, "answerer": answerer, "history": history}
    written = CompletionWriter(body, assistant.fingerprint, base_of(request))
    lane = lane_for(answerer, assistant.settings)
    if body.stream:
        events = await following(assistant, asked, lane)
        return StreamingResponse(_chunks(events, written, request), headers=HEADERS, media_type=EVENTS)
    return written.whole(await lane.run(partial(assistant.ask, **asked), request))


def asked_in(messages: Sequence[shapes.Message]) -> tuple[str, list[str]]:
    """The question, and the last of the questions before it. Raises a 422 problem where the question is
    none."""
    *before, last = [at for at, message in enumerate(messages) if message.role == "user"]
    try:
        question = _QUESTION.validate_python(messages[last].text)
    except ValidationError as error:
        why = wording(error.errors()[0]) or INVALID_FALLBACK
        raise invalid_fields([(f"messages[{last}].content", why)]) from None
    return question, [messages[at].text for at in before[-HISTORY_LIMIT:]]


def _answerers(assistant: "Assistant") -> dict[str, Answerer]:
    """What may stand in `model`, and who answers then."""
    written = {shapes.WRITTEN: Answerer.LLM} if assistant.model else {}
    return {shapes.EXTRACTIVE: Answerer.EXTRACTIVE, **written}


async def _chunks(
    events: AsyncIterator[StreamEvent | None], written: CompletionWriter, request: Request
) -> AsyncIterator[str]:
    """The stream: a chunk for the role, for each piece of the text, for what follows it, and `[DONE]`; a
    problem object in their place where something goes wrong."""
    yield event_text(None, written.begun())
    async for event in events:
        match event:
            case None:
                yield SILENCE
            case Piece():
                yield event_text(None, written.piece(event.text))
            case Done():
                for chunk in written.rest(event.answer):
                    yield event_text(None, chunk)
                yield "data: [DONE]\n\n"
            case Failed():
                yield event_text(None, problem_of(event.error, request))
