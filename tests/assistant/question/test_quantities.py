"""Quantities stay whole: number or range, bound, unit."""

import pytest

from assistant.question.quantities import quantities, with_digits, written_quantities


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("到2022年占比达到50％以上", ["2022年", "50％以上"]),
        ("建设7—10所市级高水平高职学校和20个专业群", ["7—10所", "20个"]),
        ("占全市GDP比例不低于４％。", ["不低于４％"]),
        ("建设２所左右国家级", ["２所左右"]),
        ("每天１小时校园体育活动", ["１小时"]),
        ("不低于其他专业的1.3倍", ["1.3倍"]),
        ("没有数字", []),
    ],
)
def test_quantities_are_whole(text: str, whole: list[str]) -> None:
    assert [text[q.start : q.end] for q in quantities(text)] == whole


@pytest.mark.parametrize(
    ("text", "low", "unit"),
    [
        ("是不是要到百分之八十", 80, "%"),
        ("八成的学校", 80, "%"),
        ("每天两个小时", 2, "小时"),
        ("必须学会四样", 4, "项"),
        ("建三所", 3, "所"),
    ],
)
def test_claims_in_words_are_numbers(text: str, low: float, unit: str) -> None:
    (claim,) = quantities(with_digits(text))
    assert (claim.low, claim.unit) == (low, unit)


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("建3个人工智能实验室", 3, "个"),
        ("有5个人才项目", 5, "个"),
        ("办10个人大代表联络站", 10, "个"),
        ("修2个人行天桥", 2, "个"),
        ("发3个月饼", 3, "个"),
        ("放3个月球仪", 3, "个"),
        ("招2个小时工", 2, "个"),
        ("来了3个人", 3, "人"),
        ("3个人参加", 3, "人"),
        ("3个人一间", 3, "人"),
        ("发12个月工资", 12, "月"),
        ("6个月内办完", 6, "月"),
        ("每天2个小时体育活动", 2, "小时"),
        ("两个学期结束", 2, "学期"),
    ],
)
def test_a_word_that_begins_with_a_unit_is_no_measure(text: str, number: float, unit: str) -> None:
    found = quantities(with_digits(text))[0]
    assert (found.low, found.unit) == (number, unit)


@pytest.mark.parametrize(
    ("text", "number", "unit", "follows"),
    [
        ("建三个人工智能实验室", 3, "个", "人工"),
        ("建三个项目", 3, "个", "项目"),
        ("分两个步骤", 2, "个", "步骤"),
        ("三个人参加", 3, "人", "参加"),
        ("两个小时以上", 2, "小时", "以上"),
    ],
)
def test_in_written_quantities_neither(text: str, number: float, unit: str, follows: str) -> None:
    (found,) = written_quantities(text)
    assert (found.low, found.unit, found.follows) == (number, unit, follows)
    assert text[found.start : found.end].endswith(unit)


def test_ranges_agree_when_they_overlap() -> None:
    (stated,) = quantities("7—10所")
    assert stated.agrees(quantities("8所")[0])
    assert not stated.agrees(quantities("12所")[0])
    assert not stated.agrees(quantities("8个")[0])
