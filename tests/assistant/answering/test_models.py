"""What was fitted on top of the reader is for the reader that is shipped, and for no other."""

import json
from types import SimpleNamespace
from typing import cast

import pytest

from assistant.answering.decision import FEATURES, TOPIC_FEATURES
from assistant.answering.models import reading_model
from assistant.errors import ReaderUnusable
from assistant.fitted import DATA
from assistant.reading.reader import Reader, reader


def test_the_fit_is_for_the_shipped_reader() -> None:
    model = reading_model(reader())
    assert set(model.decision.weights) == set(FEATURES)
    assert set(model.topic.weights) == set(TOPIC_FEATURES)
    assert 0 < model.decision.floor < 1
    assert model.order.answers > 0


def test_a_fit_for_another_reader_is_refused() -> None:
    other = cast("Reader", SimpleNamespace(identifier="reader-0"))
    with pytest.raises(ReaderUnusable, match="另一个版本"):
        reading_model(other)


def test_nothing_that_counts_for_an_answer_counts_against_it() -> None:
    values = json.loads((DATA / "reading.json").read_text(encoding="utf-8"))["values"]
    counted = (values["weights"]["mass"], values["weights"]["density"], *values["order"].values())
    assert all(weight > 0 for weight in counted)
