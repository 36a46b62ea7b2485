"""What a message is about: a linear model over its query vector, fitted by `policy-qa eval calibrate`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

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
    data = json.loads(_FILE.read_text(encoding="utf-8"))
    return IntentModel(tuple(data["names"]), np.asarray(data["weights"], dtype=np.float64))
