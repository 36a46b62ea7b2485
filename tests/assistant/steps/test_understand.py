"""A message made clean, and the endings that need no search."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.schema import Question, Request, Status, Turn
from assistant.steps.ending import ended
from assistant.steps.understand import Understand, clean_text
from prompts import reply
from tests.assistant.sample import DAY


def understood(message: str) -> Turn:
    return Understand()(Turn(Request(message, DAY)))


@pytest.mark.parametrize(
    ("message", "clean"),
    [
        ("", ""),
        (" \u3000\n\t", ""),
        ("每次能借几本？", "每次能借几本?"),
        ("　每次　能借\n\n５本ＯＫ？ ", "每次 能借 5本OK?"),
        ("每次\u200b能\ufeff借\x00几\u202e本", "每次能借几本"),
        ("每次\ud800能借\ue000几本", "每次能借几本"),  # a lone surrogate, a private sign
        ("圖書館幾點開門", "图书馆几点开门"),
        ("⑤本", "5本"),
    ],
)
def test_a_message_is_cleaned_for_matching(message: str, clean: str) -> None:
    assert clean_text(message) == clean


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=60))
def test_nothing_invisible_is_left_and_spaces_are_single(message: str) -> None:
    clean = clean_text(message)
    assert clean == " ".join(clean.split())
    assert not {unicodedata.category(char) for char in clean} & {"Cc", "Cf", "Cs", "Co"}


def test_a_question_goes_on_clean_and_stands_for_itself_until_it_is_rewritten() -> None:
    turn = understood(" 每次能借几本？\u200b")
    assert turn.question == Question("每次能借几本?", "每次能借几本?")
    assert (turn.status, turn.answer) == (None, None)
    assert turn.request.message == " 每次能借几本？\u200b"


@pytest.mark.parametrize(
    ("message", "named"),
    [
        ("你好！", "smalltalk_greeting"),
        ("　ＨＥＬＬＯ～～ ", "smalltalk_greeting"),
        ("謝謝您🙏", "smalltalk_thanks"),
        ("拜拜", "smalltalk_bye"),
        ("……你是谁？", "smalltalk_about"),
    ],
)
def test_small_talk_ends_the_turn_with_the_reply_of_its_kind(message: str, named: str) -> None:
    turn = understood(message)
    assert turn.status is Status.SMALLTALK
    assert turn.answer is not None
    assert turn.answer.confidence == 1.0
    assert [(s.text, s.passages) for s in turn.answer.sentences] == [(reply(named), ())]


@pytest.mark.parametrize("message", ["", "？？？", "……_—", "😀🙏", "\u200b"])
def test_a_message_without_any_letter_is_asked_to_be_clearer(message: str) -> None:
    turn = understood(message)
    assert turn.status is Status.CLARIFY
    assert turn.answer is not None
    assert turn.answer.sentences[0].text == reply("clarify")


@pytest.mark.parametrize("message", ["你好，每次能借几本？", "谢谢你告诉我，那么书丢了要赔多少钱呢？", "5"])
def test_a_question_with_a_greeting_before_it_goes_on(message: str) -> None:
    assert understood(message).status is None


def test_a_status_without_a_fixed_reply_cannot_end_a_turn() -> None:
    with pytest.raises(KeyError):
        ended(Turn(Request("问", DAY)), Status.ANSWERED)
