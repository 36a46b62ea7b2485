"""Marks as they are set in Chinese."""

import pytest

from index.text.chinese_marks import chinese_marks


@pytest.mark.parametrize(
    ("folded", "shown"),
    [
        ("干一样的活,这个方案里有没有说?", "干一样的活，这个方案里有没有说？"),
        ("超过GDP,就是4%(全市)", "超过GDP，就是4%（全市）"),
        ("10:30到12:00,每天1,200人", "10:30到12:00，每天1,200人"),
        ("a, b (c)?", "a, b (c)?"),
        ("是吗?!", "是吗？！"),
        ("", ""),
    ],
)
def test_marks_beside_chinese_are_wide(folded: str, shown: str) -> None:
    assert chinese_marks(folded) == shown
