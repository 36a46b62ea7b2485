"""What each part of the assistant adds: the same questions with one part taken out at a time.

Nothing is fitted again in between, so a row shows what the fitted whole loses without the part.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from assistant.answering.models import ReadingModel, contradiction_model, reading_model
from assistant.eval_rows.row import Row
from assistant.llm.client import ChatModel
from assistant.pipeline import MakeSteps, Step, make_steps
from assistant.reading.reader import reader
from assistant.service import Assistant
from assistant.settings import Settings
from assistant.steps.answer import AnswerFromEvidence
from evals.metrics.answers import METRICS, Context
from evals.runs.answerers import OfAssistant
from index.library.library import Library
from index.search.fusion import load_weights
from index.search.searcher import Searcher

SHOWN = ("clause_hit@1", "clause_hit@3", "all_evidence", "facts", "clause_precision", "true_refusal",
         "false_refusal", "correction")  # fmt: skip

Replacement = Callable[[Library, Searcher], Step]

_SIGNALS: Mapping[str, tuple[str, ...]] = {
    "lay questions, dense": ("dense_question",),
    "lay questions, BM25": ("bm25_question",),
    "lay questions, both": ("dense_question", "bm25_question"),
    "passages, dense": ("dense_passage",),
    "passages, BM25": ("bm25",),
    "headings and structure": ("bm25_heading", "structure"),
    "all but dense passages": ("dense_question", "bm25_question", "bm25", "bm25_heading", "structure"),
    "all but BM25 of passages": (
        "dense_question",
        "bm25_question",
        "dense_passage",
        "bm25_heading",
        "structure",
    ),
}
_STEPS: Mapping[str, tuple[str, Replacement]] = {
    "decision": (
        "answer",
        lambda library, searcher: AnswerFromEvidence(
            library, searcher.passages, reader(), _always_answering(reading_model(reader()))
        ),
    ),
    "contradictions": (
        "answer",
        lambda library, searcher: AnswerFromEvidence(
            library, searcher.passages, reader(), contradiction=replace(contradiction_model(), floor=2.0)
        ),
    ),
}


def _always_answering(model: ReadingModel) -> ReadingModel:
    return replace(model, decision=replace(model.decision, floor=0.0), topic=replace(model.topic, floor=0.0))


def variants(settings: Settings) -> Iterator[tuple[str, Assistant]]:
    """The whole, then the assistant without each part, by the part's name."""
    yield "nothing (the whole)", Assistant.open(settings)
    for name, (step, replacement) in _STEPS.items():
        yield name, Assistant.open(settings, steps=_with_step(step, replacement))
    assistant = Assistant.open(settings)
    for name, signals in _SIGNALS.items():
        assistant.searcher.weigh({**load_weights(), **dict.fromkeys(signals, 0.0)})
        yield name, assistant


def ablation_table(settings: Settings, rows: Sequence[Row], on_done: Callable[[int], None]) -> str:
    """Markdown: a line for each part left out, the means of `SHOWN`; `on_done(n)` tells of n more rows."""
    lines = [f"| without | {' | '.join(SHOWN)} |", "|---" * (len(SHOWN) + 1) + "|"]
    for name, assistant in variants(settings):
        ask = OfAssistant(assistant)
        context = Context(assistant.library, lambda sentence, quotes: True)  # no metric of SHOWN asks
        found: dict[str, list[float]] = {metric: [] for metric in SHOWN}
        for row in rows:
            answer = ask(row)
            for metric, values in found.items():
                value = METRICS[metric](row, answer, context)
                values += [] if value is None else [value]
            on_done(1)
        lines.append(f"| {name} | {' | '.join(_mean(values) for values in found.values())} |")
    return "\n".join(lines)


def variant_count() -> int:
    """How many lines the table has."""
    return 1 + len(_STEPS) + len(_SIGNALS)


def _with_step(name: str, replacement: Replacement) -> MakeSteps:
    def make(library: Library, searcher: Searcher, model: ChatModel | None) -> tuple[tuple[str, Step], ...]:
        steps = make_steps(library, searcher, model)
        return tuple((n, replacement(library, searcher) if n == name else step) for n, step in steps)

    return make


def _mean(values: Sequence[float]) -> str:
    return f"{np.mean(values):.3f}" if values else "–"
