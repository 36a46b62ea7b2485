"""Which clauses of a message state something about the rules, by the fitted model."""

import pytest

from assistant.question.statements import statement_model

MODEL = statement_model()


@pytest.mark.parametrize(
    "message",
    [
        "听说每次只能借3本书,是吧?",
        "每次只能借3本书,是不是?",
        "每次只能借3本书。",
        "每次只能借3本书,对吧?谢谢。",
        "听说每次只能借3本书?",
        "听说每次只能借3本书,是真的噻",
        "每次只能借3本书,我没记错噻",
    ],
)
def test_who_tells_a_rule_or_wants_it_confirmed_states_it(message: str) -> None:
    (stated,) = MODEL.statements(message)
    assert stated.text in ("每次只能借3本书", "听说每次只能借3本书")
    assert stated.text in message
    assert stated.chance >= MODEL.floor


@pytest.mark.parametrize(
    "message",
    [
        "每次只能借3本书吗?",  # asks
        "希望每次只能借3本书。",  # wishes
        "如果每次只能借3本书,就太少了。",  # supposes
        "我不相信每次只能借3本书。",  # doubts
        "每次只能借3本书,怎么可能?",
        "我家孩子五岁。",  # a story
        "谢谢你。",
        "",
    ],
)
def test_who_asks_wishes_doubts_or_tells_a_story_states_nothing(message: str) -> None:
    assert MODEL.statements(message) == ()


@pytest.mark.parametrize("message", ["不是说每次只能借3本书吗", "不是每次只能借3本书吗?"])
def test_a_rhetorical_question_states(message: str) -> None:
    (stated,) = MODEL.statements(message)
    assert stated.text == message.rstrip("?")


def test_a_share_that_is_told_is_stated_as_well() -> None:
    (stated,) = MODEL.statements("听说少儿书的占比要达到80%,是吧?")
    assert stated.text == "听说少儿书的占比要达到80%"


def test_a_short_clause_is_searched_with_the_one_before_it() -> None:
    stated = {one.text: one.searched for one in MODEL.statements("听说图书馆规定,每次只借3本,是吧?")}
    assert stated["每次只借3本"].startswith("听说图书馆规定")


def test_at_most_two_clauses_are_looked_at_the_likeliest_first() -> None:
    found = MODEL.statements("听说每次只能借3本书。听说借期只有10天。听说泳池每天只开2小时。听说证要交50元。")
    assert len(found) == 2
    assert found[0].chance >= found[1].chance
