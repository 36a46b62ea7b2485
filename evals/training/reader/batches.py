"""Groups as arrays: token ids, which side each stands on, and what is to be learned of each pair."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.reading.pairs import PAD, Pair, PairEncoder
from evals.training.reader.groups import Candidate, Group

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Batch:
    """Pairs, padded to one length; `group` numbers the question that each belongs to."""

    ids: Ints
    kinds: Ints
    group: Ints
    twins: Ints
    """Numbers the twins that the question belongs to; -1 where it has none."""
    judged: NDArray[np.bool_]
    """Whether it is known what answers the question."""
    answers: NDArray[np.bool_]
    denies: NDArray[np.float32]
    """1, 0, or -1 where nobody knows."""
    spans: Ints
    """First and last deciding token; -1 where nobody marked them."""


def encode(encoder: PairEncoder, question: str, candidate: Candidate) -> Pair:
    """One pair as the reader's input."""
    return encoder.pair(question, candidate.around, candidate.text, candidate.prepared)


def make_batch(encoder: PairEncoder, groups: Sequence[Group]) -> Batch:
    """All pairs of the groups."""
    rows = [
        (number, group, candidate, encode(encoder, group.question, candidate))
        for number, group in enumerate(groups)
        for candidate in group.candidates
    ]
    width = max(len(pair.ids) for _, _, _, pair in rows)
    ids = np.full((len(rows), width), PAD, dtype=np.int64)
    kinds = np.full((len(rows), width), -1, dtype=np.int64)
    for at, (_, _, _, pair) in enumerate(rows):
        ids[at, : len(pair.ids)], kinds[at, : len(pair.kinds)] = pair.ids, pair.kinds
    names = {name: number for number, name in enumerate(sorted({group.twins for group in groups} - {""}))}
    denies = [-1.0 if one.denies is None else float(one.denies) for _, _, one, _ in rows]
    return Batch(
        ids,
        kinds,
        np.array([number for number, _, _, _ in rows]),
        np.array([names.get(group.twins, -1) for _, group, _, _ in rows]),
        np.array([group.judged for _, group, _, _ in rows]),
        np.array([bool(one.answers) for _, _, one, _ in rows]),
        np.array(denies, dtype=np.float32),
        np.array([_span(one, pair) for _, _, one, pair in rows], dtype=np.int64),
    )


def _span(candidate: Candidate, pair: Pair) -> tuple[int, int]:
    if candidate.start < 0:
        return -1, -1
    inside = [
        n for n, (a, b) in enumerate(pair.places) if a >= 0 and a < candidate.end and candidate.start < b
    ]
    return (inside[0], inside[-1]) if inside else (-1, -1)
