"""Twins beside their baseline: questions whose wording does not tell whether the text answers them, and which
the gate holds apart from the older rows."""

import json
from collections.abc import Sequence
from pathlib import Path

from evals.gate.baseline import BASELINES
from evals.gate.gate import NET_LOSSES
from evals.runs.messages.figures import Figure
from index.storage.atomic_files import replace_file

GATED = "V1"
"""The author whose rows the gate asks: over the plan, for validation."""
PATH = BASELINES / "twins.json"
_HIGHER = {"answered with the right clause first", "near-misses refused", "false premises corrected"}


def write_figures(figures: Sequence[Figure], path: Path = PATH) -> None:
    """Keep the figures as the baseline."""
    held = {figure.name: [figure.count, figure.of] for figure in figures}
    replace_file(path, (json.dumps(held, indent=1) + "\n").encode())


def worse(figures: Sequence[Figure], path: Path = PATH) -> tuple[str, ...]:
    """A line for each figure that is worse than its baseline by more than `NET_LOSSES` rows, or is not there.
    Raises OSError, and ValueError for a broken file."""
    held = json.loads(path.read_text(encoding="utf-8"))
    found = []
    for figure in figures:
        count, of = held.get(figure.name, (None, None))
        if of != figure.of:
            found.append(f"{figure.name}：基线里没有这些题，请运行 policy-qa eval baseline")
        elif (count - figure.count) * (1 if figure.name in _HIGHER else -1) > NET_LOSSES:
            found.append(f"{figure.name}：{count} → {figure.count}（共 {of}）")
    return tuple(found)
