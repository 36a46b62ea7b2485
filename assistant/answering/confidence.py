"""How likely an answer or a refusal is right, as a calibrated chance.

An answer is right when the documents answer the question and its first citation lies in the clause that
does; a refusal, when they do not. Two logistic regressions (after Platt, 1999) turn the chance that the
evidence answers, and the best clause's share among all that was found, into that.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index.schema import Hit
from index.search.searcher import base_address

_EDGE = 1e-6


@dataclass(frozen=True, slots=True)
class ConfidenceModel:
    """For each outcome (`answered`, `refused`) the weights of the two inputs and the bias."""

    weights: Mapping[str, tuple[float, float, float]]

    def confidence(self, outcome: str, chance: float, hits: Sequence[Hit]) -> float:
        """The chance of being right, 0 to 1. `chance` is that the evidence answers."""
        inputs = inputs_of(chance, hits)
        first, second, bias = self.weights[outcome]
        return 1 / (1 + math.exp(-(first * inputs[0] + second * inputs[1] + bias)))


def inputs_of(chance: float, hits: Sequence[Hit]) -> tuple[float, float]:
    """The log-odds of `chance`, and the share of the best hit's clause in the softmax of the scores."""
    bounded = min(max(chance, _EDGE), 1 - _EDGE)
    odds = math.log(bounded / (1 - bounded))
    if not hits:
        return odds, 0.0
    scores = np.exp(np.asarray([hit.score for hit in hits]) - hits[0].score)
    clause = base_address(hits[0].passage.clause_id)
    own = np.asarray([base_address(hit.passage.clause_id) == clause for hit in hits])
    return odds, float(scores[own].sum() / scores.sum())
