"""Answers judged by readers: two people mark the answers of two versions, mixed and unlabelled.

`draw` chooses the questions by seed from parts that nothing is fitted on; `sheet` mixes the answers;
`agreement` compares two readers' marks (Cohen, 1960). Marks and answers of the last judgement lie in
`evals/datasets/readers/`."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.rows.dataset import DATASETS, load_rows
from evals.runs.messages.figures import FOLDER

READERS = DATASETS / "readers"
_DRAWN = {"messages": 55, "rows": 45, "parts": 20, "claims": 30}
"""How many questions of each source."""
MARKS = ("first", "not_misleading", "to_the_point", "reason", "content")


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two readers' marks of one kind."""

    mark: str
    items: int
    same: float
    """Share of items with the same mark."""
    kappa: float
    """Agreement beyond chance, Cohen's kappa; 1 where both gave one mark throughout."""


def draw(seed: int = 16) -> tuple[tuple[str, str], ...]:
    """Id and text of the questions that readers judge answers to."""
    pools: dict[str, list[tuple[str, str]]] = {
        "messages": [
            (row["id"], str(row["marked"]).replace("⟦", "").replace("⟧", ""))
            for author in ("m3", "m4")
            for row in _read(FOLDER / f"messages.{author}.jsonl")
        ],
        "rows": [
            (row.id, row.turns[0])
            for row in load_rows(split="test")
            if len(row.turns) == 1 and row.status in ("answered", "not_covered", "out_of_scope")
        ],
        "parts": [(row["id"], row["text"]) for row in _read(FOLDER / "several_parts.jsonl")],
        "claims": [(row["id"], row["text"]) for row in _read(FOLDER / "claims.c2.jsonl")],
    }
    chosen = random.Random(seed)  # noqa: S311 - which rows are drawn is no secret
    return tuple(item for name, count in _DRAWN.items() for item in chosen.sample(pools[name], count))


def sheet(
    answers: Mapping[str, Mapping[str, str]], seed: int = 5
) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """What readers get (id, question, answer) and the key to it (id, row, version), in one random order.
    `answers`: by version and row id."""
    questions = dict(draw())
    items = [(row, version) for row in questions for version in answers]
    random.Random(seed).shuffle(items)  # noqa: S311
    shown, key = [], []
    for number, (row, version) in enumerate(items):
        name = f"j{number:03}"
        shown.append({"id": name, "question": questions[row], "answer": answers[version][row]})
        key.append({"id": name, "row": row, "version": version})
    return shown, key


def agreement(one: Sequence[object], other: Sequence[object], mark: str) -> Agreement:
    """How far two readers agree on the same items. Raises ValueError for lists of other lengths or none."""
    if len(one) != len(other) or not one:
        raise ValueError("two readers must have marked the same items")
    same = sum(a == b for a, b in zip(one, other, strict=True)) / len(one)
    values = set(one) | set(other)
    chance = sum((one.count(v) / len(one)) * (other.count(v) / len(other)) for v in values)
    return Agreement(mark, len(one), same, 1.0 if chance == 1 else (same - chance) / (1 - chance))


def content_shares(folder: Path = READERS) -> dict[str, tuple[int, int]]:
    """By version how many answers both readers found satisfying, and of how many."""
    key = {row["id"]: row["version"] for row in _read(folder / "key.jsonl")}
    marks = [{row["id"]: row["content"] for row in _read(folder / f"marks.{name}.jsonl")} for name in "ab"]
    found: dict[str, tuple[int, int]] = {}
    for identifier, version in key.items():
        count, of = found.get(version, (0, 0))
        found[version] = count + all(mark[identifier] for mark in marks), of + 1
    return found


def read_marks(path: Path) -> dict[str, dict[str, str]]:
    """A reader's marks by item."""
    return {row["id"]: row for row in _read(path)}


def _read(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
