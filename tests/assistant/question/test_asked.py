"""What of a message is asked, told apart from courtesy and story by the fitted model."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.question.asked import LinearModel, asked_model
from tests.growth import assert_in_proportion

MODEL = asked_model()


def cores(message: str) -> list[str]:
    return [part.core for part in MODEL.asked(message).parts]


def told(message: str) -> list[str]:
    return [clause.text for clause in MODEL.asked(message).told]


def test_courtesy_around_a_question_is_not_asked() -> None:
    message = "劳驾,想请教一下。泳池周末几点关门?麻烦了,祝您工作顺利!"
    (part,) = MODEL.asked(message).parts
    assert part.text == part.core == "泳池周末几点关门"
    assert told(message) == ["劳驾", "想请教一下", "麻烦了", "祝您工作顺利"]


def test_courtesy_in_the_same_sentence_is_no_part_of_what_asks() -> None:
    assert cores("您好,麻烦问一下,泳池周末几点关门?谢谢!") == ["泳池周末几点关门"]


def test_a_story_is_told_and_its_question_asked() -> None:
    message = "我是河边小区的居民,家里有两个孩子。泳池周末几点关门?"
    assert cores(message) == ["泳池周末几点关门"]
    assert told(message) == ["我是河边小区的居民", "家里有两个孩子"]


@pytest.mark.parametrize("message", ["泳池 门票", "泳池门票", "儿童借书证"])
def test_keywords_alone_are_asked(message: str) -> None:
    (part,) = MODEL.asked(message).parts
    assert part.text == message
    assert told(message) == []


@pytest.mark.parametrize(
    "message", ["", "??", "谢谢大家,辛苦了。", "今天天气真好。", "我在泳池当救生员,干了三年。"]
)
def test_a_message_may_ask_nothing(message: str) -> None:
    asking = MODEL.asked(message)
    assert asking.parts == ()
    assert "".join(clause.text for clause in asking.told) == "".join(c for c in message if c not in ",。?")


def test_two_questions_are_two_parts() -> None:
    assert cores("每次能借几本书?借书证在哪里办?") == ["每次能借几本书", "借书证在哪里办"]


def test_a_thousand_characters_without_a_mark_are_asked_at_their_end() -> None:
    def unmarked(length: int) -> str:
        return ("泳池周末开到几点我想带孩子去游泳" * 70)[:length] + "泳池周末几点关门"

    assert_in_proportion(lambda length: MODEL.asked(unmarked(length)), 992)
    message = unmarked(990)
    (part,) = MODEL.asked(message).parts
    assert part.text.endswith("泳池周末几点关门")
    assert len(part.text) <= 180
    assert message[part.start : part.end] == part.text


def test_of_a_long_part_what_stands_far_before_its_question_is_left_out() -> None:
    message = "馆里的书架又高又远还总是找不到人帮忙取书," * 8 + "每次能借几本书?"
    (part,) = MODEL.asked(message).parts
    assert part.text.endswith("每次能借几本书")
    assert len(part.text) <= 180


@settings(max_examples=60, deadline=None)
@given(st.text("泳池门票几点吗怎么您好谢谢我家,。?!、 \n12", max_size=80))
def test_parts_stand_in_the_message_one_after_the_other(message: str) -> None:
    asking = MODEL.asked(message)
    end = 0
    for part in asking.parts:
        assert end <= part.start < part.end
        assert message[part.start : part.end] == part.text
        assert part.core
        end = part.end


@pytest.mark.parametrize("tag", ["是真的噻", "真的假的", "是不是哟", "对不对", "有这回事没得", "写了的吧"])
@pytest.mark.parametrize("mark", [",", "。"])
def test_a_tag_asks_the_statement_before_it(tag: str, mark: str) -> None:
    (part,) = MODEL.asked(f"听说泳池下个月要关门{mark}{tag}?").parts
    assert part.core == f"听说泳池下个月要关门{mark}{tag}"


def test_a_linear_model_reckons_with_what_it_knows() -> None:
    model = LinearModel({"a": 2.0, "b": -1.0}, 0.0)
    assert model.chance(frozenset()) == 0.5
    assert model.chance(frozenset({"unknown"})) == 0.5
    assert model.chance(frozenset({"a"})) > model.chance(frozenset({"a", "b"})) > 0.5
    assert model.chance(frozenset({"a"})) > model.chance(frozenset({"a", "unknown"}))
