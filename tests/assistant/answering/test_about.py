"""What the assistant says of itself."""

from dataclasses import replace
from datetime import date

import pytest

from assistant.answering.about import TOPICS, about_lines
from index.schema import NATIONWIDE
from tests.assistant.sample import DAY, NEW, OLD, RULES, document, library

HELD = library(
    replace(RULES, published=date(2024, 5, 1), period_start=2024, period_end=2026, jurisdiction="重庆市"),
    replace(NEW, jurisdiction=NATIONWIDE),
    OLD,
)


def lines(topic: str, operator: str = "镇文化站") -> tuple[str, ...]:
    return about_lines(topic, HELD, DAY, operator, "镇政府")


@pytest.mark.parametrize(
    ("topic", "words"),
    [
        ("documents", ["3份", "《河湾镇图书馆开放办法》"]),
        ("dates", ["2024-05-01", "2024—2026年", "现行有效", "已有新版本"]),
        ("reach", ["全国、重庆市"]),
        ("privacy", ["不用登录"]),
        ("operator", ["镇文化站", "镇政府"]),
    ],
)
def test_what_is_asked_is_said_first(topic: str, words: list[str]) -> None:
    first, *others = lines(topic)
    assert [word for word in words if word not in first] == []
    assert others


def test_every_topic_says_what_is_held_and_how_far_it_reaches() -> None:
    for topic in TOPICS:
        told = lines(topic)
        assert len(told) == len(set(told))
        assert lines("documents")[0] in told
        assert lines("reach")[0] in told


def test_who_is_not_named_is_told_of_in_general() -> None:
    assert "部署它的单位" in lines("operator", operator="")[0]
    told = about_lines("reach", library(RULES), DAY, "", "")
    assert "文件写明的范围" in told[0]


def test_titles_have_the_marks_of_chinese_as_everywhere_else() -> None:
    held = library(replace(RULES, title="河湾镇图书馆开放办法(试行)"))
    for topic in ("documents", "dates"):
        assert "《河湾镇图书馆开放办法（试行）》" in about_lines(topic, held, DAY, "", "")[0]


def test_of_many_documents_the_first_are_named() -> None:
    many = library(*(document(f"第{n}号借书办法\n借书。\n", f"d{n}") for n in range(1, 8)))
    (first, *_) = about_lines("documents", many, DAY, "", "")
    assert "7份" in first
    assert first.count("《") == 5
    assert "》等。" in first
