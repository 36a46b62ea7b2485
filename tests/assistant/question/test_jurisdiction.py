"""Which other place's rules a message asks about, by the fitted model; the message leans neither way."""

from dataclasses import replace

import pytest

from assistant.question import jurisdiction
from assistant.question.asked import log_odds
from assistant.question.jurisdiction import jurisdiction_model, others_of
from assistant.question.message import understood
from assistant.schema import Question
from index.text.place_mentions import PlaceMention, place_mentions

MODEL = jurisdiction_model()
OWN = ("50",)
"""The documents are those of Chongqing."""


def asked(message: str) -> Question:
    """The question with a vector on the border between both kinds of message."""
    direction = MODEL.direction[:-1]
    vector = -MODEL.direction[-1] / (direction @ direction) * direction
    return replace(understood(message), vector=tuple(vector.tolist()))


@pytest.mark.parametrize(
    ("message", "place"),
    [
        ("成都的泳池门票多少钱？", "成都"),
        ("我想问成都的图书馆每次能借几本书？", "成都"),
        ("上海的借书证要交押金吗？", "上海"),
    ],
)
def test_the_rules_of_another_city_are_asked_about(message: str, place: str) -> None:
    found = MODEL.elsewhere(asked(message), OWN)
    assert found is not None
    assert found.name == place


@pytest.mark.parametrize(
    "message",
    [
        "泳池门票多少钱？",
        "重庆的泳池门票多少钱？",
        "渝中区的泳池门票多少钱？",  # within the own place
        "我从成都来，在重庆能办借书证吗？",  # where somebody comes from
        "户口在成都，在重庆能借书吗？",  # is registered
        "北京路小学的图书馆几点开门？",  # a school's name
    ],
)
def test_origin_registration_and_names_are_no_jurisdiction(message: str) -> None:
    assert MODEL.elsewhere(asked(message), OWN) is None


def test_places_within_the_own_one_are_no_other_places() -> None:
    named = place_mentions("渝中区和成都的泳池，重庆市管哪个？")
    assert [mention.name for mention in others_of(named, OWN)] == ["成都"]
    assert [mention.name for mention in others_of(named, ("51",))] == ["渝中区", "重庆市"]


def test_a_message_that_leans_to_another_place_makes_it_likelier() -> None:
    question = asked("成都的泳池门票多少钱？")
    named = place_mentions(question.clean)
    farther = replace(question, vector=tuple((MODEL.direction[:-1] * 5).tolist()))
    assert MODEL.chance(farther, named[0], named, OWN) > MODEL.chance(question, named[0], named, OWN)


def test_a_message_full_of_names_is_looked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = list[str]()

    def counted(text: str) -> tuple[PlaceMention, ...]:
        looked.append(text)
        return place_mentions(text)

    monkeypatch.setattr(jurisdiction, "place_mentions", counted)
    many = asked("的广州市的" * 200)
    assert len(place_mentions(many.clean)) == 200
    MODEL.elsewhere(many, OWN)
    assert looked == [many.clean]


def test_log_odds_are_bounded_at_the_ends() -> None:
    assert log_odds(0.5) == 0
    assert log_odds(0.0) == pytest.approx(-log_odds(1.0))
    assert log_odds(0.0) < -10
