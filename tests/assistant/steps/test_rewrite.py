"""Completing follow-ups and boiling long stories down."""

from assistant.question.patterns import load_patterns
from assistant.schema import Exchange, Question, Request, Status, Turn
from assistant.steps.retrieve import aspects, split_questions
from assistant.steps.rewrite import Rewrite, boil_down, complete
from tests.conftest import TODAY


def test_a_word_of_the_same_class_is_swapped() -> None:
    assert complete("那初中呢？", "小学老师要什么学历？", load_patterns()) == "初中老师要什么学历？"


def test_what_cannot_be_swapped_is_joined() -> None:
    joined = complete("这个比例要到哪年？", "公办园占比多少？", load_patterns())
    assert joined.startswith("公办园占比多少")
    assert joined.endswith("这个比例要到哪年？")


def test_a_long_story_keeps_its_question() -> None:
    story = "我们家住在山上，走路要一个多小时。" * 8 + "学校有没有地方住？"
    kept = boil_down(story)
    assert kept.endswith("学校有没有地方住？")
    assert len(kept) <= 100


def test_a_new_topic_stands_alone() -> None:
    earlier = Exchange("公办园占比多少？", "公办园占比多少？", Status.ANSWERED, clauses=("2.2.1",))
    clean = "残疾孩子上高中要不要交学费，有没有什么优惠？"
    turn = Rewrite()(Turn(Request(clean, TODAY, history=(earlier,)), Question(clean)))
    assert turn.question.standalone == clean
    assert not turn.question.prefer


def test_an_ordinal_points_to_the_citation() -> None:
    earlier = Exchange(
        "减负有哪些措施？", "减负有哪些措施？", Status.ANSWERED, "", ("2.2.4", "2.2.5"), ("甲句。", "乙句。")
    )
    message = "上面说的第二条再讲讲"
    turn = Rewrite()(Turn(Request(message, TODAY, history=(earlier,)), Question(message)))
    assert turn.question.prefer == {"2.2.5"}
    assert "乙句" in turn.question.standalone


def test_questions_are_split_and_tags_kept() -> None:
    assert split_questions("公办园占比要多少？老师工资怎么定？") == ["公办园占比要多少？", "老师工资怎么定？"]
    assert len(split_questions("每天要运动两小时，是吧？")) == 1


def test_aspects_by_class_and_by_stretch() -> None:
    assert aspects("小学和高中的大班额分别怎么办") == ["小学的大班额分别怎么办", "高中的大班额分别怎么办"]
    assert aspects("幼儿园教拼音怎么管，另外老师学历有什么要求") == [
        "老师学历有什么要求",
        "幼儿园教拼音怎么管",
    ]
