"""Who gets help lines, by chances that the test sets for each text."""

from collections.abc import Mapping
from typing import cast

import numpy as np
import pytest

from assistant.schema import Question, Request, Turn
from assistant.steps import danger as step
from index.encoder.embedder import Vectors
from index.search.searcher import Searcher
from prompts import reply
from tests.assistant.sample import DAY

WHOLE, ASKED, TOLD = "我好怕,几岁上学", "几岁上学", "我好怕"
MESSAGE = Question(WHOLE, told=(TOLD,), standard=ASKED)


class FakeSearcher:
    """Its vector of a text is the chance of distress that the test sets."""

    def __init__(self, chances: Mapping[str, float]) -> None:
        self._chances = chances

    def embed(self, text: str) -> Vectors:
        return np.asarray([self._chances.get(text, 0.0)], dtype=np.float64)


class FakeIntents:
    """The chance is the vector."""

    def probabilities(self, vector: tuple[float, ...]) -> dict[str, float]:
        return {"distress": vector[0]}


def looked_at(
    monkeypatch: pytest.MonkeyPatch, chances: Mapping[str, float], question: Question = MESSAGE
) -> tuple[int, bool]:
    """How many help lines there are, and whether somebody is likely in danger."""
    monkeypatch.setattr(step, "intent_model", FakeIntents)
    monkeypatch.setattr(step, "thresholds", lambda: {"distress": 0.3})
    turn = step.Danger(cast("Searcher", FakeSearcher(chances)))(Turn(Request("话", DAY), question))
    assert turn.status is None
    assert {(notice.kind, notice.text) for notice in turn.notices} <= {("safety", reply("safety"))}
    return len(turn.notices), turn.in_danger


@pytest.mark.parametrize(
    ("chance", "expected"), [(0.29, (0, False)), (0.3, (1, False)), (0.49, (1, False)), (0.5, (1, True))]
)
def test_the_whole_message_counts(
    monkeypatch: pytest.MonkeyPatch, chance: float, expected: tuple[int, bool]
) -> None:
    assert looked_at(monkeypatch, {WHOLE: chance}) == expected


@pytest.mark.parametrize("piece", [ASKED, TOLD])
def test_a_piece_counts_where_it_alone_is_sure(monkeypatch: pytest.MonkeyPatch, piece: str) -> None:
    assert looked_at(monkeypatch, {WHOLE: 0.1, piece: 0.9}) == (1, True)
    assert looked_at(monkeypatch, {WHOLE: 0.1, piece: 0.89}) == (0, False)


def test_what_leans_on_the_conversation_is_weighed_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    follow_up = Question("怎么办", standard="我好怕,怎么办", prefer=frozenset({"rules@2024-05-01#2.2"}))
    assert looked_at(monkeypatch, {"我好怕,怎么办": 0.4}, follow_up) == (1, False)


def test_of_a_long_story_its_end_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    told = ("好" * 200, TOLD)
    end = ("好" * 200 + "，" + TOLD)[-180:]
    assert looked_at(monkeypatch, {end: 0.95}, Question(WHOLE, told=told, standard=ASKED)) == (1, True)
