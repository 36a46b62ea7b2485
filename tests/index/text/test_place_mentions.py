"""Where a text names places."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.text.place_mentions import place_mentions


def named(text: str) -> list[tuple[str, str]]:
    return [(mention.name, mention.kind) for mention in place_mentions(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("泳池几点开门", []),
        ("我从成都来，住在重庆", [("成都", "prefecture"), ("重庆", "province")]),
        ("重庆市渝中区的泳池", [("重庆市", "province"), ("渝中区", "county")]),  # the longest names
        ("川渝两地的图书馆", [("川", "abbreviation"), ("渝", "abbreviation")]),
        ("四川的泳池", [("四川", "province")]),  # its 川 is no abbreviation
        ("魔都的泳池", [("魔都", "nickname")]),
        ("日本的图书馆", [("日本", "abroad")]),
        ("大家和平相处在这里", []),  # a word of every day
    ],
)
def test_places_are_found_by_every_kind_of_name(text: str, found: list[tuple[str, str]]) -> None:
    assert named(text) == found


def test_a_name_stands_where_it_says_also_at_the_end_of_a_text() -> None:
    text = "在渝中区，不在成都"
    assert [text[m.start : m.end] for m in place_mentions(text)] == ["渝中区", "成都"]
    assert [(m.start, m.end) for m in place_mentions(text)] == [(1, 4), (7, 9)]


def test_a_name_that_several_places_have_may_mean_each() -> None:
    (mention,) = place_mentions("南山区的泳池")
    assert len(mention.codes) == 2
    assert mention.within("4403")
    assert mention.within("23")
    assert not mention.within("50")


def test_a_country_lies_within_no_place() -> None:
    (mention,) = place_mentions("日本的图书馆")
    assert mention.codes == ()
    assert not mention.within("50")


@pytest.mark.parametrize("text", ["全市要新建几个泳池", "在平原上建泳池", "全城区的图书馆"])
def test_a_word_of_every_day_is_no_county(text: str) -> None:
    assert named(text) == []


@settings(max_examples=60, deadline=None)
@given(st.text("重庆市渝中区成都川泳池的在来和平", max_size=30))
def test_mentions_are_in_order_and_equal_the_text(text: str) -> None:
    end = 0
    for mention in place_mentions(text):
        assert end <= mention.start
        assert text[mention.start : mention.end] == mention.name
        end = mention.start + len(mention.name)
