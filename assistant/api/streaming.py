"""Answers as server-sent events: `retrieval`, `delta`, `done`, `error`."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi.responses import StreamingResponse
from starlette.requests import Request

from assistant.api import models
from assistant.api.events import HEADERS, SILENCE, SILENCE_SECONDS, event_text
from assistant.api.handlers import from_own
from assistant.api.negotiation import EVENTS
from assistant.api.problems import INTERNAL, ProblemError, problem_object
from assistant.api.work import Lane
from assistant.errors import PolicyQAError
from assistant.stream import Begun, Done, Failed, FoundClauses, Piece, StreamEvent, emit

if TYPE_CHECKING:
    from assistant.service import Assistant

_log = logging.getLogger(__name__)


async def event_stream(
    assistant: "Assistant", asked: dict[str, Any], request: Request, secret: str | None, lane: Lane
) -> StreamingResponse:
    """The stream of one question, made in its turn; `secret` is that of the conversation that begins with it.
    What is wrong with the request is raised before it begins."""
    frames = _frames(await following(assistant, asked, lane), request, secret)
    return StreamingResponse(frames, headers=HEADERS, media_type=EVENTS)


async def following(
    assistant: "Assistant", asked: dict[str, Any], lane: Lane
) -> AsyncIterator[StreamEvent | None]:
    """The events of one question (see `assistant.stream`), None after each while without one. Whoever stops
    listening ends the asking. What is wrong with the request is raised before the first."""
    loop = asyncio.get_running_loop()
    events: asyncio.Queue[StreamEvent] = asyncio.Queue()
    gone = threading.Event()

    def put(event: StreamEvent) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(events.put_nowait, event)

    def without_turn(turn: "Future[None]") -> None:
        if not turn.cancelled() and isinstance(error := turn.exception(), Exception):
            put(Failed(error))

    turn = lane.begin(partial(emit, assistant, put, gone, **asked))
    turn.add_done_callback(without_turn)
    try:
        first = await events.get()
    except asyncio.CancelledError:
        gone.set()
        turn.cancel()
        raise
    if isinstance(first, Failed):
        raise first.error
    return _events(first, events, gone)


async def _events(
    first: StreamEvent, events: "asyncio.Queue[StreamEvent]", gone: threading.Event
) -> AsyncIterator[StreamEvent | None]:
    event: StreamEvent | None = first
    try:
        while True:
            yield event
            if isinstance(event, Done | Failed):
                return
            try:
                event = await asyncio.wait_for(events.get(), SILENCE_SECONDS)
            except TimeoutError:
                event = None
    finally:
        gone.set()  # also where the asker has gone


async def _frames(
    events: AsyncIterator[StreamEvent | None], request: Request, secret: str | None
) -> AsyncIterator[str]:
    async for event in events:
        if event is None:
            yield SILENCE
        elif frame := _frame(event, request, secret):
            yield frame


def _frame(event: StreamEvent, request: Request, secret: str | None) -> str | None:
    match event:
        case Begun():
            return None
        case FoundClauses():
            found = [models.Citation.model_validate(citation) for citation in event.citations]
            return event_text(
                "retrieval", {"clauses": [citation.model_dump(mode="json") for citation in found]}
            )
        case Piece():
            return event_text("delta", {"text": event.text})
        case Done():
            answer = models.Answer.model_validate(event.answer)
            answer = answer.model_copy(update={"conversation_secret": secret})
            return event_text("done", answer.model_dump(mode="json"))
        case Failed():
            return event_text("error", problem_of(event.error, request))


def problem_of(error: Exception, request: Request) -> dict[str, Any]:
    """The problem object of a fault that comes when a stream has begun."""
    if isinstance(error, ProblemError):
        problem = error
    elif isinstance(error, PolicyQAError):
        problem = from_own(error)
    else:
        _log.error("a stream failed: %s", type(error).__name__, exc_info=error)
        problem = ProblemError(INTERNAL)
    return problem_object(request.scope, problem)
