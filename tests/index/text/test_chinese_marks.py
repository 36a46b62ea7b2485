"""Marks as they are set in Chinese."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.chinese_marks import chinese_marks


@pytest.mark.parametrize(
    ("folded", "shown"),
    [
        ("干一样的活,这个方案里有没有说?", "干一样的活，这个方案里有没有说？"),
        ("超过GDP,就是4%(全市)", "超过GDP，就是4%（全市）"),
        ("10:30到12:00,每天1,200人", "10:30到12:00，每天1,200人"),
        ("a, b (c)?", "a, b (c)?"),
        ("是吗?!", "是吗？！"),
        ("(1)学校要办", "（1）学校要办"),
        ("学校(GDP)", "学校（GDP）"),
        ("((1)学校)", "（（1）学校）"),
        ("1)学校要办", "1)学校要办"),
        ("学校(见下,再办", "学校(见下，再办"),
        ("http://a.cn?学校", "http://a.cn?学校"),
        ("网址(http://a.cn/(1))学校,好", "网址(http://a.cn/(1))学校，好"),
        ("是吗？!", "是吗？！"),
        ("", ""),
    ],
)
def test_marks_beside_chinese_are_wide(folded: str, shown: str) -> None:
    assert chinese_marks(folded) == shown


@given(st.text("学校1a ,?!:;()。/", max_size=40))
def test_brackets_stay_pairs_and_nothing_else_changes(text: str) -> None:
    shown = chinese_marks(text)
    assert len(shown) == len(text)
    assert shown.count("（") == shown.count("）")
    assert chinese_marks(shown) == shown
    assert shown.translate(str.maketrans("，？！：；（）", ",?!:;()")) == text
