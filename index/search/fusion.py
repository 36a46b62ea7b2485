"""The signals of a passage put together: a linear combination, fitted by `policy-qa eval calibrate`.

The fused score orders, and says nothing else.
"""

from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.encoder.fitted import read_fitted
from index.schema import Signals
from index.text.tokens import DATA

Floats = NDArray[np.float64]
FUSION = DATA / "fusion.json"
SIGNALS = tuple(field.name for field in fields(Signals))


@lru_cache(maxsize=1)
def load_weights() -> Mapping[str, float]:
    """The fitted weight of each signal."""
    weights: Mapping[str, float] = read_fitted(FUSION)["weights"]
    return weights


@lru_cache(maxsize=1)
def load_stand_in() -> Mapping[str, float]:
    """What a passage of a document without lay questions gets on top of its own nearness, in the place
    of the questions' signals; else such a document could never stand beside one that has them."""
    stand_in: Mapping[str, float] = read_fitted(FUSION)["stand_in"]
    return stand_in


def fuse_all(signals: Mapping[str, Floats], weights: Mapping[str, float]) -> Floats:
    """The fused scores of many passages, one array a signal."""
    return np.asarray(sum(weights.get(name, 0.0) * signals[name] for name in SIGNALS), dtype=np.float64)


def shares_of_best(scores: Floats, weights: Mapping[str, float]) -> Floats:
    """Fused scores as shares of the highest that there can be, 0 to 1, as the words' signals are of theirs.

    One straight line for all queries, since every signal is at most 1: it keeps the order, a share stands for
    the same signals whatever was asked, and nothing about it is fitted but the weights. Like the score it
    only orders. What lies below the lowest (a cosine under 0) is 0, what lies above the highest (a stand-in
    on top of a full cosine) is 1.
    """
    values = [weights.get(name, 0.0) for name in SIGNALS]
    lowest, highest = sum(min(value, 0.0) for value in values), sum(max(value, 0.0) for value in values)
    if lowest == highest:
        return np.zeros_like(scores)
    return np.clip((scores - lowest) / (highest - lowest), 0.0, 1.0)
