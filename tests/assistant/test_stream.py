"""An answer as events, of an assistant that is a fake."""

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, cast

import pytest

from assistant.errors import Cancelled, InvalidQuestion
from assistant.pipeline import StepEvent
from assistant.schema import Answer, Answerer, Request, Status, SubQuestion, Turn
from assistant.stream import Beat, Begun, Done, Failed, FoundClauses, Piece, StreamEvent, emit, streamed
from index.schema import Hit, Signals
from index.structure.passages import make_passages
from tests.assistant.sample import DAY, RULES, library

if TYPE_CHECKING:
    from assistant.service import Assistant

ANSWER = Answer("ans_1", "cnv_1", Status.ANSWERED, "甲。\n乙。", "问", Answerer.EXTRACTIVE, 0.9)
HITS = tuple(
    Hit(passage, Signals(), 90.0 - at, share=0.9 - at / 100)
    for at, passage in enumerate(make_passages(RULES))
)
STARTED = Turn(Request("问", DAY))
SEARCHED = Turn(Request("问", DAY), parts=(SubQuestion("问", hits=HITS),))


class FakeAssistant:
    """Tells the events of its script, then gives `ANSWER`."""

    library = library()

    def __init__(self, *script: StepEvent | str | Exception) -> None:
        self.script: Iterable[StepEvent | str | Exception] = script
        self.asked: dict[str, Any] = {}
        self.reached = 0
        self.ended = threading.Event()

    def ask(
        self,
        question: str,
        on_event: Callable[[StepEvent], None],
        on_text: Callable[[str], None],
        **more: Any,
    ) -> Answer:
        self.asked = {"question": question, **more}
        try:
            for told in self.script:
                self.reached += 1
                if isinstance(told, Exception):
                    raise told
                if isinstance(told, str):
                    on_text(told)
                else:
                    on_event(told)
            return ANSWER
        finally:
            self.ended.set()


def step(name: str, turn: Turn = STARTED) -> StepEvent:
    return StepEvent(name, 1.0, turn)


WHOLE = (step("understand"), step("retrieve", SEARCHED), "甲。", "\n乙。", step("ground", SEARCHED))


def events_of(assistant: FakeAssistant, **asked: Any) -> list[StreamEvent | Beat]:
    return list(streamed(cast("Assistant", assistant), question="问", **asked))


def test_events_come_in_order_and_the_answer_last() -> None:
    begun, clauses, *pieces, done = events_of(FakeAssistant(*WHOLE))
    assert begun == Begun()
    assert isinstance(clauses, FoundClauses)
    assert pieces == [Piece("甲。"), Piece("\n乙。")]
    assert done == Done(ANSWER)


def test_the_five_best_places_are_told_as_found() -> None:
    clauses = next(event for event in events_of(FakeAssistant(*WHOLE)) if isinstance(event, FoundClauses))
    assert [(c.marker, c.quote, c.score) for c in clauses.citations] == [
        (at, hit.passage.text, hit.share) for at, hit in enumerate(HITS[:5], start=1)
    ]


def test_a_turn_that_ends_before_the_search_has_found_nothing() -> None:
    assert events_of(FakeAssistant(step("understand"), "您好！")) == [Begun(), Piece("您好！"), Done(ANSWER)]


@pytest.mark.parametrize("error", [InvalidQuestion("问题是空的。"), OSError("磁盘满了")])
def test_what_went_wrong_is_the_last_event(error: Exception) -> None:
    assert events_of(FakeAssistant(error)) == [Failed(error)]  # not begun: the request itself was wrong
    assert events_of(FakeAssistant(step("understand"), error)) == [Begun(), Failed(error)]


def test_what_was_asked_goes_through() -> None:
    assistant = FakeAssistant()
    events_of(assistant, as_of=DAY, documents=("rules",))
    assert assistant.asked == {"question": "问", "as_of": DAY, "documents": ("rules",)}


@pytest.mark.parametrize(("stopped_at", "reached"), [(0, 1), (1, 2), (2, 3), (3, 4)])
def test_once_nobody_listens_the_asking_stops_at_the_next_step_or_piece(
    stopped_at: int, reached: int
) -> None:
    gone = threading.Event()
    heard: list[StreamEvent] = []

    def put(event: StreamEvent) -> None:
        heard.append(event)
        if len(heard) == stopped_at:
            gone.set()

    if not stopped_at:
        gone.set()
    assistant = FakeAssistant(step("understand"), "甲。", "乙。", step("ground"))
    emit(cast("Assistant", assistant), put, gone, question="问")
    last = heard.pop()
    assert isinstance(last, Failed)
    assert isinstance(last.error, Cancelled)
    assert (len(heard), assistant.reached) == (stopped_at, reached)


def test_a_listener_who_stops_ends_the_thread_that_asks() -> None:
    waits = threading.Event()

    class Slow(tuple[StepEvent | str, ...]):
        """A script whose second event comes only when it is let go."""

        def __iter__(self) -> Iterator[StepEvent | str]:
            for at, told in enumerate(super().__iter__()):
                if at:
                    waits.wait(60)
                yield told

    assistant = FakeAssistant()
    assistant.script = Slow((step("understand"), "甲。", "乙。"))
    events = streamed(cast("Assistant", assistant), question="问")
    assert next(events) == Begun()
    events.close()  # type: ignore[attr-defined]
    waits.set()
    assert assistant.ended.wait(60)
    assert assistant.reached == 2
