"""What stands on a page of what people and documents wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.pages.text import quote_parts, seen


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("甲\u202e乙\u200b丙\x00丁\ud800", "甲乙丙丁"),
        ("一\r\n二\r三\x85四\u2029五", "一\n二\n三\n四\n五"),
        ("👨\u200d👩\u200d👧❤️\u200d🔥", "👨\u200d👩\u200d👧❤️\u200d🔥"),
        ("学\u200d校", "学校"),
        ("\u3164\u115f\uffa0", ""),
        ("𠮷野家葛󠄀", "𠮷野家葛󠄀"),
        (" a\tb ", "a\tb"),
    ],
)
def test_what_has_a_look_stays(text: str, clean: str) -> None:
    assert seen(text) == clean


@given(st.text(alphabet=st.sampled_from("学校 \n\t\u3000aA1，（\u200b\u202e"), max_size=30))
def test_the_parts_of_a_quotation_are_its_characters(text: str) -> None:
    parts = list(quote_parts(text))
    assert "".join(piece for piece, _ in parts) == text
    assert all(piece.isspace() for piece, page_break in parts if page_break)
