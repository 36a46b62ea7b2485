"""Runs rows through the assistant and prints a table by kind."""

import json
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.schema import Answer
from assistant.service import Assistant
from evals.dataset import Row
from evals.metrics import METRICS, bootstrap_interval, calibration_error, is_right


@dataclass(frozen=True, slots=True)
class Result:
    """A row, its answer, its metrics, and how long the judged question took in milliseconds."""

    row: Row
    answer: Answer
    values: Mapping[str, float | None]
    milliseconds: float


def run_row(assistant: Assistant, row: Row) -> Result:
    """Ask one row; a conversation's earlier turns are asked first, and only the last is judged."""
    conversation: str | None = None
    for turn in row.turns:
        began = time.perf_counter()
        answer = assistant.ask(turn, conversation_id=conversation)
        spent = (time.perf_counter() - began) * 1000
        conversation = answer.conversation_id
    assistant.conversations.delete(answer.conversation_id)
    values = {name: metric(row, answer, assistant.library) for name, metric in METRICS.items()}
    return Result(row, answer, values, spent)


def table(results: Sequence[Result]) -> str:
    """Markdown: one line for all, then one a kind and one a voice; means with 95 % intervals for all."""
    names = list(METRICS)
    lines = [f"| | n | {' | '.join(names)} |", "|---" * (len(names) + 2) + "|"]
    lines.append(_line("all", results, names, interval=True))
    for attribute in ("kind", "voice"):
        groups: dict[str, list[Result]] = defaultdict(list)
        for result in results:
            groups[getattr(result.row, attribute)].append(result)
        lines += [_line(name, groups[name], names) for name in sorted(groups)]
    confidences = [result.answer.confidence for result in results]
    error = calibration_error(confidences, [is_right(r.row, r.answer) for r in results])
    lines.append(f"\nexpected calibration error of `confidence`: {error:.3f}")
    times = [result.milliseconds for result in results]
    p50, p95 = np.quantile(times, [0.5, 0.95])
    lines.append(f"\nlatency of a question, in process: p50 {p50:.1f} ms, p95 {p95:.1f} ms")
    return "\n".join(lines)


def _line(name: str, results: Sequence[Result], names: Sequence[str], interval: bool = False) -> str:
    cells = []
    for metric in names:
        values = [v for r in results if (v := r.values[metric]) is not None]
        if not values:
            cells.append("–")
            continue
        cell = f"{np.mean(values):.3f}"
        if interval:
            low, high = bootstrap_interval(values)
            cell += f" [{low:.2f}, {high:.2f}]"
        cells.append(cell)
    return f"| {name} | {len(results)} | {' | '.join(cells)} |"


def write_results(path: Path, results: Sequence[Result]) -> None:
    """One JSON line a row: the question, what came back, and the metrics."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for r in results:
            record = {
                "id": r.row.id,
                "kind": r.row.kind,
                "voice": r.row.voice,
                "turns": r.row.turns,
                "wanted": r.row.status,
                "status": r.answer.status,
                "standalone": r.answer.standalone_question,
                "answer": r.answer.answer,
                "short_answer": r.answer.short_answer,
                "correction": r.answer.correction,
                "missing": r.answer.missing,
                "confidence": r.answer.confidence,
                "cited": [c.clause_id.partition("#")[2] for c in r.answer.citations],
                "gold": [gold.clause for gold in r.row.gold],
                "facts": r.row.facts,
                "metrics": r.values,
                "milliseconds": round(r.milliseconds, 2),
            }
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
