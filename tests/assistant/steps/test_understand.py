"""A message understood, and the endings that need no search."""

import pytest

from assistant.schema import AskedPart, Question, Request, Status, Turn
from assistant.steps.ending import ended
from assistant.steps.understand import Understand
from prompts import reply
from tests.assistant.sample import DAY


def understood(message: str) -> Turn:
    return Understand()(Turn(Request(message, DAY)))


def test_a_question_goes_on_clean_with_what_it_asks() -> None:
    turn = understood(" 每次能借几本？\u200b")
    assert turn.question == Question("每次能借几本?", (AskedPart("每次能借几本", 0, 6, "每次能借几本"),))
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
        ("你好！谢谢大家，辛苦了。", "smalltalk_thanks"),  # of several kinds the last one's
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


@pytest.mark.parametrize(
    "message", ["你好，每次能借几本？", "谢谢你告诉我，那么书丢了要赔多少钱呢？", "谢谢，书证", "5"]
)
def test_a_question_with_a_greeting_before_it_goes_on(message: str) -> None:
    assert understood(message).status is None


def test_a_status_without_a_fixed_reply_cannot_end_a_turn() -> None:
    with pytest.raises(KeyError):
        ended(Turn(Request("问", DAY)), Status.ANSWERED)
