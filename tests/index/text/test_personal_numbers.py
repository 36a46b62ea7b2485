from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.personal_data import find

SEPARATORS = st.sampled_from(["", " ", "-", ".", "·", "\u3000", "—", "_"])


def grouped(digits: str, groups: list[int], separator: str) -> str:
    parts, at = [], 0
    for length in groups:
        parts.append(digits[at : at + length])
        at += length
    return separator.join(parts)


def kinds(text: str) -> list[tuple[str, str]]:
    return [(data.kind, text[data.start : data.end]) for data in find(text)]


@given(
    st.sampled_from("3456789"),
    st.text("0123456789", min_size=9, max_size=9),
    st.sampled_from([[11], [3, 4, 4], [3, 8], [7, 4], [4, 3, 4], [1] * 11]),
    SEPARATORS,
)
def test_a_mobile_number_is_found_however_it_is_grouped(
    second: str, rest: str, groups: list[int], separator: str
) -> None:
    number = grouped("1" + second + rest, groups, separator)
    assert kinds(f"打我手机{number}嘛") == [("手机号", number)]


@given(
    st.sampled_from(["110105", "500103", "510212", "650102", "810000"]),
    st.dates(date(1900, 1, 1), date(2030, 12, 31)),
    st.text("0123456789", min_size=3, max_size=3),
    st.sampled_from("0123456789xX"),
    st.sampled_from([[18], [6, 8, 4], [6, 4, 4, 4], [4, 4, 4, 4, 2], [3, 3, 8, 4]]),
    SEPARATORS,
)
def test_an_identity_card_is_found_however_it_is_grouped(
    region: str, born: date, order: str, check: str, groups: list[int], separator: str
) -> None:
    number = grouped(f"{region}{born:%Y%m%d}{order}{check}", groups, separator)
    assert kinds(f"娃儿的是{number}，读哪里") == [("身份证号", number)]


@given(
    st.sampled_from(["010", "023", "029", "0830", "0852"]),
    st.sampled_from("2345678"),
    st.text("0123456789", min_size=7, max_size=7),
    st.sampled_from(["{}{}", "{}-{}", "({}){}", "（{}） {}", "{} {}", "{}—{}"]),
)
def test_a_telephone_is_found_with_its_area(area: str, first: str, rest: str, written: str) -> None:
    number = written.format(area, first + rest)
    assert kinds(f"找{number}问") == [("电话号码", number)]


@pytest.mark.parametrize("money", ["13000000000元", "13812345678元的项目", "13812345678%"])
def test_a_number_that_measures_something_is_a_figure(money: str) -> None:
    assert not find(f"投入{money}")


def test_numbers_that_follow_one_another_are_each_found() -> None:
    text = "50010319900101123413812345678 13987654321、023-67891234"
    assert [kind for kind, _ in kinds(text)] == ["身份证号", "手机号", "手机号", "电话号码"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("座机67891234", "电话号码"),
        ("身份证号50010319901301123", "身份证号"),
        ("账号50050100123456789012", "银行卡号"),
        ("台胞证12345678", "护照号"),
        ("QQ 123456789", "QQ号"),
    ],
)
def test_a_word_tells_what_the_form_does_not(text: str, kind: str) -> None:
    assert [found for found, _ in kinds(text)] == [kind]
    number = text.lstrip("座机身份证号账台胞Q ")
    assert not find(f"一共{number}")
