"""What is learned of a row: which candidates are judged together, and what is known of each."""

import random
from typing import Any

import pytest

from evals.training.reader.groups import Group, general_unit, units_of

PASSAGES = [("", f"第{n}句。") for n in range(20)]


def reading(label: str, hits: list[list[Any]], **changed: Any) -> dict[str, Any]:
    text = {"kind": "part", "text": "几点？", "hits": hits, **changed}
    return {"id": "r", "author": "a", "label": label, "pair": "", "texts": [text]}


def hit(number: int, mark: str, score: float | None = 1.0) -> list[Any]:
    span = (0, 2) if mark in ("gold", "denies") else (-1, -1)
    return [number, score, mark, *span, "几点开门？"]


OTHERS = [hit(n, "other") for n in range(3, 11)]


def only(readings: list[dict[str, Any]]) -> Group:
    ((group,),) = units_of(readings, PASSAGES, random.Random(1))
    return group


def test_gold_is_judged_beside_what_was_found_and_is_not() -> None:
    group = only([reading("answerable", [hit(0, "gold"), *OTHERS])])
    assert [candidate.answers for candidate in group.candidates] == [True, False, False, False, False]
    assert group.candidates[0].text == "第0句。"
    assert all(candidate.denies is False for candidate in group.candidates)


def test_what_nobody_labelled_in_a_gold_clause_is_left_out() -> None:
    group = only([reading("answerable", [hit(0, "gold"), hit(1, "beside"), *OTHERS])])
    assert "第1句。" not in [candidate.text for candidate in group.candidates]


def test_of_a_near_miss_nothing_answers_and_what_tempts_is_there() -> None:
    group = only([reading("unanswerable", [*OTHERS, hit(1, "near", None)])])
    assert not any(candidate.answers for candidate in group.candidates)
    assert "第1句。" in [candidate.text for candidate in group.candidates]
    assert len(group.candidates) == 5


def test_gold_that_the_search_missed_is_learned_where_one_thing_is_asked() -> None:
    group = only([reading("answerable", [*OTHERS, hit(0, "gold", None)])])
    assert group.candidates[0].answers


def test_of_several_parts_one_without_gold_says_nothing() -> None:
    row = reading("answerable", [*OTHERS, hit(0, "gold", None)])
    row["texts"].append({"kind": "part", "text": "谁？", "hits": [hit(0, "gold"), *OTHERS]})
    ((group,),) = units_of([row], PASSAGES, random.Random(1))
    assert group.question == "谁？"


def test_what_denies_answers_too() -> None:
    group = only([reading("false_premise", [hit(0, "denies"), *OTHERS])])
    assert (group.candidates[0].answers, group.candidates[0].denies) == (True, True)


@pytest.mark.parametrize(("claimed", "denies"), [(True, True), (None, None), (False, False)])
def test_a_statement_is_denied_as_far_as_it_is_what_is_claimed(
    claimed: bool | None, denies: bool | None
) -> None:
    row = reading("false_premise", [hit(0, "denies"), *OTHERS], kind="statement", claimed=claimed)
    group = only([row])
    assert not group.judged
    assert group.candidates[0].denies is denies


def test_of_claims_it_is_not_learned_whether_they_are_answered() -> None:
    assert not only([reading("claimed", [hit(0, "denies"), *OTHERS])]).judged


def test_twins_stay_in_one_unit() -> None:
    rows = [
        reading("answerable", [hit(0, "gold"), *OTHERS]),
        reading("unanswerable", [hit(0, "near"), *OTHERS]),
    ]
    for row in rows:
        row["pair"] = "p"
    ((one, other),) = units_of(rows, PASSAGES, random.Random(1))
    assert one.candidates[0].text == other.candidates[0].text


def test_general_questions_come_without_their_sentence_as_often_as_asked() -> None:
    held = ("几点？", ["六点开。", "不远。", "便宜。"], 0, 0, 2)
    chance = random.Random(1)
    with_it = [
        any(c.answers for g in general_unit(held, chance, 0.5) for c in g.candidates) for _ in range(400)
    ]
    assert 150 < sum(with_it) < 250


def test_a_prepared_question_is_left_out_now_and_then() -> None:
    rows = [reading("answerable", [hit(0, "gold"), *OTHERS])] * 40
    for number, row in enumerate(rows):
        rows[number] = {**row, "id": str(number)}
    prepared = [c.prepared for (g,) in units_of(rows, PASSAGES, random.Random(1)) for c in g.candidates]
    assert 0.2 < prepared.count("") / len(prepared) < 0.4
