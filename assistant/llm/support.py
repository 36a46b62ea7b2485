"""Whether a sentence is supported by the quotations that it cites, without a language model.

Quantities, years and levels must agree; polarity and force must not be turned or raised; what is said
must be covered by the quotations' words or by words near to them. A logistic regression over these
witnesses gives the score (`assistant/data/support.json`, fitted by `policy-qa eval calibrate support`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np

from assistant.fitted import DATA
from assistant.llm.support_features import SupportWords, covered, features_of, load_words
from index.encoder.embedder import Embedder
from index.encoder.fitted import read_fitted
from index.text.folding import fold_text
from index.text.lexicon import standardise

_MARKERS = re.compile(r"\[\d+\]")


class FaultKind(StrEnum):
    """What speaks against a sentence; a closed set."""

    NUMBER = "number"
    YEAR = "year"
    LEVEL = "level"
    NEGATION = "negation"
    MODALITY = "modality"
    COVERAGE = "coverage"


@dataclass(frozen=True, slots=True)
class Support:
    """How well the quotations support a sentence (0 to 1), whether that suffices, and what speaks
    against it, the heaviest first."""

    score: float
    supported: bool
    faults: tuple[FaultKind, ...] = ()


@dataclass(frozen=True, slots=True)
class SupportModel:
    """Fitted weights of `support_features.FEATURES`, and the score from which on a sentence is supported."""

    weights: Mapping[str, float]
    bias: float
    floor: float

    def score(self, features: Mapping[str, float]) -> float:
        """The chance that the quotations support the sentence."""
        z = self.bias + sum(weight * features[name] for name, weight in self.weights.items())
        return float(1 / (1 + np.exp(-np.clip(z, -30, 30))))


_FAULT_OF = {
    "number": FaultKind.NUMBER,
    "uncounted": FaultKind.NUMBER,
    "misaligned": FaultKind.NUMBER,
    "direction": FaultKind.NUMBER,
    "year": FaultKind.YEAR,
    "level": FaultKind.LEVEL,
    "stage": FaultKind.LEVEL,
    "negation": FaultKind.NEGATION,
    "negated": FaultKind.NEGATION,
    "opposite": FaultKind.NEGATION,
    "turning": FaultKind.NEGATION,
    "raised": FaultKind.MODALITY,
    "lowered": FaultKind.MODALITY,
    "demanding": FaultKind.MODALITY,
    "distance": FaultKind.COVERAGE,
    "far": FaultKind.COVERAGE,
    "concrete": FaultKind.COVERAGE,
    "patched": FaultKind.COVERAGE,
}


class SupportChecker:
    """Decides support with one embedder. Safe to share between threads."""

    def __init__(
        self, embedder: Embedder, model: SupportModel | None = None, words: SupportWords | None = None
    ) -> None:
        self._embedder = embedder
        self._model = model or load_model()
        self._words = words or load_words()

    def check(self, sentence: str, quotes: Sequence[str]) -> Support:
        """Whether `quotes`, taken together, support `sentence` (markers like [1] are looked past). A copy
        of a stretch of a quotation is supported as it stands."""
        said = self._words.unframed(_MARKERS.sub("", sentence).strip())
        if not fold_text(said) or not quotes:
            return Support(0.0, False, (FaultKind.COVERAGE,))
        if covered(said, quotes):
            return Support(1.0, True)
        features = self.features(said, quotes)
        score = round(self._model.score(features), 4)
        if score >= self._model.floor:
            return Support(score, True)
        pulls = {name: self._model.weights.get(name, 0.0) * value for name, value in features.items()}
        worst = sorted((name for name in pulls if pulls[name] < 0), key=pulls.__getitem__)
        kinds = dict.fromkeys(_FAULT_OF[name] for name in worst if name in _FAULT_OF)
        return Support(score, False, tuple(kinds) or (FaultKind.COVERAGE,))

    def features(self, said: str, quotes: Sequence[str]) -> Mapping[str, float]:
        """The witnesses, by the names of `support_features.FEATURES`."""
        readable = said.encode("utf-8", "replace").decode()
        standard = standardise(readable)
        return features_of(standard, quotes, self._words, self._embedder)


@lru_cache(maxsize=1)
def load_model() -> SupportModel:
    """The fitted model."""
    data = read_fitted(DATA / "support.json")
    return SupportModel(data["weights"], data["bias"], data["floor"])
