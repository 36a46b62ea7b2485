from datetime import date

import pytest

from index.text.days import days_in, without_days


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2024年3月5日", [date(2024, 3, 5)]),
        ("２０２４年３月５日", [date(2024, 3, 5)]),
        ("二〇二四年十二月二十五日", [date(2024, 12, 25)]),
        ("二○二四年三月五日", [date(2024, 3, 5)]),
        ("自 2020 年 1 月 1 日起", [date(2020, 1, 1)]),
        ("2024-03-05 10:20", [date(2024, 3, 5)]),
        ("2024/3/5至2024.4.6", [date(2024, 3, 5), date(2024, 4, 6)]),
        ("2024年13月5日", []),
        ("2024年3月", []),
        ("11.5.14.2", []),
        ("2024-3.5", []),
    ],
)
def test_days_are_read_as_texts_write_them(text: str, days: list[date]) -> None:
    assert days_in(text) == days


def test_days_can_be_left_out() -> None:
    assert without_days("某局 2024年3月5日印发") == "某局 印发"
