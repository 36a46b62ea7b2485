"""Which words of a passage decide."""

from assistant.answering.spans import Spans, stretches
from index.structure.passages import make_passages
from tests.assistant.answering.sample import OPEN, POOL
from tests.assistant.sample import RULES

SPANS = Spans([*make_passages(POOL), *make_passages(RULES)])


def deciding(question: str, prepared: str | None = None) -> str:
    start, end = SPANS.deciding(question, OPEN, prepared)
    return POOL.text[start:end]


def test_the_stretch_that_shares_most_with_the_question_decides() -> None:
    assert deciding("每天开放几个小时") == "每天开放不少于１０小时"
    assert deciding("学校泳池开不开") == "符合条件的学校泳池在暑假期间向社会开放"


def test_words_of_the_prepared_question_count_less_than_the_askers() -> None:
    assert deciding("老人家有没有照顾", "老年人有没有专门时段") == "并应当为老年人留出专门时段"
    assert deciding("收费标准", "老年人有没有专门时段") == "收费标准由物价部门另行规定"


def test_how_much_of_a_text_a_passage_holds_is_a_share() -> None:
    assert SPANS.shared("每天开放不少于10小时", OPEN) == 1
    assert 0 < SPANS.shared("每天借书", OPEN) < 1
    assert SPANS.shared("", OPEN) == 0


def test_stretches_stand_between_commas_and_their_like() -> None:
    assert stretches("甲，乙；丙。") == [(0, 1), (2, 3), (4, 5)]
    assert stretches("") == []
