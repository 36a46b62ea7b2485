"""Which share of a text's words a passage holds."""

from assistant.answering.shared_words import SharedWords, stretches
from index.structure.passages import make_passages
from tests.assistant.answering.sample import OPEN, POOL
from tests.assistant.sample import RULES

WORDS = SharedWords([*make_passages(POOL), *make_passages(RULES)])


def test_how_much_of_a_text_a_passage_holds_is_a_share() -> None:
    assert WORDS.shared("每天开放不少于10小时", OPEN) == 1
    assert 0 < WORDS.shared("每天借书", OPEN) < 1
    assert WORDS.shared("", OPEN) == 0


def test_stretches_stand_between_commas_and_their_like() -> None:
    assert stretches("甲，乙；丙。") == [(0, 1), (2, 3), (4, 5)]
    assert stretches("") == []
