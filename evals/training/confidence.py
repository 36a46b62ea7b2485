"""The confidence model: how likely an answer or a refusal is right."""

import numpy as np
from numpy.typing import NDArray

from assistant.answering.confidence import inputs_of
from assistant.answering.decision import decision_features
from assistant.answering.models import reading_model
from assistant.reading.reader import reader
from assistant.schema import Foreign
from evals.metrics.selective import calibration_error
from evals.training.fitting import ASSISTANT_DATA, Floats, fit_logistic
from evals.training.samples import Samples, holds_clause

_FOLDS = 5


def fit_confidence(samples: Samples) -> dict[str, float]:
    """On development rows of one turn; the calibration error is that of held-out folds."""
    model = reading_model(reader())
    cases: dict[str, list[tuple[tuple[float, float], bool]]] = {"answered": [], "refused": []}
    for sample in samples.of_rows():
        row = sample.row
        if row is None or row.status not in ("answered", "not_covered"):
            continue
        read = samples.read(sample.part, sample.text)
        if read is None:
            continue
        chance = model.decision.chance(decision_features(read, Foreign()))
        inputs = inputs_of(chance, read.part.hits)
        if chance < model.decision.floor:
            cases["refused"].append((inputs, row.status == "not_covered"))
        else:
            cases["answered"].append((inputs, holds_clause(read.part.hits[0], row.gold)))
    weights: dict[str, list[float]] = {}
    held_out: list[float] = []
    right: list[bool] = []
    for outcome, found_cases in cases.items():
        x = np.asarray([inputs for inputs, _ in found_cases])
        y = np.asarray([was_right for _, was_right in found_cases])
        weights[outcome] = [round(float(v), 4) for v in _fit(x, y)]
        fold = np.arange(len(y)) % _FOLDS
        for k in range(_FOLDS):
            fitted = _fit(x[fold != k], y[fold != k])
            held_out += (1 / (1 + np.exp(-(x[fold == k] @ fitted[:-1] + fitted[-1])))).tolist()
            right += y[fold == k].tolist()
    samples.origin.write(ASSISTANT_DATA / "confidence.json", weights)
    return {
        "n": float(len(right)),
        "right": float(np.mean(right)),
        "calibration_error": calibration_error(held_out, right),
    }


def _fit(x: Floats, y: NDArray[np.bool_]) -> Floats:
    return fit_logistic(x, y, np.ones(len(y)), 1e-2, [(None, None), (0, None)])
