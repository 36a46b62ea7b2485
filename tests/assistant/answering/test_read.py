"""What was read stands in the order in which it answers, and what is counted of it says whether it does."""

import math
from collections.abc import Iterable
from dataclasses import replace

import pytest

from assistant.answering.decision import FEATURES, DecisionModel, decision_features
from assistant.answering.read import READ, Order, ReadPart, ordered
from assistant.reading.reader import Reading
from assistant.schema import Foreign, SubQuestion
from index.schema import Hit, LayMatch, LayQuestion, OpenMatch, OpenQuestion, Signals
from index.structure.passages import make_passages
from tests.assistant.answering.sample import POOL
from tests.assistant.sample import RULES

PASSAGES = (*make_passages(RULES), *make_passages(POOL))
ORDER = Order(1.0, 0.5)


def found(scores: Iterable[float], question: str | None = None) -> SubQuestion:
    hits = (
        Hit(passage, Signals(dense_passage=0.8), score, question)
        for passage, score in zip(PASSAGES, scores, strict=False)
    )
    return SubQuestion("几点开门？", hits=tuple(hits))


def read(answers: Iterable[float], part: SubQuestion, order: Order = ORDER) -> ReadPart:
    return ordered(part, [Reading(one, -3.0, (0, 1)) for one in answers], order)


def test_what_is_read_to_answer_stands_before_what_the_search_found_first() -> None:
    part = found([0.0, -1.0, -2.0])
    both = read([-3.0, 2.0, 0.0], part)
    assert [hit.passage for hit in both.part.hits] == [PASSAGES[1], PASSAGES[2], PASSAGES[0]]
    assert [hit.score for hit in both.part.hits] == [1.5, -1.0, -3.0]
    assert both.searched is part
    assert both.readings[PASSAGES[1].id].answers == 2.0


def test_what_was_not_read_stands_behind_in_the_order_of_the_search() -> None:
    part = found([-float(at) for at in range(READ + 3)])
    both = read([-5.0] * READ, part, Order(1.0, 0.0))
    assert [hit.passage for hit in both.part.hits] == list(PASSAGES[: READ + 3])
    assert all(hit.score == -5.0 for hit in both.part.hits)


def test_equal_scores_keep_the_order_of_the_search() -> None:
    both = read([1.0, 1.0], found([0.0, 0.0]))
    assert [hit.passage for hit in both.part.hits] == list(PASSAGES[:2])


def test_what_is_counted() -> None:
    features = decision_features(read([-1.0, 2.0, 0.5], found([0.0, -1.0, -2.0])), Foreign())
    assert tuple(features) == FEATURES
    assert features["mass"] == pytest.approx(math.log(1 + math.exp(-1) + math.exp(2) + math.exp(0.5)))
    assert (features["density"], features["prepared"]) == (0.0, 0.0)


def test_other_matters_count_only_where_questions_were_prepared() -> None:
    away = Foreign(talk=0.1, matter=0.8)
    asked = LayMatch(LayQuestion("rules@1#1:0-1", "几点开门"), 0.95)
    plain = found([0.0])
    edition = plain.hits[0].passage.edition
    known = replace(
        plain, lay_matches=(replace(asked, question=LayQuestion(f"{edition}#1:0-1", "几点开门")),)
    )
    assert decision_features(read([2.0], known), away)["foreign"] == pytest.approx(0.9)
    assert decision_features(read([2.0], known), away)["near"] == 0.0
    unknown = decision_features(read([2.0], plain), away)
    assert unknown["foreign"] == pytest.approx(0.1)
    assert unknown["near"] == plain.hits[0].signals.dense_passage


def test_prepared_questions_count_where_the_best_passage_has_one() -> None:
    asked = LayMatch(LayQuestion("1", "几点开门"), 0.95)
    left_open = OpenMatch(OpenQuestion("rules", "1", "有停车场吗", ""), 0.75)
    plain = found([0.0])
    hits = found([0.0], "几点开门").hits
    both = SubQuestion(plain.text, hits=hits, lay_matches=(asked,), open_matches=(left_open,))
    assert decision_features(read([2.0], both), Foreign())["density"] == pytest.approx(0.2)
    without = replace(both, open_matches=()), replace(both, lay_matches=()), replace(both, hits=plain.hits)
    for other in without:
        assert decision_features(read([2.0], other), Foreign())["density"] == 0.0


def test_the_chance_grows_with_what_speaks_for_an_answer() -> None:
    model = DecisionModel({"mass": 2.0}, -2.0, 0.5)
    features = {**decision_features(read([0.5], found([0.0])), Foreign()), "mass": 1.0}
    assert model.chance(features) == pytest.approx(0.5)
    assert model.chance({**features, "mass": 3.0}) > 0.9
