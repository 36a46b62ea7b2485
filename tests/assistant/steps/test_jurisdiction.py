"""What another place's government decided stands in no document of this one."""

from dataclasses import replace

import pytest

from assistant.question.jurisdiction import jurisdiction_model
from assistant.question.message import understood
from assistant.schema import Request, Status, Turn
from assistant.steps.jurisdiction import Jurisdiction
from index.library.library import Library
from index.schema import NATIONWIDE
from tests.assistant.sample import DAY, NEW, RULES, library

TOWN = replace(RULES, jurisdiction="重庆市渝中区")
LAW = replace(NEW, jurisdiction=NATIONWIDE)
ELSEWHERE = "成都的图书馆每次能借几本书？"


def judged(message: str, held: Library, editions: tuple[str, ...] | None = None) -> tuple[Turn, Turn]:
    """The turn before the step and after it; its vector leans to another place where one is named."""
    vector = tuple(jurisdiction_model().direction[:-1].tolist())
    question = replace(understood(message), standalone=message, vector=vector)
    turn = Turn(Request(message, DAY, editions=editions), question)
    return turn, Jurisdiction(held)(turn)


def test_of_another_city_it_is_said_whose_rules_are_held() -> None:
    _, turn = judged(ELSEWHERE, library(TOWN))
    assert turn.status is Status.NOT_COVERED
    assert turn.answer is not None
    (said,) = turn.answer.sentences
    assert "成都" in said.text
    assert "重庆市渝中区" in said.text
    assert said.passages == ()
    assert turn.answer.missing == ("成都",)


def test_a_document_of_the_whole_country_answers_everywhere() -> None:
    _, turn = judged(ELSEWHERE, library(TOWN, LAW))
    assert (turn.status, turn.answer) == (None, None)
    assert turn.request.editions == ("books@2020-05-01",)


def test_only_what_may_be_searched_counts() -> None:
    _, turn = judged(ELSEWHERE, library(TOWN, LAW), ("rules@2024-05-01",))
    assert turn.status is Status.NOT_COVERED


@pytest.mark.parametrize(
    ("message", "held"),
    [
        ("图书馆每次能借几本书？", library(TOWN)),
        ("重庆的图书馆每次能借几本书？", library(TOWN)),
        (ELSEWHERE, library(RULES)),  # whose rules it states is not known
        (ELSEWHERE, library(TOWN, NEW)),
        (ELSEWHERE, library(LAW)),
    ],
)
def test_other_turns_pass_as_they_are(message: str, held: Library) -> None:
    before, after = judged(message, held)
    assert after is before
