"""An answer as events while it is made: what was found, then its text piece by piece, then the whole."""

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assistant.errors import Cancelled
from assistant.pipeline import StepEvent
from assistant.render import citation_for
from assistant.schema import Answer, Citation

if TYPE_CHECKING:
    from assistant.service import Assistant

_FOUND = 5
"""Clauses told as found."""


@dataclass(frozen=True, slots=True)
class Begun:
    """The question is accepted: nothing about the request itself is wrong."""


@dataclass(frozen=True, slots=True)
class FoundClauses:
    """The best places of the search, best first; not yet evidence."""

    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the answer's text, verified and final; all pieces joined are the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class Done:
    """The whole answer; the last event."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Failed:
    """What went wrong instead; the last event."""

    error: Exception


StreamEvent = Begun | FoundClauses | Piece | Done | Failed


def emit(
    assistant: "Assistant", put: Callable[[StreamEvent], None], gone: threading.Event, **asked: Any
) -> None:
    """Ask (see `Assistant.ask`) and put each event; stops between steps and pieces once `gone` is set."""
    begun = False

    def on_event(event: StepEvent) -> None:
        nonlocal begun
        if gone.is_set():
            raise Cancelled("提问的人已经离开。")
        if not begun:
            begun = True
            put(Begun())
        if event.step == "retrieve" and event.turn.parts:
            hits = event.turn.parts[0].hits[:_FOUND]
            day = event.turn.request.as_of
            put(FoundClauses(tuple(
                citation_for(hit.passage, assistant.library, day, number, hit.share)
                for number, hit in enumerate(hits, start=1)
            )))  # fmt: skip

    def on_text(text: str) -> None:
        if gone.is_set():
            raise Cancelled("提问的人已经离开。")
        put(Piece(text))

    try:
        put(Done(assistant.ask(**asked, on_event=on_event, on_text=on_text)))
    except Exception as error:  # noqa: BLE001 - whoever listens decides what to say
        put(Failed(error))


def streamed(assistant: "Assistant", **asked: Any) -> Iterator[StreamEvent]:
    """The events of one question, in a thread of its own; a listener who stops ends the asking."""
    events: queue.SimpleQueue[StreamEvent] = queue.SimpleQueue()
    gone = threading.Event()
    worker = threading.Thread(
        target=emit, args=(assistant, events.put, gone), kwargs=asked, name="ask", daemon=True
    )
    worker.start()
    try:
        while True:
            event = events.get()
            yield event
            if isinstance(event, Done | Failed):
                return
    finally:
        gone.set()
