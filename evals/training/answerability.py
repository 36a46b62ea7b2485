"""The answerability model: whether the evidence really answers."""

import numpy as np

from assistant.answering.answerability import AGAINST, FEATURES, FOR, features
from assistant.answering.models import AnswerabilityModel
from evals.training.fitting import (
    ASSISTANT_DATA,
    balanced,
    fit_direction,
    fit_logistic,
)
from evals.training.samples import Samples
from index.schema import Claim

_FALSE_REFUSALS = 0.04
"""Share of answerable development questions that the floor may refuse."""
_CORPUS_SHARE = 0.2
"""Weight of the corpus's own questions against the development rows: they are many, but asking one
with itself left out is harder than asking what somebody else wrote."""
_FOLDS = 5


def fit_answerability(samples: Samples) -> dict[str, float]:
    """A direction in the space of query vectors that tells lay questions from open ones, then a logistic
    regression over all features. The corpus's own leanings come from directions fitted without them."""
    rows = [s for s in samples.of_rows() if s.row and s.row.status in ("answered", "not_covered")]
    # claims are worded to be confirmed or denied, whichever they are; questions are not
    corpus = tuple(s for s in samples.of_corpus if not isinstance(s.source, Claim))
    vectors = np.asarray([s.part.vector for s in corpus], dtype=np.float64)
    answered = np.asarray([s.answered for s in corpus])
    fold = np.random.RandomState(0).randint(0, _FOLDS, len(corpus))
    direction = fit_direction(vectors, answered)
    without = [fit_direction(vectors[fold != k], answered[fold != k]) for k in range(_FOLDS)]
    table = [features(s.part, s.standard, samples.period, direction) for s in rows]
    table += [
        features(s.part, s.standard, samples.period, without[k]) for s, k in zip(corpus, fold, strict=True)
    ]
    x = np.asarray([[row[name] for name in FEATURES] for row in table])
    y = np.asarray([s.answered for s in (*rows, *corpus)])
    own = np.arange(len(y)) < len(rows)
    signs = [
        (0, None) if name in FOR else (None, 0) if name in AGAINST else (None, None) for name in FEATURES
    ]
    fitted = fit_logistic(x, y, balanced(y, own, _CORPUS_SHARE), 1e-3, signs)
    weights = dict(zip(FEATURES, (round(float(v), 4) for v in fitted), strict=False))
    model = AnswerabilityModel(weights, round(float(fitted[-1]), 4), 0.0, np.round(direction, 4))
    chance = np.asarray([model.probability(row) for row in table])
    floor = round(float(np.quantile(chance[own & y], _FALSE_REFUSALS)), 4)
    samples.origin.write(
        ASSISTANT_DATA / "answerability.json",
        {"weights": weights, "bias": model.bias, "direction": model.direction.tolist()},
    )
    samples.origin.write_thresholds({"answerable": floor})
    return {
        "floor": floor,
        "dev_refused": float((chance[own & ~y] < floor).mean()),
        "corpus_refused": float((chance[~own & ~y] < floor).mean()),
        "corpus_falsely_refused": float((chance[~own & y] < floor).mean()),
        **{f"weight_{name}": value for name, value in weights.items()},
    }
