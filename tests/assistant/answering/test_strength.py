"""How strong the evidence is, in words."""

from dataclasses import replace
from datetime import date

import pytest

from assistant.answering.strength import doubt, strength
from assistant.fitted import DATA
from assistant.render import citation_for
from assistant.schema import Answer, Answerer, Status
from evals.training.strength import FAIR, STRONG, limit
from index.encoder.fitted import read_fitted
from prompts import load
from tests.assistant.sample import RULES, library, quoted

FITTED = read_fitted(DATA / "strength.json")
CITED = citation_for(quoted(RULES, "借期30天"), library(), date(2024, 9, 1), 1, 0.5)
ANSWER = Answer("a", "c", Status.ANSWERED, "", "能借几天？", Answerer.EXTRACTIVE, 0.9, citations=(CITED,))


@pytest.mark.parametrize("grade", ["strong", "fair"])
def test_a_grade_begins_at_its_limit(grade: str) -> None:
    at = FITTED["limits"][grade]
    words = load("replies")[f"strength_{grade}"]
    assert strength(replace(ANSWER, confidence=at)) == words
    assert strength(replace(ANSWER, confidence=at - 0.001)) != words


def test_below_both_it_is_called_weak() -> None:
    assert strength(replace(ANSWER, confidence=0.0)) == load("replies")["strength_weak"]
    assert doubt(replace(ANSWER, confidence=0.0)) == load("replies")["unsure"]
    assert doubt(replace(ANSWER, confidence=FITTED["limits"]["fair"])) is None
    assert doubt(replace(ANSWER, confidence=0.0, correction=True)) is None


def test_nothing_is_said_of_what_has_no_evidence() -> None:
    assert strength(replace(ANSWER, status=Status.NOT_COVERED, citations=(), related=(CITED,))) is None
    assert strength(replace(ANSWER, status=Status.SMALLTALK, citations=())) is None


def test_a_grade_was_right_as_often_as_it_says() -> None:
    shares = {name: right / of for name, (right, of) in FITTED["observed"].items()}
    assert all(of >= 50 for _, of in FITTED["observed"].values())
    assert shares["strong"] >= STRONG
    assert shares["fair"] >= FAIR > shares["weak"]


def test_a_limit_is_the_lowest_that_holds_the_share() -> None:
    judged = [(0.9, True), (0.8, True), (0.6, False), (0.5, True), (0.2, False), (0.1, False)]
    assert limit(judged, 1.0) == 0.61
    assert limit(judged, 0.75) == 0.21
    assert limit([(0.9, False)], 0.5) == 1.0
