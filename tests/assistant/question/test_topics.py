"""Which messages only name a thing."""

import pytest

from assistant.question.topics import names_thing
from assistant.schema import Question


@pytest.mark.parametrize("said", ["游泳池", "游泳池？", "“借书证”", "游泳池怎么管", "游泳池能进不"])
def test_one_short_run_of_words_names_a_thing(said: str) -> None:
    assert names_thing(Question(said))


@pytest.mark.parametrize(
    "said",
    ["", "游泳池 借书证", "游泳池，几点开", "游泳池有多少个", "谁来管游泳池", "游泳池的水为什么这么凉"],
)
def test_what_says_more_or_asks_for_something_does_not(said: str) -> None:
    assert not names_thing(Question(said))


def test_what_follows_on_a_conversation_does_not() -> None:
    assert not names_thing(Question("游泳池", prefer=frozenset({"rules@2024-05-01#2.2"})))
