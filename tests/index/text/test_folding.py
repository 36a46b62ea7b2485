import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.text.folding import fold, fold_text, simplify, squeeze

any_text = st.text(st.characters(codec=None, categories=None), max_size=200)


@given(any_text)
@example("①…10²㎡ﬃ\u200b\ud800\0İ")
def test_every_view_character_maps_back_to_the_one_it_came_from(text: str) -> None:
    folded = fold(text)
    assert folded.view == fold_text(text)
    assert len(folded.view) == len(folded.offsets)
    assert list(folded.offsets) == sorted(folded.offsets)
    for at, offset in enumerate(folded.offsets):
        start, end = folded.span(at, at + 1)
        assert (start, end) == (offset, offset + 1)
        assert folded.view[at] in fold_text(text[start:end])


@given(any_text, st.data())
def test_a_part_is_found_where_it_stands_or_before(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    found = fold(text).find(text[start:end])
    if not fold_text(text[start:end]):
        assert found is None
    else:
        assert found is not None
        assert found[0] <= end
        assert fold_text(text[start:end]) in fold_text(text[found[0] : found[1]])


@given(any_text)
def test_a_view_holds_no_white_space(text: str) -> None:
    assert not any(char.isspace() for char in fold_text(text))


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("普惠性民办幼儿 园", "普惠性民办幼儿园"),
        ("落实\n《指南(试行)》", "落实《指南（试行）》"),
        ("２０２２年", "2022年"),
        ("2020—2022", "2020-2022"),
        ("「雙減」", "“双减”"),
        ("ＧＤＰ", "gdp"),
        ("公办\u200b园", "公办园"),
    ],
)
def test_different_writings_share_a_view(written: str, other: str) -> None:
    assert fold_text(written) == fold_text(other)


def test_find_gives_the_stored_span_across_faults() -> None:
    text = "完善普惠性民办幼儿 园认定；落实\n《指南》。"
    span = fold(text).find("幼儿园认定")
    assert span is not None
    assert text[slice(*span)] == "幼儿 园认定"
    assert fold(text).find("没有") is None


def test_squeeze_and_simplify() -> None:
    assert squeeze("幼儿 园\n认定\u3000") == "幼儿园认定"
    assert simplify("學校裡頭") == "学校里头"


@given(any_text)
def test_simplify_takes_any_text(text: str) -> None:
    assert isinstance(simplify(text), str)
