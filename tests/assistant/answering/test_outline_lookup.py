"""What a place of a question means in a document's outline."""

import pytest

from assistant.answering.outline_lookup import (
    besides_headings,
    heading_name,
    heading_of_topic,
    named_clause,
    names_whole,
    numbered,
    resolved,
)
from assistant.question.message import clean_text
from assistant.question.outline_question import OutlineQuestion, outline_question
from index.library.library import DocumentView
from tests.assistant.sample import NEW, RULES

VIEW = DocumentView(RULES)


def read(text: str) -> OutlineQuestion:
    asked = outline_question(clean_text(text))
    assert asked is not None
    return asked


@pytest.mark.parametrize(
    "text",
    [
        "二（二）",
        "贰（二）",
        "二、（二）",
        "二、(2)",
        "2.2",
        "2．2",
        "第二部分第二条",
        "第2部分(2)",
        "借阅规则的第二项",
        "借阅规则（二）",
        "借阅规则的倒数第二项",
        "最后一部分的第二项",
        "倒数第一部分第二项",
        "借期的标题",
    ],
)
def test_every_writing_of_a_place_leads_to_it(text: str) -> None:
    found = resolved(VIEW, read(text))
    assert found is not None
    assert found.address == "2.2"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("借阅规则的最后一项", "2.3"),
        ("开放时间的首项", "1.1"),
        ("开放时间的头一条", "1.1"),
        ("第二部分", "2"),
    ],
)
def test_first_and_last_are_counted_from_their_end(text: str, address: str) -> None:
    found = resolved(VIEW, read(text))
    assert found is not None
    assert found.address == address


@pytest.mark.parametrize("text", ["（二）", "第二条", "第九部分第一项", "第二部分第九项", "游泳课的标题"])
def test_a_place_that_is_not_there_or_not_said_is_none(text: str) -> None:
    assert resolved(VIEW, read(text)) is None


def test_units_directly_below_are_numbered_and_paragraphs_are_none() -> None:
    assert [clause.address for clause in numbered(VIEW, None)] == ["1", "2"]
    assert [clause.address for clause in numbered(VIEW, "2")] == ["2.1", "2.2", "2.3"]
    assert numbered(VIEW, "2.2") == ()
    assert [clause.address for clause in numbered(DocumentView(NEW), None)] == [
        f"art{n}" for n in range(1, 5)
    ]


def test_a_heading_is_named_by_its_longest_shared_stretch() -> None:
    found = named_clause(VIEW, "关于少儿借阅的事")
    assert found is not None
    assert (found.address, heading_name(found)) == ("2.3", "少儿借阅")
    assert names_whole(found, "少儿借阅的事")
    assert not names_whole(found, "借阅的事")
    assert named_clause(VIEW, "游泳的事") is None
    assert named_clause(VIEW, "借期的事", below="1") is None


def test_a_topic_has_a_place_where_a_heading_holds_most_of_it() -> None:
    found = heading_of_topic(VIEW, "借期", None)
    assert found is not None
    assert found.address == "2.2"
    assert heading_of_topic(VIEW, "借期长短对老年读者的照顾", None) is None


def test_what_a_question_says_besides_headings() -> None:
    assert besides_headings(VIEW, read("借阅规则的第二项")) == ""
    assert besides_headings(VIEW, read("借阅规则的第二项里押金怎么退")) == "押金怎么退"
