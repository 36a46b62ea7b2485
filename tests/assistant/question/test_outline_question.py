"""What a question wants of an outline, and each writing of a place in it."""

import pytest

from assistant.question.message import clean_text
from assistant.question.outline_question import OutlineQuestion, Wanted, outline_question, without_filler


def read(text: str) -> OutlineQuestion:
    asked = outline_question(clean_text(text))
    assert asked is not None
    return asked


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("二（六）4", [2, 6, 4]),
        ("二、（六）4", [2, 6, 4]),
        ("贰（六）", [2, 6]),
        ("第二部分第六条第四点", [2, 6, 4]),
        ("第二部分（六）的第4点", [2, 6, 4]),
        ("第2部分(6)", [2, 6]),
        ("2.6.4", [2, 6, 4]),
        ("2．6", [2, 6]),
        ("二.六", [2, 6]),
        ("第二部分第十二条", [2, 12]),
        ("借阅规则的最后一项", [-1]),
        ("借阅规则的倒数第三项", [-3]),
        ("借阅规则的首项", [1]),
        ("开放时间的头一条", [1]),
    ],
)
def test_a_place_is_read_in_every_writing(text: str, numbers: list[int]) -> None:
    assert [step.number for step in read(text).steps] == numbers


@pytest.mark.parametrize(
    "text",
    [
        "",
        "高二（三）班几点开门",
        "第一志愿怎么填",
        "泳池几点开门",
        "每次能借几本书",
        "2024年的票价",
        "三年级的借书证",
    ],
)
def test_numbers_of_other_things_are_no_place(text: str) -> None:
    assert outline_question(clean_text(text)) is None


@pytest.mark.parametrize("text", ["门票是去年的1.5倍吗", "泳池开放3.5小时吗", "水深1.8米吗"])
def test_a_number_with_a_point_and_a_unit_is_no_place(text: str) -> None:
    assert outline_question(clean_text(text)) is None


@pytest.mark.parametrize(
    ("text", "wanted", "unit"),
    [
        ("第二部分（二）的全文", Wanted.TEXT, ""),
        ("第二部分（二）", Wanted.TEXT, ""),
        ("第二部分的标题是什么", Wanted.TITLE, ""),
        ("借阅规则下面有哪些", Wanted.HEADINGS, ""),
        ("借阅规则分成几项", Wanted.COUNT, "项"),
        ("文件一共有几大块", Wanted.COUNT, "块"),
        ("第二部分有多少条", Wanted.COUNT, "条"),
        ("借期写在哪一条", Wanted.WHERE, ""),
        ("第二部分（一）里押金怎么退", Wanted.CONTENT, ""),
    ],
)
def test_what_is_wanted_of_the_outline(text: str, wanted: Wanted, unit: str) -> None:
    asked = read(text)
    assert (asked.wanted, asked.unit) == (wanted, unit)


def test_what_is_said_besides_the_place_is_kept() -> None:
    asked = read("第二部分（一）里押金怎么退")
    assert "押金怎么退" in asked.about
    assert "第二部分" not in asked.about
    assert read("请问一下，借期写在哪一条").besides == "借期"


def test_a_question_may_speak_of_the_whole_document() -> None:
    assert read("全文一共有几个部分").everywhere
    assert not read("借阅规则分成几项").everywhere


def test_courtesy_and_words_for_documents_are_filler() -> None:
    assert without_filler("请问一下，方案里的泳池") == "泳池"
    assert without_filler("请问文件的全文") == ""
