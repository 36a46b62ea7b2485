from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from index.text.alignment import Change, changes, place, similarity

short_text = st.text(st.sampled_from("借书证五。"), min_size=1, max_size=10)
some_text = st.text(st.sampled_from("借书证五本三十天。；"), max_size=30)
WINDOW = "社区居民可以办理借书证。每次可以借五本书，借期三十天。"


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("可以借五本书", "可以借五本书"),
        ("可以借六本书", "可以借五本书"),  # one character other
        ("可以借五书", "可以借五本书"),  # one left out
        ("可以借五五本书", "可以借五本书"),  # one too many
        (WINDOW, WINDOW),
    ],
)
def test_a_pattern_is_placed_where_it_differs_least(pattern: str, found: str) -> None:
    start, end = place(pattern, WINDOW)
    assert WINDOW[start:end] == found


def test_a_pattern_that_shares_nothing_still_gets_a_span() -> None:
    start, end = place("龙", "甲乙")
    assert 0 <= start < end <= 2


def test_a_long_pattern_is_placed_by_its_ends() -> None:
    body = "".join(chr(0x4E00 + number) for number in range(500))
    window = f"{'前' * 50}{body}{'后' * 50}"
    cut = body[:250] + body[260:]  # longer than what is aligned whole, and changed in the middle
    assert place(body, window) == place(cut, window) == (50, 550)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("借书证", "借书证", 1.0),
        ("", "", 1.0),
        ("甲乙", "丙丁", 0.0),
        ("借五本书", "借十本书", 0.75),
        ("", "甲", 0.0),
    ],
)
def test_similarity_is_the_share_that_stays(one: str, other: str, expected: float) -> None:
    assert similarity(one, other) == expected


def test_changes_lead_from_the_original_to_the_quotation() -> None:
    assert changes("居民可以借五本", "居民借十本书") == (
        Change("equal", 0, 2, 0, 2),
        Change("insert", 2, 4, 2, 2),  # 可以, which only the quotation has
        Change("equal", 4, 5, 2, 3),
        Change("replace", 5, 6, 3, 4),  # 五 for 十
        Change("equal", 6, 7, 4, 5),
        Change("delete", 7, 7, 5, 6),  # 书, which it lacks
    )


@settings(max_examples=50)
@given(some_text, some_text)
def test_changes_cover_both_texts_and_rebuild_the_quotation(quote: str, original: str) -> None:
    steps = changes(quote, original)
    assert "".join(original[step.start : step.end] for step in steps) == original
    assert "".join(quote[step.quote_start : step.quote_end] for step in steps) == quote
    for step in steps:
        same = quote[step.quote_start : step.quote_end] == original[step.start : step.end]
        assert same == (step.op == "equal")


@settings(max_examples=50)
@given(short_text, short_text)
def test_no_other_span_of_the_window_is_nearer(pattern: str, window: str) -> None:
    start, end = place(pattern, window)
    spans = combinations(range(len(window) + 1), 2)
    nearest = min(Levenshtein.distance(pattern, window[low:high]) for low, high in spans)
    assert Levenshtein.distance(pattern, window[start:end]) == nearest
    assert start < end
