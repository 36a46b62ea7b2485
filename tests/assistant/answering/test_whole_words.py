"""Deciding words widened to what is read alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answering.whole_words import MOST, whole_words
from index.schema import Passage
from index.text.folding import squeeze
from tests.assistant.answering.sample import CARD, LENT, LESSONS, OPEN, POOL


def widened(passage: Passage, words: str, most: int = MOST) -> str:
    at = passage.start + passage.text.index(words)
    start, end = whole_words(passage, (at, at + len(words)), most)
    return passage.text[start - passage.start : end - passage.start]


@pytest.mark.parametrize(("passage", "words"), [(LENT, "30天"), (LESSONS, "公办"), (CARD, "身份证")])
def test_a_short_sentence_is_taken_whole_without_its_last_mark(passage: Passage, words: str) -> None:
    assert widened(passage, words) == passage.text.strip().rstrip("。")


def test_of_a_long_one_only_what_stands_between_semicolons_is_taken() -> None:
    later = "到2030年，符合条件的学校泳池在暑假期间向社会开放，收费标准由物价部门另行规定"
    assert widened(OPEN, "学校泳池") == later
    assert widened(OPEN, "收费标准") == later  # with its condition and its year


def test_an_opening_goes_with_what_follows_it_and_a_clause_with_what_it_leans_on() -> None:
    for words in ("６天以上", "老年人", "晚上九点"):
        found = widened(OPEN, words, 20)
        assert words in found
        assert "全市公共泳池每周开放６天以上" in found  # the verb that all of them lean on
        assert found.startswith("到2025年，在保证水质安全的前提下，")


def test_a_clause_that_stands_alone_is_not_led_by_more_than_there_is_room_for() -> None:
    found = widened(OPEN, "节假日", 20)
    assert found == "节假日可以适当延长开放时间"


@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(OPEN.text) - 1), st.integers(1, 30), st.integers(5, 140))
def test_what_is_widened_stands_in_the_stored_text_around_the_words(at: int, length: int, most: int) -> None:
    own = OPEN.start + at, min(OPEN.end, OPEN.start + at + length)
    start, end = whole_words(OPEN, own, most)
    assert OPEN.start <= start < end <= OPEN.end
    found = POOL.text[start:end]
    assert found == OPEN.text[start - OPEN.start : end - OPEN.start]
    held = squeeze(POOL.text[slice(*own)]).strip("，；。、")
    assert held in squeeze(found)
    assert found[0] not in "，；、"
    assert found[-1] not in "，；、。"
