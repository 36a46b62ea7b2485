"""The whole way of a question: a literal list of steps, and the loop that runs it.

A step is a callable `Turn -> Turn`. One that sets `status` ends the turn: the steps after it are skipped,
but for the last, which checks every answer against the stored text. `run` times each step, tells listeners,
and stops between steps when a listener raises `Cancelled`.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from assistant.answering.models import ReadingModel
from assistant.llm.client import ChatModel
from assistant.llm.query_help import QueryHelp
from assistant.llm.writer import make_writer
from assistant.question.own_place import OwnPlaces
from assistant.reading.reader import reader
from assistant.schema import OnSentence, Turn
from assistant.steps.answer import AnswerFromEvidence
from assistant.steps.danger import Danger
from assistant.steps.document import AnswerAboutDocument
from assistant.steps.ground import Ground
from assistant.steps.jurisdiction import Jurisdiction, place_stem
from assistant.steps.outline import AnswerOutline
from assistant.steps.retrieve import Retrieve
from assistant.steps.rewrite import Rewrite
from assistant.steps.scope import Scope
from assistant.steps.understand import Understand
from assistant.steps.write import WriteSentences
from index.library.library import Library
from index.schema import NATIONWIDE
from index.search.searcher import Searcher
from index.text.folding import fold_text

Step = Callable[[Turn], Turn]


@runtime_checkable
class StreamingStep(Protocol):
    """A step that can tell an answer's sentences while it works."""

    def __call__(self, turn: Turn) -> Turn:
        """The step without a listener."""
        ...

    def listened_to_by(self, on_sentence: OnSentence) -> Step:
        """The step with a listener."""
        ...


MakeSteps = Callable[[Library, Searcher, ChatModel | None], tuple[tuple[str, Step], ...]]


@dataclass(frozen=True, slots=True)
class StepEvent:
    """A step has finished: its name, how long it took, and the turn after it."""

    step: str
    milliseconds: float
    turn: Turn


def make_steps(
    library: Library,
    searcher: Searcher,
    model: ChatModel | None = None,
    reading: ReadingModel | None = None,
) -> tuple[tuple[str, Step], ...]:
    """The steps in their order, by name; `model` writes where an answer is asked of it. `reading`: None is
    what was fitted on top of the reader."""
    vocabulary = searcher.vocabulary
    places = {view.document.jurisdiction for view in library.views()} - {None, NATIONWIDE}
    stems = tuple(sorted(place_stem(place) for place in places if place))
    own = OwnPlaces(stems, fold_text("".join(passage.text for passage in searcher.passages)))
    query_help = QueryHelp(model) if model and model.settings.query_help else None
    return (
        ("understand", Understand()),
        ("rewrite", Rewrite(query_help, vocabulary)),
        ("danger", Danger(searcher)),
        ("outline", AnswerOutline(library, searcher)),
        ("document", AnswerAboutDocument(library, searcher)),
        ("scope", Scope(searcher)),
        ("jurisdiction", Jurisdiction(library)),
        ("retrieve", Retrieve(searcher, vocabulary, own)),
        ("answer", AnswerFromEvidence(library, searcher.passages, reader(), reading)),
        ("write", WriteSentences(library, make_writer(model, searcher.embedder) if model else None)),
        ("ground", Ground(library)),
    )


def run(
    steps: Sequence[tuple[str, Step]],
    turn: Turn,
    on_event: Callable[[StepEvent], None] = lambda event: None,
    on_sentence: OnSentence = lambda sentence: None,
) -> Turn:
    """`turn` after the steps up to the one that ended it, and the last, with each step's time in
    milliseconds."""
    for at, (name, step) in enumerate(steps, start=1):
        if turn.status is not None and at < len(steps):
            continue
        began = time.perf_counter()
        turn = step.listened_to_by(on_sentence)(turn) if isinstance(step, StreamingStep) else step(turn)
        spent = round((time.perf_counter() - began) * 1000, 2)
        turn = replace(turn, timings_ms={**turn.timings_ms, name: spent})
        on_event(StepEvent(name, spent, turn))
    return turn
