"""Quantities stay whole: number or range, bound, unit."""

import pytest

from assistant.question.quantities import quantities, with_digits


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


def test_ranges_agree_when_they_overlap() -> None:
    (stated,) = quantities("7—10所")
    assert stated.agrees(quantities("8所")[0])
    assert not stated.agrees(quantities("12所")[0])
    assert not stated.agrees(quantities("8个")[0])
