"""The chance of each intent, from weights small enough to reckon by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.question.intent import IntentModel, intent_model

LN3 = math.log(3)
MODEL = IntentModel(("问政策", "闲聊"), np.asarray([[LN3, 0.0], [0.0, LN3], [0.0, 2 * LN3]]))
"""Two dimensions, one for each intent, and a bias towards small talk."""


@pytest.mark.parametrize(
    ("vector", "asks", "chats"),
    [
        ((0.0, 0.0), 0.1, 0.9),  # the bias alone
        ((2.0, 0.0), 0.5, 0.5),
        ((4.0, 0.0), 0.9, 0.1),
        ((0.0, -1.0), 0.25, 0.75),
    ],
)
def test_the_chances_are_the_softmax_with_the_bias(
    vector: tuple[float, ...], asks: float, chats: float
) -> None:
    assert MODEL.probabilities(vector) == pytest.approx({"问政策": asks, "闲聊": chats})


def test_far_logits_give_certainty_and_no_overflow() -> None:
    assert MODEL.probabilities((1e6, -1e6)) == {"问政策": 1.0, "闲聊": 0.0}


@pytest.mark.parametrize("vector", [(), (1.0,), (1.0, 2.0, 3.0)])
def test_a_vector_of_another_length_is_an_error(vector: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="mismatch"):
        MODEL.probabilities(vector)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=2))
def test_the_chances_are_shares_of_one(vector: list[float]) -> None:
    chances = MODEL.probabilities(vector)
    assert list(chances) == ["问政策", "闲聊"]
    assert all(0 <= chance <= 1 for chance in chances.values())
    assert sum(chances.values()) == pytest.approx(1)


def test_the_fitted_model_is_read_once_and_knows_the_intents_that_end_a_turn() -> None:
    fitted = intent_model()
    assert fitted is intent_model()
    assert {"blocked", "out_of_scope", "smalltalk", "clarify", "distress"} < set(fitted.names)
    assert fitted.weights.shape[1] == len(fitted.names)
