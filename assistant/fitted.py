"""Fitted parameters that several rooms read, the form of those that decide, and the check that all are for
the encoder in use."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from index.encoder.embedder import Embedder
from index.encoder.fitted import check_fitted, read_fitted
from index.search.fusion import FUSION

DATA = Path(__file__).parent / "data"
FITTED = (FUSION, *sorted(DATA.glob("*.json")))
"""Every file of fitted parameters; all are written by `policy-qa eval calibrate` only."""


@dataclass(frozen=True, slots=True)
class Logistic:
    """A fitted logistic regression over named numbers."""

    weights: Mapping[str, float]
    bias: float
    floor: float
    """The chance from which on it says yes."""

    def chance(self, features: Mapping[str, float]) -> float:
        """The chance that it is so; `features` holds a number for each weight."""
        z = self.bias + sum(weight * features[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-z))


@lru_cache(maxsize=1)
def thresholds() -> Mapping[str, float]:
    """Every calibrated threshold, by name."""
    data: Mapping[str, float] = read_fitted(DATA / "thresholds.json")
    return data


def check_encoder(embedder: Embedder) -> None:
    """Raise OtherEncoder where parameters were fitted for another encoder than `embedder`."""
    check_fitted(FITTED, embedder)
