"""An answer as events while it is made: what was found, then its text piece by piece, then the whole."""

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from assistant.cache.answers import FOUND
from assistant.errors import Cancelled
from assistant.pipeline import StepEvent
from assistant.render import citation_for
from assistant.schema import Answer, Citation

if TYPE_CHECKING:
    from assistant.service import Assistant


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


@dataclass(frozen=True, slots=True)
class Beat:
    """Nothing new: the listener can look whether anybody waits still."""


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
            hits = event.turn.parts[0].hits[:FOUND]
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


def in_thread(call: Callable[[], None]) -> "Future[None]":
    """`call` at once, in a thread of its own."""
    future: Future[None] = Future()

    def run() -> None:
        future.set_running_or_notify_cancel()
        try:
            call()
        except BaseException as error:  # noqa: BLE001 - told to whoever asks the future
            future.set_exception(error)
        else:
            future.set_result(None)

    threading.Thread(target=run, name="ask", daemon=True).start()
    return future


def streamed(
    assistant: "Assistant",
    begin: Callable[[Callable[[], None]], "Future[None]"] = in_thread,
    beat: float | None = None,
    **asked: Any,
) -> Iterator[StreamEvent | Beat]:
    """The events of one question; a listener who stops ends the asking. `begin` has it made in a thread, when
    its turn comes; what it raises is raised here, and what its future raises is told as `Failed`. With `beat`
    there is an event at least every so many seconds."""
    events: queue.SimpleQueue[StreamEvent] = queue.SimpleQueue()
    gone = threading.Event()

    def without_turn(turn: "Future[None]") -> None:
        if not turn.cancelled() and isinstance(error := turn.exception(), Exception):
            events.put(Failed(error))

    turn = begin(partial(emit, assistant, events.put, gone, **asked))
    turn.add_done_callback(without_turn)
    try:
        while True:
            try:
                event = events.get(timeout=beat)
            except queue.Empty:
                yield Beat()
                continue
            yield event
            if isinstance(event, Done | Failed):
                return
    finally:
        gone.set()
        turn.cancel()
