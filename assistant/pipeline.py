"""The whole way of a question: a literal list of steps, and the loop that runs it.

A step is a callable `Turn -> Turn`. One that sets `status` ends the turn; the steps after it are
skipped. `run` times each step, tells listeners, and stops between steps when a listener raises
`Cancelled`.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.llm.client import ChatModel
from assistant.llm.query_help import QueryHelp
from assistant.llm.writer import make_writer
from assistant.question.typing_slips import slips_of
from assistant.schema import Turn
from assistant.steps.compose_extractive import ComposeExtractive
from assistant.steps.compose_llm import ComposeLLM
from assistant.steps.ground import Ground
from assistant.steps.outline import AnswerOutline
from assistant.steps.retrieve import Retrieve
from assistant.steps.rewrite import Rewrite
from assistant.steps.scope import Scope
from assistant.steps.select import Select
from assistant.steps.understand import Understand
from index.library.library import Library
from index.search.searcher import Searcher

Step = Callable[[Turn], Turn]
MakeSteps = Callable[[Library, Searcher, ChatModel | None], tuple[tuple[str, Step], ...]]


@dataclass(frozen=True, slots=True)
class StepEvent:
    """A step has finished: its name, how long it took, and the turn after it."""

    step: str
    milliseconds: float
    turn: Turn


def make_steps(
    library: Library, searcher: Searcher, model: ChatModel | None = None
) -> tuple[tuple[str, Step], ...]:
    """The steps in their order, by name; `model` writes where an answer is asked of it."""
    return (
        ("understand", Understand(slips_of(tuple(searcher.texts())))),
        ("rewrite", Rewrite(QueryHelp(model) if model and model.settings.query_help else None)),
        ("scope", Scope(searcher)),
        ("outline", AnswerOutline(library)),
        ("retrieve", Retrieve(searcher)),
        ("select", Select(library, searcher.passages)),
        ("compose", ComposeExtractive(library)),
        ("write", ComposeLLM(library, make_writer(model, searcher.embedder) if model else None)),
        ("ground", Ground(library)),
    )


def run(
    steps: Sequence[tuple[str, Step]], turn: Turn, on_event: Callable[[StepEvent], None] = lambda event: None
) -> Turn:
    """`turn` after the steps, up to the one that ended it, with each step's time in milliseconds."""
    for name, step in steps:
        if turn.status is not None:
            break
        began = time.perf_counter()
        turn = step(turn)
        spent = round((time.perf_counter() - began) * 1000, 2)
        turn = replace(turn, timings_ms={**turn.timings_ms, name: spent})
        on_event(StepEvent(name, spent, turn))
    return turn
