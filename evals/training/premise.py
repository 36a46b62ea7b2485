"""The premise model: whether the text contradicts what a question takes for granted."""

from collections import Counter
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from assistant.answering.premise import FEATURES, FOR, PremiseModel, premise_features
from evals.training.fitting import (
    ASSISTANT_DATA,
    Floats,
    balanced,
    fit_direction,
    fit_logistic,
)
from evals.training.samples import Sample, Samples, holds_gold
from index.schema import Claim, LayQuestion
from index.text.tokens import tokens

_FALSELY = 0.03
"""Share of answerable development questions without a false premise that may be called wrong."""
_CLAIMS_SHARE = 0.5
_FOLDS = 5
_LEAST = 3
"""How many claims a token must stand in to be weighed."""


def fit_premise(samples: Samples) -> dict[str, float]:
    """Claims of the corpus and development rows. What is summed over a claim's words and vector comes from
    fits without the passages of its fold."""
    claims = [s for s in samples.of_corpus if isinstance(s.source, Claim)]
    neutral = [s for s in samples.of_corpus if isinstance(s.source, LayQuestion)]
    rows = [s for s in samples.of_rows() if s.answered]
    false = np.asarray([_claim(s).holds is False for s in claims])
    homes = sorted({_claim(s).passage_id for s in claims})
    fold = np.asarray([homes.index(_claim(s).passage_id) % _FOLDS for s in claims])
    vectors, plain = _vectors(claims), _vectors(neutral)

    def fits(kept: NDArray[np.bool_]) -> tuple[Floats, dict[str, float]]:
        chosen = [s for s, keep in zip(claims, kept, strict=True) if keep]
        both = np.concatenate([vectors[kept], plain])
        target = np.concatenate([false[kept], np.zeros(len(plain), dtype=bool)])
        return fit_direction(both, target), _fit_words(chosen, false[kept])

    whole = fits(np.ones(len(claims), dtype=bool))
    parts = [fits(fold != k) for k in range(_FOLDS)]
    table = [_features(s, *whole) for s in rows]
    table += [_features(s, *parts[k]) for s, k in zip(claims, fold, strict=True)]
    x = np.asarray([[row[name] for name in FEATURES] for row in table])
    wrong = np.asarray([bool(s.row and s.row.correction) for s in rows])
    y = np.concatenate([wrong, false])
    own = np.arange(len(y)) < len(rows)
    signs: list[tuple[float | None, float | None]] = [
        (0, None) if name in FOR else (None, None) for name in FEATURES
    ]
    fitted = fit_logistic(x, y, balanced(y, own, _CLAIMS_SHARE), 1e-2, signs)
    weights = dict(zip(FEATURES, (round(float(v), 4) for v in fitted), strict=False))
    model = PremiseModel(weights, round(float(fitted[-1]), 4), np.round(whole[0], 4), whole[1], 0.0)
    chance = np.asarray([model.chance(row) for row in table])
    floor = round(float(np.quantile(chance[own & ~y], 1 - _FALSELY)), 4)
    samples.origin.write(
        ASSISTANT_DATA / "premise.json",
        {
            "weights": weights,
            "bias": model.bias,
            "direction": model.direction.tolist(),
            "words": model.words,
        },
    )
    samples.origin.write_thresholds({"premise": floor})
    found = [bool(s.row and holds_gold(s.part.hits[0], s.row.gold, samples.library)) for s in rows]
    return {
        "floor": floor,
        "dev_contradicted": float((chance[own & y] >= floor).mean()),
        "dev_clause_found": float(np.mean([f for f, w in zip(found, wrong, strict=True) if w])),
        "claims_contradicted": float((chance[~own & y] >= floor).mean()),
        "claims_falsely": float((chance[~own & ~y] >= floor).mean()),
        "claims_auc": _auc(chance[~own], y[~own]),
        "dev_auc": _auc(chance[own], y[own]),
        **{f"weight_{name}": value for name, value in weights.items()},
    }


def _claim(sample: Sample) -> Claim:
    if not isinstance(sample.source, Claim):
        raise TypeError(sample.text)
    return sample.source


def _vectors(samples: list[Sample]) -> Floats:
    return np.asarray([s.part.vector for s in samples], dtype=np.float64)


def _features(sample: Sample, direction: Floats, words: Mapping[str, float]) -> Mapping[str, float]:
    evidence = [hit.passage for hit in sample.part.hits[:1]]
    return premise_features(sample.part, sample.standard, evidence, direction, words)


def _fit_words(claims: list[Sample], false: NDArray[np.bool_]) -> dict[str, float]:
    """A ridge-like logistic regression over the tokens of claims, each claim scaled to unit length."""
    found = [set(tokens(s.standard)) for s in claims]
    counts = Counter(token for each in found for token in each)
    known = sorted(token for token, count in counts.items() if count >= _LEAST)
    at = {token: index for index, token in enumerate(known)}
    x = np.zeros((len(claims), len(known)))
    for index, each in enumerate(found):
        for token in each & at.keys():
            x[index, at[token]] = 1 / max(len(each), 1) ** 0.5
    weights = fit_direction(x, false, 1e-3)[:-1]
    return {
        token: round(float(weights[index]), 3) for token, index in at.items() if abs(weights[index]) > 0.05
    }


def _auc(chance: Floats, y: NDArray[np.bool_]) -> float:
    return float((chance[y][:, None] > chance[~y][None]).mean())
