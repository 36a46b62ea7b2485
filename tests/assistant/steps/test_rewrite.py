"""Completing follow-ups and leaving out what is told around a question."""

import pytest

from assistant.question.message import understood
from assistant.question.patterns import load_patterns
from assistant.schema import Exchange, Request, Status, Turn
from assistant.steps.rewrite import Rewrite, complete
from tests.conftest import TODAY


def rewritten(message: str, *earlier: Exchange) -> Turn:
    return Rewrite()(Turn(Request(message, TODAY, history=earlier), understood(message)))


def test_a_word_of_the_same_class_is_swapped() -> None:
    assert complete("那初中呢？", "小学老师要什么学历？", load_patterns()) == "初中老师要什么学历？"


@pytest.mark.parametrize(
    ("message", "earlier", "standalone"),
    [
        ("那高中呢", "小学初中的大班额哪年消完", "高中的大班额哪年消完"),
        ("那高中呢", "小学和初中的老师要什么学历", "高中的老师要什么学历"),
        ("那小学和初中呢", "幼儿园的老师要什么学历", "小学和初中的老师要什么学历"),
        ("那高中是哪年", "小学、初中的大班额哪年消完", "高中的大班额哪年消完"),
        ("那城里的呢", "农村学校有什么支持", "城里学校有什么支持"),
        ("私立的呢？", "公办小学报名要户口本吗", "私立小学报名要户口本吗"),
        ("那城里公办的呢", "农村民办园有什么支持", "城里公办园有什么支持"),
        ("那农村的小学呢", "农村初中有什么支持", "农村小学有什么支持"),
        ("那城里的小学呢", "初中有什么支持", "初中有什么支持，那城里的小学呢"),
    ],
)
def test_words_side_by_side_are_swapped_together(message: str, earlier: str, standalone: str) -> None:
    assert complete(message, earlier, load_patterns()) == standalone


def test_what_asks_something_else_by_itself_is_joined() -> None:
    joined = complete("那初中不是要研究生吗", "初中老师要什么学历", load_patterns())
    assert joined == "初中老师要什么学历，那初中不是要研究生吗"


def test_who_asks_whether_there_is_something_does_not_lean() -> None:
    earlier = Exchange("体育每天多久", "体育每天多久", Status.ANSWERED)
    assert rewritten("有编程课没得", earlier).question.standalone == "有编程课没得"


def test_what_cannot_be_swapped_is_joined() -> None:
    joined = complete("这个比例要到哪年？", "公办园占比多少？", load_patterns())
    assert joined.startswith("公办园占比多少")
    assert joined.endswith("这个比例要到哪年？")


def test_a_long_story_keeps_its_question() -> None:
    story = "我们家住在山上，走路要一个多小时。" * 8 + "学校有没有地方住？"
    kept = rewritten(story).question.standalone
    assert kept.endswith("学校有没有地方住?")
    assert len(kept) <= 100


def test_in_a_conversation_what_is_told_around_a_short_question_stays() -> None:
    earlier = Exchange("大泳池周末几点关门？", "大泳池周末几点关门？", Status.ANSWERED)
    message = "我问的是小泳池。周末要不要预约门票？"
    assert rewritten(message).question.standalone == "周末要不要预约门票?"
    assert rewritten(message, earlier).question.standalone == "我问的是小泳池。周末要不要预约门票?"


def test_a_new_topic_stands_alone() -> None:
    earlier = Exchange("公办园占比多少？", "公办园占比多少？", Status.ANSWERED, clauses=("2.2.1",))
    clean = "残疾孩子上高中要不要交学费,有没有什么优惠?"
    turn = rewritten(clean, earlier)
    assert turn.question.standalone == clean
    assert not turn.question.prefer


def test_a_thing_that_is_named_with_a_word_of_a_class_stands_alone() -> None:
    earlier = Exchange("公办园占比多少？", "公办园占比多少？", Status.ANSWERED, clauses=("2.2.1",))
    assert rewritten("校园足球", earlier).question.standalone == "校园足球"
    assert rewritten("高中", earlier).question.prefer


def test_an_ordinal_points_to_the_citation() -> None:
    earlier = Exchange(
        "减负有哪些措施？", "减负有哪些措施？", Status.ANSWERED, "", ("2.2.4", "2.2.5"), ("甲句。", "乙句。")
    )
    message = "上面说的第二条再讲讲"
    turn = rewritten(message, earlier)
    assert turn.question.prefer == {"2.2.5"}
    assert "乙句" in turn.question.standalone
