"""Several runs over the same rows side by side, as a Markdown table."""

from collections.abc import Sequence
from pathlib import Path

from evals.runs.report.records import Run, load_run

COLUMNS = (
    ("right", "right"),
    ("clause_hit@1", "hit@1"),
    ("clause_hit@3", "hit@3"),
    ("all_evidence", "all evidence"),
    ("facts", "facts"),
    ("clause_precision", "precision"),
    ("verbatim", "verbatim"),
    ("refusal_recall", "refusal"),
    ("false_refusal", "false refusal"),
    ("correction", "corrections"),
    ("answer_length", "length"),
)


def side_by_side(folders: Sequence[Path]) -> str:
    """One line a run: means with 95 % intervals, median and 95th percentile of the time in milliseconds.
    Raises ValueError where the runs did not ask the same rows, and as `load_run`."""
    runs = [load_run(folder) for folder in folders]
    for run in runs[1:]:
        if _asked(run) != _asked(runs[0]):
            raise ValueError(f"{runs[0].name} and {run.name} asked different rows")
    head = ["answerer", *(title for _, title in COLUMNS), "p50 / p95 ms"]
    lines = [head, ["---"] * len(head), *(_line(run) for run in runs)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _asked(run: Run) -> set[str]:
    return {record.id for record in run.records}


def _line(run: Run) -> list[str]:
    latency = run.summary["latency"]["whole"]
    cells = [_cell(run, name) for name, _ in COLUMNS]
    return [str(run.settings["answerer"]), *cells, f"{latency['p50']:.0f} / {latency['p95']:.0f}"]


def _cell(run: Run, name: str) -> str:
    held = run.summary["metrics"].get(name)
    if not held or held["mean"] is None:
        return "–"
    if name == "answer_length":
        return f"{held['mean']:.0f}"
    return f"{held['mean']:.3f} ({held['low']:.2f}–{held['high']:.2f})"
