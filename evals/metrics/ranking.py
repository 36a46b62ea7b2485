"""Ranking metrics over ids, best first, with binary relevance; definitions as in trec_eval.

`ranked` holds no id twice; `relevant` is not empty.
"""

from collections.abc import Collection, Sequence
from math import log2


def recall_at(ranked: Sequence[object], relevant: Collection[object], depth: int) -> float:
    """Share of the relevant ids among the first `depth`."""
    return sum(item in relevant for item in ranked[:depth]) / len(relevant)


def reciprocal_rank(ranked: Sequence[object], relevant: Collection[object], depth: int) -> float:
    """One over the rank of the first relevant id, 0 if none is among the first `depth` (Voorhees, 1999)."""
    return next((1 / rank for rank, item in enumerate(ranked[:depth], start=1) if item in relevant), 0.0)


def ndcg_at(ranked: Sequence[object], relevant: Collection[object], depth: int) -> float:
    """Normalised discounted cumulative gain, discount log2(rank + 1) (Järvelin and Kekäläinen, 2002)."""
    gain = sum(1 / log2(rank + 1) for rank, item in enumerate(ranked[:depth], start=1) if item in relevant)
    return gain / sum(1 / log2(rank + 1) for rank in range(1, min(len(relevant), depth) + 1))
