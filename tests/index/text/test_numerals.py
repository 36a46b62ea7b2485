import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.text.numerals import NUMBER, chinese_numeral, numeral


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("十二", 12),
        ("十", 10),
        ("二十", 20),
        ("两百零三", 203),
        ("一千零一", 1001),
        ("二〇二四", 2024),  # digit by digit
        ("二○", 20),
        ("零", 0),
        ("１２", 12),
        ("1２", 12),
        ("012", 12),
        ("①", 1),
        ("⑳", 20),
        ("十 二", 12),
        ("\u3000十\n二 ", 12),
    ],
)
def test_a_numeral_in_any_writing_has_its_value(text: str, value: int) -> None:
    assert numeral(text) == value


@pytest.mark.parametrize("text", ["", " ", "十2", "1十", "甲", "①②", "㉑", "Ⅳ", "²", "1.5", "-1", "一、"])
def test_anything_else_is_no_numeral(text: str) -> None:
    with pytest.raises(ValueError, match="not a numeral"):
        numeral(text)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (1, "一"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (105, "一百零五"),
        (110, "一百一十"),
        (1001, "一千零一"),
        (1260, "一千二百六十"),
        (9999, "九千九百九十九"),
    ],
)
def test_a_value_is_written_as_clauses_number_it(value: int, written: str) -> None:
    assert chinese_numeral(value) == written


@settings(max_examples=50)
@given(st.integers(1, 9999))
def test_what_is_written_is_read_back(value: int) -> None:
    written = chinese_numeral(value)
    assert numeral(written) == numeral(str(value)) == value
    assert re.fullmatch(NUMBER, written)


def test_the_pattern_takes_stray_spaces_and_begins_with_a_numeral() -> None:
    assert re.fullmatch(NUMBER, "十 二\u3000")
    assert re.match(NUMBER, " 十") is None
    assert re.match(NUMBER, "条十") is None
