"""Whether a question takes something for granted that the text contradicts.

Three witnesses: claims about the same passages that people make, some true and some false, and to which
of them the question is nearer; the words and the leaning of the question, as false beliefs have their own
(只, 不用, 取消, 自己); and that it wants something confirmed. A logistic regression weighs them
(`assistant/data/premise.json`). Numbers, levels and obligations are compared by rule in
`assistant.answering.lead`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.question.patterns import Asked, load_patterns
from assistant.schema import SubQuestion
from index.schema import ClaimMatch, Passage
from index.text.tokens import tokens

_SHARPNESS = 40.0
_CONTENT = frozenset({Asked.DATE, Asked.NUMBER, Asked.WHO, Asked.LIST, Asked.HOW})
_NEUTRAL = 0.8
"""Cosine of a claim that is far away, where a passage has none."""
FEATURES = (
    "nearer",
    "around",
    "leaning",
    "wording",
    "confirms",
    "asks_whether",
    "asks_content",
    "alternative",
    "granted",
    "near_wording",
)
FOR = frozenset({"nearer", "around", "leaning", "wording", "near_wording"})
"""Features that can only speak for a contradiction."""


@dataclass(frozen=True, slots=True)
class PremiseModel:
    """The fitted parameters."""

    weights: Mapping[str, float]
    bias: float
    direction: NDArray[np.float64]
    """Shape (dimensions + 1,): which way false claims lie in the space of query vectors."""
    words: Mapping[str, float]
    """By token how much it speaks for a false claim."""
    floor: float
    """The chance from which on the premise counts as contradicted."""

    def chance(self, features: Mapping[str, float]) -> float:
        """The chance that the question's premise is contradicted."""
        z = self.bias + sum(weight * features[name] for name, weight in self.weights.items())
        return float(1 / (1 + np.exp(-z)))


def premise_features(
    part: SubQuestion,
    standard: str,
    evidence: Sequence[Passage],
    direction: NDArray[np.float64],
    words: Mapping[str, float],
) -> Mapping[str, float]:
    """The features of `FEATURES` for a question (`standard`: its standardised text) over its evidence.

    `nearer` compares false with true claims about the evidence, `around` false claims with all other lay
    questions nearby (kernel densities in cosines); `leaning` and `wording` are sums over its vector and
    tokens. The others are patterns.
    """
    patterns = load_patterns()
    own = {passage.id for passage in evidence}
    about = [match for match in part.claim_matches if match.claim.passage_id in own]
    confirms = patterns.confirm.search(standard) is not None
    wording = _wording(standard, words)
    asked = patterns.asked(standard)
    granted = confirms or asked is Asked.YES_NO
    return {
        "nearer": _density(about, False) - _density(about, True),
        "around": _density(part.claim_matches, False) - _among([m.similarity for m in part.lay_matches]),
        "leaning": float(np.asarray(part.vector) @ direction[:-1] + direction[-1]),
        "wording": wording,
        "confirms": float(confirms),
        "asks_whether": float(asked is Asked.YES_NO),
        "asks_content": float(asked in _CONTENT and patterns.tag.search(standard) is None),
        "alternative": float(patterns.alternative.search(standard) is not None),
        "granted": float(patterns.granted.search(standard) is not None),
        "near_wording": wording * granted,
    }


def nearest_false(part: SubQuestion, evidence: Sequence[Passage]) -> ClaimMatch | None:
    """The false claim about the evidence that is nearest to the question, if it is nearer than every true
    one."""
    own = {passage.id for passage in evidence}
    for match in part.claim_matches:
        if match.claim.passage_id in own:
            return None if match.claim.holds else match
    return None


def _density(matches: Sequence[ClaimMatch], holds: bool) -> float:
    return _among([match.similarity for match in matches if match.claim.holds is holds])


def _among(cosines: Sequence[float]) -> float:
    return float(np.logaddexp.reduce(_SHARPNESS * np.asarray(cosines or [_NEUTRAL])) / _SHARPNESS)


def _wording(standard: str, words: Mapping[str, float]) -> float:
    found = set(tokens(standard))
    return sum(words.get(token, 0.0) for token in found) / float(max(len(found), 1) ** 0.5)
