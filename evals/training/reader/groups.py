"""From readings to groups: a question with the candidates that are judged together, and their marks.

No torch here: groups are plain lists, so that what is learned from can be looked at and tested.
"""

import gzip
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CANDIDATES = 10
"""Hits that are read in service."""
NEGATIVES = 4
_SENTENCE = re.compile(r"[^。！？!?]*[。！？!?]+[”』」）)]*|[^。！？!?]+$")
_WITHOUT_PREPARED = 0.3
"""How often a prepared question is left out: most documents have none."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One passage for a question. `answers` and `denies` are None where nobody knows."""

    around: str
    text: str
    answers: bool | None
    denies: bool | None
    start: int = -1
    end: int = -1
    prepared: str = ""
    """A prepared question that the passage answers."""


@dataclass(frozen=True, slots=True)
class Group:
    """A question with its candidates; none of them answers where no `answers` is true."""

    question: str
    candidates: tuple[Candidate, ...]
    judged: bool = True
    """Whether some candidate or `none` is known to be right; else only `denies` is learned."""
    twins: str = ""
    """Shared by questions that differ in a word or two; empty where a question has no twin."""


def read_passages(path: Path) -> list[tuple[str, str]]:
    """Of each passage what stands around it, and its text."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(held["context"], held["text"]) for held in map(json.loads, lines)]


def units_of(
    readings: Sequence[dict[str, Any]], passages: Sequence[tuple[str, str]], chance: random.Random
) -> list[list[Group]]:
    """The groups of the readings; twins, which differ in a word, in one unit."""
    units: dict[str, list[Group]] = {}
    for reading in readings:
        made = [group for text in reading["texts"] if (group := _group(reading, text, passages, chance))]
        units.setdefault(reading["pair"] or reading["id"], []).extend(made)
    return [unit for unit in units.values() if unit]


def _group(
    reading: dict[str, Any], text: dict[str, Any], passages: Sequence[tuple[str, str]], chance: random.Random
) -> Group | None:
    label, part = reading["label"], text["kind"] == "part"
    served = [hit for hit in text["hits"] if hit[1] is not None][:CANDIDATES]
    missed = [hit for hit in text["hits"] if hit not in served]
    positive = [hit for hit in served if hit[2] in ("gold", "denies")]
    alone = sum(one["kind"] == "part" for one in reading["texts"]) == 1
    judged = part and label != "claimed"
    if judged and label != "unanswerable" and not positive:
        if not alone:  # another part may be what is answered
            return None
        positive = [hit for hit in missed if hit[2] in ("gold", "denies")][:2]
    if not part or label == "claimed":
        positive = [hit for hit in (*served, *missed) if hit[2] in ("gold", "denies")][:2]
        if not positive and not part:
            return None
    tempting = [hit for hit in (*served, *missed) if hit[2] == "near"][:2]
    others = [hit for hit in served if hit[2] == "other"]
    wanted = (NEGATIVES if judged else 1) - len(tempting) + (1 if not positive else 0)
    chosen = others[:1] + chance.sample(others[1:], max(0, min(wanted - 1, len(others) - 1)))
    hits = (*positive[:3], *tempting, *chosen)
    return Group(
        text["text"], tuple(_candidate(text, hit, passages, chance) for hit in hits), judged, reading["pair"]
    )


def _candidate(
    text: dict[str, Any], hit: list[Any], passages: Sequence[tuple[str, str]], chance: random.Random
) -> Candidate:
    index, _, mark, start, end, prepared = hit
    around, words = passages[index]
    denies: bool | None = mark == "denies"
    if denies and text["kind"] == "statement":
        denies = text["claimed"]
    if chance.random() < _WITHOUT_PREPARED:
        prepared = ""
    return Candidate(around, words, mark in ("gold", "denies"), denies, start, end, prepared)


def read_general(path: Path) -> Iterator[tuple[str, list[str], int, int, int]]:
    """Questions over general passages (`shared/bench/reading`): the question, the passage's sentences, the
    number of the one that answers, and the answer's offsets in it."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            held = json.loads(line)
            spans = [match.span() for match in _SENTENCE.finditer(held["context"])]
            sentences = [held["context"][a:b] for a, b in spans]
            for qa in held["qas"]:
                at = next((n for n, (a, b) in enumerate(spans) if a <= qa["start"] and qa["end"] <= b), None)
                if at is not None and len(sentences) > 1:
                    yield qa["question"], sentences, at, qa["start"] - spans[at][0], qa["end"] - spans[at][0]


def general_unit(
    held: tuple[str, list[str], int, int, int], chance: random.Random, none_share: float
) -> list[Group]:
    """One group; in `none_share` of cases without the sentence that answers."""
    question, sentences, at, start, end = held
    others = [Candidate("", text, False, False) for n, text in enumerate(sentences) if n != at]
    chosen = chance.sample(others, min(NEGATIVES, len(others)))
    if chance.random() >= none_share:
        chosen.append(Candidate("", sentences[at], True, False, start, end))
    return [Group(question, tuple(chosen))]
