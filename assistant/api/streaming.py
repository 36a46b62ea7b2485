"""Answers as server-sent events: `retrieval`, `delta`, `done`, `error`."""

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from fastapi.responses import StreamingResponse
from starlette.requests import Request

from assistant.api import models
from assistant.api.negotiation import EVENTS
from assistant.api.problems import INTERNAL, ProblemError, from_own, respond
from assistant.errors import PolicyQAError
from assistant.stream import Begun, Done, Failed, FoundClauses, Piece, StreamEvent, emit

if TYPE_CHECKING:
    from assistant.service import Assistant

STREAMS = 64
"""Answers made at once for streams; further ones wait."""
SILENCE = ":\n\n"
_SILENCE_SECONDS = 10.0
"""A comment is sent after so long without an event, so that proxies keep the connection."""
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_log = logging.getLogger(__name__)
_workers = ThreadPoolExecutor(STREAMS, thread_name_prefix="ask-stream")


async def event_stream(assistant: "Assistant", asked: dict[str, Any], request: Request) -> StreamingResponse:
    """The stream of one question. What is wrong with the request is raised before it begins."""
    frames = _frames(await following(assistant, asked), request)
    return StreamingResponse(frames, headers=HEADERS, media_type=EVENTS)


async def following(assistant: "Assistant", asked: dict[str, Any]) -> AsyncIterator[StreamEvent | None]:
    """The events of one question (see `assistant.stream`), None after each while without one. Whoever stops
    listening ends the asking. What is wrong with the request is raised before the first."""
    loop = asyncio.get_running_loop()
    events: asyncio.Queue[StreamEvent] = asyncio.Queue()
    gone = threading.Event()

    def put(event: StreamEvent) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(events.put_nowait, event)

    loop.run_in_executor(_workers, lambda: emit(assistant, put, gone, **asked))
    try:
        first = await events.get()
    except asyncio.CancelledError:
        gone.set()
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
                event = await asyncio.wait_for(events.get(), _SILENCE_SECONDS)
            except TimeoutError:
                event = None
    finally:
        gone.set()  # also where the asker has gone


async def _frames(events: AsyncIterator[StreamEvent | None], request: Request) -> AsyncIterator[str]:
    async for event in events:
        if event is None:
            yield SILENCE
        elif frame := _frame(event, request):
            yield frame


def _frame(event: StreamEvent, request: Request) -> str | None:
    match event:
        case Begun():
            return None
        case FoundClauses():
            found = [models.Citation.model_validate(citation) for citation in event.citations]
            return _written(
                "retrieval", {"clauses": [citation.model_dump(mode="json") for citation in found]}
            )
        case Piece():
            return _written("delta", {"text": event.text})
        case Done():
            return _written("done", models.Answer.model_validate(event.answer).model_dump(mode="json"))
        case Failed():
            return _written("error", problem_of(event.error, request))


def problem_of(error: Exception, request: Request) -> Any:
    """The problem object that tells a client of `error`, which came while an answer was on its way."""
    if isinstance(error, ProblemError):
        problem = error
    elif isinstance(error, PolicyQAError):
        problem = from_own(error)
    else:
        _log.error("a streamed answer failed: %s", type(error).__name__, exc_info=error)
        problem = ProblemError(INTERNAL)
    return json.loads(bytes(respond(request.scope, problem).body))


def _written(name: str, data: Any) -> str:
    text = json.dumps(data, ensure_ascii=False).encode("utf-8", "replace").decode()
    return f"event: {name}\ndata: {text}\n\n"
