"""Judges what a run generated: metrics a row, then aggregates. Pure but for the folder it writes to."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.eval_rows.row import Row
from assistant.schema import Answer
from evals.metrics.answers import METRICS, Context, address_of, bootstrap_interval
from evals.metrics.selective import aurc, calibration_bins, calibration_error, risk_coverage
from evals.runs.folder import RunFolder
from evals.runs.suites import Suite


@dataclass(frozen=True, slots=True)
class Judged:
    """A row, its answer, what it is worth, and how long it took in milliseconds."""

    row: Row
    answer: Answer
    values: Mapping[str, float | None]
    right: bool
    milliseconds: float


def judge(row: Row, answer: Answer, milliseconds: float, suite: Suite, context: Context) -> Judged:
    """One answer by the suite's metrics."""
    values = {name: METRICS[name](row, answer, context) for name in suite.metrics}
    return Judged(row, answer, values, suite.is_right(row, answer), milliseconds)


def evaluate(folder: RunFolder, suite: Suite, context: Context) -> tuple[Judged, ...]:
    """Judge every answer of the folder and write metrics.jsonl and summary.json."""
    generated = folder.generated()
    judged = tuple(
        judge(row, held.answer, held.milliseconds, suite, context)
        for row in folder.rows()
        if (held := generated.get(row.id)) and held.answer is not None
    )
    folder.write_lines("metrics.jsonl", [_record(j) for j in judged])
    folder.write_json("summary.json", summarise(judged, suite.metrics))
    return judged


def summarise(judged: Sequence[Judged], metrics: Sequence[str]) -> dict[str, Any]:
    """Means with 95 % intervals, by kind and by voice; calibration; risk and coverage; latency in
    milliseconds, the whole row's and each step's of the judged turn."""
    confidences, right = [j.answer.confidence for j in judged], [j.right for j in judged]
    return {
        "n": len(judged),
        "metrics": {"right": _interval([float(r) for r in right])}
        | {name: _interval(_defined(judged, name)) for name in metrics},
        "by": {
            attribute: {
                name: {"n": len(group), "metrics": {m: _mean(_defined(group, m)) for m in metrics}}
                for name, group in sorted(_groups(judged, attribute).items())
            }
            for attribute in ("kind", "voice")
        },
        "calibration": {
            "error": round(calibration_error(confidences, right), 4),
            "bins": [[b.confidence, b.share, b.count] for b in calibration_bins(confidences, right)],
        },
        "risk_coverage": {
            "aurc": round(aurc(confidences, right), 4),
            "points": risk_coverage(confidences, right),
        },
        "latency": _latency(judged),
    }


def _defined(judged: Sequence[Judged], metric: str) -> list[float]:
    return [value for j in judged if (value := j.values[metric]) is not None]


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None


def _interval(values: Sequence[float]) -> dict[str, float | int | None]:
    low, high = bootstrap_interval(values) if values else (None, None)
    return {"mean": _mean(values), "low": low, "high": high, "n": len(values)}


def _groups(judged: Sequence[Judged], attribute: str) -> dict[str, list[Judged]]:
    groups: dict[str, list[Judged]] = defaultdict(list)
    for j in judged:
        groups[getattr(j.row, attribute)].append(j)
    return groups


def _latency(judged: Sequence[Judged]) -> dict[str, dict[str, float]]:
    times: dict[str, list[float]] = {"whole": [j.milliseconds for j in judged]}
    for j in judged:
        for step, spent in j.answer.timings_ms.items():
            times.setdefault(step, []).append(spent)
    return {
        step: {
            "p50": round(float(np.quantile(spent, 0.5)), 2),
            "p95": round(float(np.quantile(spent, 0.95)), 2),
        }
        for step, spent in times.items()
        if spent
    }


def _record(judged: Judged) -> dict[str, Any]:
    row, answer = judged.row, judged.answer
    return {
        "id": row.id,
        "kind": row.kind,
        "voice": row.voice,
        "split": row.split,
        "turns": row.turns,
        "wanted": row.status,
        "status": answer.status,
        "gold": [{"clause": gold.clause, "quote": gold.quote} for gold in row.gold],
        "facts": row.facts,
        "values": judged.values,
        "confidence": answer.confidence,
        "right": judged.right,
        "milliseconds": judged.milliseconds,
        "answer": answer.answer,
        "cited": [
            {"clause": address_of(c), "label": c.clause_label, "quote": c.quote} for c in answer.citations
        ],
    }
