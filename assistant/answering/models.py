"""Small trained parameters: whether evidence answers a question, and whether it excludes a statement.

All are linear models, fitted by `policy-qa eval calibrate` and kept as JSON in `assistant/data`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from assistant.answering.confidence import ConfidenceModel
from assistant.answering.contradiction import ContradictionModel
from assistant.fitted import DATA, thresholds
from index.encoder.fitted import read_fitted

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AnswerabilityModel:
    """Logistic regression over named features, and the floor under which the answer is refused."""

    weights: Mapping[str, float]
    bias: float
    floor: float
    direction: Floats
    """Shape (dimensions + 1,): which way answerable questions lie in the space of query vectors; last the
    bias."""

    def probability(self, features: Mapping[str, float]) -> float:
        """The chance that the evidence answers."""
        z = self.bias + sum(weight * features[name] for name, weight in self.weights.items())
        return float(1 / (1 + np.exp(-z)))


@lru_cache(maxsize=1)
def answerability_model() -> AnswerabilityModel:
    """The fitted answerability model."""
    data = read_fitted(DATA / "answerability.json")
    direction = np.asarray(data["direction"], dtype=np.float64)
    return AnswerabilityModel(data["weights"], data["bias"], thresholds()["answerable"], direction)


@lru_cache(maxsize=1)
def contradiction_model() -> ContradictionModel:
    """The fitted model of what contradicts a statement."""
    data = read_fitted(DATA / "contradiction.json")
    return ContradictionModel(data["weights"], data["bias"], data["floor"])


@lru_cache(maxsize=1)
def confidence_model() -> ConfidenceModel:
    """The fitted confidence model."""
    data = read_fitted(DATA / "confidence.json")
    return ConfidenceModel({outcome: tuple(weights) for outcome, weights in data.items()})
