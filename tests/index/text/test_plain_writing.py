import re

from hypothesis import given
from hypothesis import strategies as st

from index.text.plain_writing import HIDDEN, plain_writing


def test_characters_are_plain_and_white_space_and_case_stay() -> None:
    assert plain_writing("Ａ１\u200b２—３・號\u3000\t\r①").text == "A12-3·号  \n①"


def test_a_span_leads_back_to_what_was_written_with_what_nobody_sees() -> None:
    text = "打1\ufe0f\u20e32\ufe0f\u20e3。"
    plain = plain_writing(text)
    assert plain.text == "打12。"
    start, end = plain.span(1, 3)
    assert text[start:end] == "1\ufe0f\u20e32\ufe0f\u20e3"


def test_hidden_parts_keep_their_place() -> None:
    assert plain_writing("a[x]b", re.compile(r"\[x\]")).text == f"a{HIDDEN * 3}b"


@given(st.text(max_size=100))
def test_every_text_is_mapped(text: str) -> None:
    plain = plain_writing(text)
    assert len(plain.offsets) == len(plain.text) + 1
    assert list(plain.offsets) == sorted(plain.offsets)
    assert plain.offsets[-1] == len(text)
