"""The chat's engine: one endpoint of Gradio's queue that answers a question, event by event.

It is given the question and the conversation's secret, and reads the rest from the store. What it gives the
page is rendered on the server; a question and its documents go in as text, and nothing else does.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.events import api

from assistant.api.work import lane_for
from assistant.errors import UnknownConversation
from assistant.schema import Answerer
from assistant.storage.conversations import Answered
from assistant.stream import Beat, Done, Failed, FoundClauses, Piece, streamed
from index.text.personal_data import mask
from ui.chat.asking import Asked, Converses, said_of
from ui.chat.view import turn_view
from ui.pages.html import rendered
from ui.pages.text import seen

if TYPE_CHECKING:
    from assistant.service import Assistant

CONCURRENCY = 8
"""Questions answered at once; more wait in the queue."""
_WAITING = 64
_LOOK_SECONDS = 0.02
"""Between two looks of the queue for a question; Gradio's own is a thousandth of a second, day and night."""
_BEAT_SECONDS = 0.5
"""So long after a page has stopped its question the asking goes on at most."""

Event = dict[str, Any]
"""What the page is told: `kind` is `beat` (nothing new), `found` (clauses were found), `written` (`html` of
what a model has written so far), `answered` (`html` of the whole turn, `answer`, its id) or `fault` (`text`;
`lost`: the conversation is not there any more)."""


def make_engine(
    get_assistant: "Callable[[], Assistant]", converses: Converses = lambda conversation_id: None
) -> gr.Blocks:
    """The engine. `get_assistant` raises a problem while the index is not open yet."""

    def ask(question: str, secret: str, begun: str, documents: str, number: str) -> Iterator[Event]:
        within = tuple(each for each in documents.split(",") if each)
        asked = Asked(question, secret, bool(begun), within, number)
        yield from events(get_assistant, converses, asked)

    engine = gr.Blocks(analytics_enabled=False)
    with engine:
        api(
            ask,
            api_name="ask",
            api_visibility="private",
            concurrency_limit=CONCURRENCY,
            concurrency_id="ask",
        )
    engine.queue(default_concurrency_limit=CONCURRENCY, max_size=_WAITING)
    engine._queue.sleep_when_free = _LOOK_SECONDS
    return engine


def events(get_assistant: "Callable[[], Assistant]", converses: Converses, asked: Asked) -> Iterator[Event]:
    """The events of one question; the last is `answered` or `fault`."""
    try:
        assistant = get_assistant()
        if before := asked.before(assistant):
            yield _turn(before, assistant)
            return
        arguments = asked.arguments(assistant, converses)
        writes = assistant.settings.answerer is Answerer.LLM
        said = ""
        begin = lane_for(None, assistant.settings).begin
        for event in streamed(assistant, begin, _BEAT_SECONDS, **arguments):
            match event:
                case Beat():
                    yield {"kind": "beat"}
                case FoundClauses() if writes:
                    yield {"kind": "found"}
                case Piece() if writes:
                    said += event.text
                    yield {"kind": "written", "html": rendered("chat/written.html", text=seen(said))}
                case Done(answer=answer):
                    shown = Answered(mask(asked.question.strip()), answer, datetime.now(UTC))
                    yield _turn(shown, assistant)
                case Failed():
                    raise event.error
    except Exception as error:  # noqa: BLE001 - told to the asker; logged where nobody foresaw it
        yield {"kind": "fault", "text": said_of(error), "lost": isinstance(error, UnknownConversation)}


def _turn(found: Answered, assistant: "Assistant") -> Event:
    html = rendered("chat/turns.html", turns=[turn_view(found, assistant)], scripted=True)
    return {"kind": "answered", "html": html, "answer": found.answer.id}
