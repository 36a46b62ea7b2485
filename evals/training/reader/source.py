"""Batches to learn from, drawn from files of readings and from general reading."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.reading.pairs import PairEncoder
from evals.training.reader.batches import encode
from evals.training.reader.groups import Group, general_unit, read_general, read_passages, units_of

CORPUS = ("questions", "open", "claims")
"""Authors of the corpus's own questions."""
_POOL = 24
"""Batches that are sorted by length together."""
_NONE = 0.35
"""Of general questions, how many come without the sentence that answers."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """What is learned from."""

    readings: Sequence[Path]
    without: frozenset[str]
    """Authors whose rows are kept apart."""
    corpus_share: float
    """Of the corpus's questions, how many are used in each round."""
    general: Path | None


class Source:
    """Units in a new order each round; their negatives are drawn anew. Files are read again each round."""

    def __init__(self, mixture: Mixture, chance: random.Random) -> None:
        self._chance = chance
        self._mixture = mixture
        self._general = list(read_general(mixture.general)) if mixture.general else []
        self._own = self._forever()

    def batches(self, encoder: PairEncoder, tokens: int, general_share: float) -> list[list[Group]]:
        """Some batches of about `tokens` tokens, each of units of like length, in random order."""
        units: list[tuple[int, list[Group]]] = []
        total = 0
        while total < tokens * _POOL:
            unit = self._unit(general_share)
            longest = max(len(encode(encoder, g.question, c).ids) for g in unit for c in g.candidates)
            units.append((longest, unit))
            total += longest * _pairs(unit)
        units.sort(key=lambda pair: pair[0])
        batches: list[list[Group]] = [[]]
        held = 0
        for longest, unit in units:
            if batches[-1] and (held + _pairs(unit)) * longest > tokens:
                batches.append([])
                held = 0
            batches[-1].extend(unit)
            held += _pairs(unit)
        self._chance.shuffle(batches)
        return batches

    def _unit(self, general_share: float) -> list[Group]:
        if self._general and self._chance.random() < general_share:
            return general_unit(self._chance.choice(self._general), self._chance, _NONE)
        return next(self._own)

    def _forever(self) -> Iterator[list[Group]]:
        while True:
            units: list[list[Group]] = []
            for path in self._mixture.readings:
                readings = [r for r in map(json.loads, path.open(encoding="utf-8")) if self._wanted(r)]
                units += units_of(readings, read_passages(path.with_suffix(".passages.jsonl")), self._chance)
            self._chance.shuffle(units)
            yield from units

    def _wanted(self, reading: dict[str, Any]) -> bool:
        if reading["author"] in self._mixture.without:
            return False
        return reading["author"] not in CORPUS or self._chance.random() < self._mixture.corpus_share


def _pairs(unit: Sequence[Group]) -> int:
    return sum(len(group.candidates) for group in unit)
