from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.schema import Signals
from index.search.fusion import SIGNALS, fuse_all, load_stand_in, load_weights, shares_of_best

WEIGHTS = {"dense_passage": 2.0, "bm25": 0.5, "structure": -1.0}
number = st.floats(-10, 10)


def fused(*signals: Signals, weights: Mapping[str, float] = WEIGHTS) -> list[float]:
    columns = {name: np.asarray([getattr(each, name) for each in signals]) for name in SIGNALS}
    found: list[float] = fuse_all(columns, weights).tolist()
    return found


def test_a_score_is_the_weighted_sum_of_the_signals() -> None:
    assert fused(Signals(dense_passage=0.5, bm25=0.4, structure=1.0), Signals()) == pytest.approx([0.2, 0])
    assert fused(Signals(dense_question=0.9, bm25_heading=1.0)) == [0]  # signals without a weight
    assert fused(Signals(0.1, 0.2, 0.3, 0.4, 0.5, 0.6), weights={}) == [0]


@settings(max_examples=50)
@given(st.lists(st.builds(Signals, *([number] * len(SIGNALS))), min_size=1, max_size=5))
def test_many_passages_score_as_each_alone(signals: list[Signals]) -> None:
    weights = {name: at - 2.5 for at, name in enumerate(SIGNALS)}
    assert fused(*signals, weights=weights) == [fused(each, weights=weights)[0] for each in signals]


def test_no_passages_have_no_scores() -> None:
    empty = fuse_all({name: np.zeros(0) for name in SIGNALS}, WEIGHTS)
    assert empty.shape == (0,)
    assert empty.dtype == np.float64


@given(st.lists(st.floats(-50, 100), min_size=1, max_size=20))
def test_shares_lie_between_nothing_and_all_and_keep_the_order(scores: list[float]) -> None:
    shares = shares_of_best(np.asarray(scores), WEIGHTS)
    assert np.all((shares >= 0) & (shares <= 1))
    for one, its in zip(scores, shares, strict=True):
        for other, others in zip(scores, shares, strict=True):
            assert (its >= others) if one > other else (its <= others)


def test_a_share_is_of_the_highest_score_that_the_signals_allow() -> None:
    best, none = fused(Signals(dense_passage=1.0, bm25=1.0), Signals(structure=1.0))
    half = (best + none) / 2
    assert shares_of_best(np.asarray([best, half, none]), WEIGHTS) == pytest.approx([1.0, 0.5, 0.0])
    assert shares_of_best(np.asarray([best + 1, none - 1]), WEIGHTS).tolist() == [1.0, 0.0]
    assert shares_of_best(np.zeros(2), {}).tolist() == [0.0, 0.0]
    assert shares_of_best(np.zeros(0), WEIGHTS).shape == (0,)


def test_a_missing_signal_is_an_error() -> None:
    with pytest.raises(KeyError, match="structure"):
        fuse_all({name: np.zeros(1) for name in SIGNALS if name != "structure"}, WEIGHTS)


def test_every_fitted_weight_is_of_a_signal() -> None:
    assert set(load_weights()) == set(SIGNALS)
    assert set(load_stand_in()) <= set(SIGNALS)
    nearer, farther = fused(Signals(dense_passage=0.9), Signals(dense_passage=0.8), weights=load_weights())
    assert nearer > farther
