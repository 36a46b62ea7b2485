import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.readers.automatic_numbers import alphabetic, chinese, letter, roman, write_number
from index.text.numerals import chinese_numeral, numeral


@pytest.mark.parametrize(
    ("style", "numbers"),
    [
        ("decimal", {1: "1", 120: "120"}),
        ("decimalZero", {1: "01", 12: "12"}),
        ("decimalFullWidth", {12: "１２"}),
        ("upperRoman", {4: "IV", 1994: "MCMXCIV", 0: "0", 4000: "4000"}),
        ("lowerRoman", {9: "ix"}),
        ("upperLetter", {1: "A", 26: "Z", 27: "AA", 28: "BB", 781: "781"}),
        ("lowerAlphabetic", {27: "aa", 28: "ab", 703: "aaa", 0: "0"}),
        ("chineseCountingThousand", {1: "一", 10: "十", 12: "十二", 105: "一百零五", 0: "零"}),
        ("chineseCounting", {12: "十二", 100: "一○○"}),
        ("chineseFullTen", {12: "一十二"}),
        ("japaneseCounting", {1: "一", 111: "百十一", 2000: "二千"}),
        ("ideographDigital", {10: "一○"}),
        ("chineseLegalSimplified", {12: "壹拾贰", 305: "叁佰零伍"}),
        ("ideographLegalTraditional", {6: "陸"}),
        ("ideographTraditional", {1: "甲", 10: "癸"}),
        ("ideographZodiac", {12: "亥"}),
        ("decimalEnclosedCircle", {1: "①", 20: "⑳", 21: "㉑", 50: "㊿", 51: "51", 0: "⓪"}),
        ("ideographEnclosedCircle", {10: "㊉", 11: "11"}),
        ("decimalEnclosedFullstop", {20: "⒛"}),
        ("decimalEnclosedParen", {1: "⑴"}),
        ("numberInDash", {3: "- 3 -"}),
        ("hex", {255: "FF"}),
        ("none", {7: ""}),
        ("noSuchFormat", {7: "7"}),
    ],
)
def test_a_number_is_written_as_its_format_says(style: str, numbers: dict[int, str]) -> None:
    assert {number: write_number(number, style) for number in numbers} == numbers


@settings(max_examples=50)
@given(st.integers(1, 9999))
def test_chinese_numbers_are_those_of_clauses(number: int) -> None:
    assert numeral(chinese(number)) == number
    assert chinese(number) == chinese_numeral(number)


@pytest.mark.parametrize("number", [-1, 10_000])
def test_what_has_no_chinese_number_is_written_in_digits(number: int) -> None:
    assert chinese(number) == str(number)


def test_letters_go_on_as_word_or_as_browsers_count() -> None:
    assert [letter(number) for number in (26, 27, 52, 53, 0)] == ["Z", "AA", "ZZ", "AAA", "0"]
    assert [alphabetic(number) for number in (26, 27, 52, 53)] == ["Z", "AA", "AZ", "BA"]


def test_roman_numerals_are_one_a_number() -> None:
    assert len({roman(number) for number in range(1, 4000)}) == 3999
    assert roman(3999) == "MMMCMXCIX"
