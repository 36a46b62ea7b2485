"""The weights of the search's signals."""

from dataclasses import astuple, fields

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from assistant.question.message import focused, understood
from evals.training.fitting import INDEX_DATA, Floats
from evals.training.samples import Samples, holds_gold
from index.schema import Hit, Signals
from index.search.fusion import load_stand_in, load_weights
from index.search.searcher import Query
from index.text.lexicon import standardise

_SIGNALS = tuple(f.name for f in fields(Signals) if f.name != "structure")
_STRUCTURE_WEIGHT_IN_SPREADS = 0.5
"""A clause that the conversation points to gains this share of the spread of the best ten scores."""
_SCALE = np.asarray([20.0, 20.0, 5.0, 5.0, 5.0])


def fit_fusion(samples: Samples) -> dict[str, float]:
    """Listwise softmax over each question's candidates; evidence passages are the positives, and no
    signal may count against a passage. `stand_in` is by how much a right passage's questions are nearer
    than it is itself: what a document without lay questions is credited with."""
    groups: list[tuple[Floats, NDArray[np.bool_]]] = []
    for row in samples.rows:
        if row.status != "answered":
            continue
        hits = samples.searcher.search(
            Query(standardise(focused(understood(row.turns[-1]), samples.vocabulary))), top_k=500
        ).hits
        positive = np.asarray([holds_gold(hit, row.gold, samples.library) for hit in hits])
        if positive.any():
            groups.append((np.asarray([_vector(hit) for hit in hits]) * _SCALE, positive))

    def loss(weights: Floats) -> float:
        total = 0.0
        for candidates, positive in groups:
            scores = candidates @ weights
            exps = np.exp(scores - scores.max())
            total -= np.log(exps[positive].sum() / exps.sum())
        return float(total / len(groups) + 1e-3 * weights @ weights)

    fitted = (
        minimize(loss, np.ones(len(_SIGNALS)), method="L-BFGS-B", bounds=[(0, None)] * len(_SIGNALS)).x
        * _SCALE
    )
    tops = [np.sort(candidates / _SCALE @ fitted)[::-1][:10] for candidates, _ in groups]
    spread = float(np.median([top[0] - top[-1] for top in tops]))
    weights = dict(zip(_SIGNALS, (round(float(w), 3) for w in fitted), strict=True))
    weights["structure"] = round(_STRUCTURE_WEIGHT_IN_SPREADS * spread, 3)
    gold = np.concatenate([candidates[positive] / _SCALE for candidates, positive in groups])
    at = {name: index for index, name in enumerate(_SIGNALS)}
    stand_in = {
        f"{kind}_question": round(float((gold[:, at[f"{kind}_question"]] - gold[:, at[passage]]).mean()), 4)
        for kind, passage in (("dense", "dense_passage"), ("bm25", "bm25"))
    }
    fitted_on = {"fitted_on": len(groups), "weights": weights, "stand_in": stand_in}
    samples.origin.write(INDEX_DATA / "fusion.json", fitted_on)
    for held in (load_weights, load_stand_in):
        held.cache_clear()
    for opened in (samples, samples.statutes):
        if opened is not None:
            opened.searcher.weigh(weights)
    return weights


def _vector(hit: Hit) -> tuple[float, ...]:
    return tuple(astuple(hit.signals)[: len(_SIGNALS)])
