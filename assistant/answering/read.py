"""What was found for a part, read: which passages answer, in which order, and with which words.

The best ten of the search are read. They are ordered by what reading and search say together, as log-shares:
`exp` of the difference of two scores compares how likely each answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.reading.reader import Reader, Reading
from assistant.schema import SubQuestion

READ = 10
"""Passages that are read for a part."""


@dataclass(frozen=True, slots=True)
class Order:
    """What the reader's and the search's scores weigh."""

    answers: float
    search: float


@dataclass(frozen=True, slots=True)
class ReadPart:
    """A part whose hits stand in the order in which they answer, those that were read first; `searched` has
    them as the search found them."""

    part: SubQuestion
    searched: SubQuestion
    readings: Mapping[str, Reading]
    """By the passage's id."""


def read_part(part: SubQuestion, reader: Reader, order: Order) -> ReadPart:
    """`part`, which has hits, read."""
    return ordered(part, reader.read(part.complete or part.text, part.hits[:READ]), order)


def ordered(part: SubQuestion, readings: Sequence[Reading], order: Order) -> ReadPart:
    """`part`, whose first hits have these readings."""
    near = part.hits[:READ]
    least = min(reading.answers for reading in readings)
    answers = [reading.answers for reading in readings] + [least] * (len(part.hits) - len(near))
    scores = [
        order.answers * reading + order.search * hit.score
        for reading, hit in zip(answers, part.hits, strict=True)
    ]
    scored = [replace(hit, score=score) for hit, score in zip(part.hits, scores, strict=True)]
    best_first = sorted(scored[:READ], key=lambda hit: -hit.score)
    by_id = {hit.passage.id: reading for hit, reading in zip(near, readings, strict=True)}
    return ReadPart(replace(part, hits=(*best_first, *scored[READ:])), part, by_id)
