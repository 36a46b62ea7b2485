"""What a message is about: a linear model over its query vector, fitted by `policy-qa eval calibrate`."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.encoder.fitted import read_fitted

_FILE = Path(__file__).parents[1] / "data" / "intent.json"


@dataclass(frozen=True, slots=True)
class IntentModel:
    """Multinomial logistic regression over query vectors."""

    names: tuple[str, ...]
    weights: NDArray[np.float64]
    """Shape (dimensions + 1, classes); the last row is the bias."""

    def probabilities(self, vector: Sequence[float]) -> dict[str, float]:
        """The chance of each intent."""
        logits = np.append(np.asarray(vector, dtype=np.float64), 1.0) @ self.weights
        exps = np.exp(logits - logits.max())
        return dict(zip(self.names, (exps / exps.sum()).tolist(), strict=True))


@lru_cache(maxsize=1)
def intent_model() -> IntentModel:
    """The fitted intent model."""
    data = read_fitted(_FILE)
    return IntentModel(tuple(data["names"]), np.asarray(data["weights"], dtype=np.float64))
