"""The asked parts of a message as they are searched, and the aspects of one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.question.message import focused, understood
from assistant.question.parts import aspects, has_subject, leans, split_parts, with_context, without_tags

WORDS = frozenset({"泳池", "门票", "阅览室", "借书证"})


def split(message: str) -> list[tuple[str, str]]:
    return split_parts(understood(message), WORDS)


@pytest.mark.parametrize(
    ("message", "searched"),
    [
        ("", []),
        ("？？？", []),
        ("谢谢大家，辛苦了。", []),
        ("每次能借几本书？", ["每次能借几本书"]),
        ("每次能借几本书?借书证在哪里办?", ["每次能借几本书", "借书证在哪里办"]),
        ("每次能借几本书？要钱不？", ["每次能借几本书，要钱不"]),  # no subject of its own
        ("借书证怎么办？文件怎么规定的？", ["借书证怎么办，文件怎么规定的"]),
        ("每次能借五本书，对吧？是不是？", ["每次能借五本书,对吧?是不是"]),
        ("阅览室搬了家。新的阅览室在哪条街？", ["新的阅览室在哪条街"]),  # what is told is no question
        ("第一间阅览室？", ["第一间阅览室"]),
        (
            "泳池门票要多少钱、借书证的押金是多少、书丢了怎么办？",  # list marks between questions
            ["泳池门票要多少钱", "借书证的押金是多少", "书丢了怎么办"],
        ),
        ("门票、押金、罚款是多少？", ["门票、押金、罚款是多少"]),  # and between things
    ],
)
def test_a_message_is_split_into_what_it_asks(message: str, searched: list[str]) -> None:
    assert [text for _, text in split(message)] == searched


def test_what_leaves_the_asking_to_the_last_part_is_searched_with_that() -> None:
    message = "泳池的门票是多少钱？借书证的押金呢？这两样分别交到哪里？"
    assert split(message) == [
        ("泳池的门票是多少钱", "泳池的门票是多少钱"),
        ("借书证的押金呢", "借书证的押金呢，这两样分别交到哪里"),
        ("这两样分别交到哪里", "这两样分别交到哪里"),
    ]


def test_what_is_told_of_the_matter_in_the_same_sentence_is_searched_with_the_question() -> None:
    message = "我们家困难，娃儿读书有补助没得"
    assert split(message) == [("娃儿读书有补助没得", "我们家困难,娃儿读书有补助没得")]
    assert focused(understood(message), WORDS) == "我们家困难,娃儿读书有补助没得"
    other = "我想问一下，娃儿读书有补助没得"
    assert split(other) == [("娃儿读书有补助没得", "娃儿读书有补助没得")]


def test_a_question_that_points_back_is_searched_with_what_it_points_to() -> None:
    ((own, searched),) = split("泳池的门票我弄丢了。这个怎么补？")
    assert own == "这个怎么补"
    assert searched == "泳池的门票我弄丢了。这个怎么补"


@pytest.mark.parametrize(
    ("text", "holds"), [("泳池几点关门", True), ("文件怎么规定的", False), ("要多少", False), ("", False)]
)
def test_a_question_has_a_subject_besides_question_words(text: str, holds: bool) -> None:
    assert has_subject(text) is holds


@pytest.mark.parametrize(
    ("text", "does"), [("这个怎么办", True), ("要多少", True), ("河边的泳池周末几点关门", False)]
)
def test_a_question_leans_where_it_points_back_or_names_hardly_anything(text: str, does: bool) -> None:
    assert leans(text) is does


def test_only_sentences_about_the_documents_matters_lead_a_question() -> None:
    assert with_context("怎么补?", "泳池的门票丢了。", WORDS) == "泳池的门票丢了。怎么补?"
    assert with_context("怎么补?", "祝您身体健康。", WORDS) == "怎么补?"
    assert with_context("怎么补?", "泳池的门票丢了。" + "泳池的门票" * 20 + "。", WORDS) == "怎么补?"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("每次能借几本书？", []),
        ("小学和大学的阅览室怎么借书", ["小学的阅览室怎么借书", "大学的阅览室怎么借书"]),
        ("借书证、借期，怎么规定", ["借书证，怎么规定", "借期，怎么规定", "怎么规定", "借书证、借期"]),
        ("书丢了怎么办，另外怎么办证", ["怎么办证", "书丢了怎么办"]),
        ("普通高中的阅览室", []),  # holds 高中, and is one word
        ("小学和高中的大班额分别怎么办", ["小学的大班额分别怎么办", "高中的大班额分别怎么办"]),
    ],
)
def test_what_one_question_asks_one_by_one(text: str, found: list[str]) -> None:
    assert aspects(text) == found


@settings(max_examples=50, deadline=None)
@given(st.text("书证借办。，？?！；、和小学大学怎么 \u3000", max_size=60))
def test_no_message_is_searched_for_more_than_four_parts_or_six_aspects(message: str) -> None:
    assert len(split(message)) <= 4
    assert all(text for _, text in split(message))
    found = aspects(message)
    assert len(found) == len(set(found)) <= 6


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("听说泳池要关门,是真的噻", "听说泳池要关门"),
        ("听说泳池要关门。真的假的?", "听说泳池要关门?"),
        ("听说泳池要关门,我没记错噻,几点关", "听说泳池要关门,几点关"),
        ("是真的吗", "是真的吗"),  # nothing stands before it
        ("泳池开放是不是八小时", "泳池开放是不是八小时"),
        ("泳池开放八小时,会员是不是免费", "泳池开放八小时,会员是不是免费"),
    ],
)
def test_what_only_asks_whether_it_is_so_is_left_out(text: str, rest: str) -> None:
    assert without_tags(text) == rest
