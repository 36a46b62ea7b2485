"""Quotations that were cut so that they say something else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.draft_check.truncation import uncut
from index.library.quotation_search import Stretch
from tests.assistant.sample import document, library

TEXT = """读者须知
图书馆不应当在周末闭馆，严禁 在馆内吸烟。
每次可借５０本，罚款3.5元，占全部图书的12％；共三十五条。
读者可以续借，没有 期限，也不再收费。
１．一村一室。
"""
VIEW = library(document(TEXT)).views()[0]


def cut(words: str) -> Stretch:
    start = TEXT.index(words)
    return Stretch(VIEW, start, start + len(words))


@pytest.mark.parametrize(
    ("words", "whole"),
    [
        ("应当在周末闭馆", "不应当在周末闭馆"),
        ("在馆内吸烟", "严禁 在馆内吸烟"),
        ("期限", "没有 期限"),
        ("收费", "不再收费"),
        ("每次可借５", "每次可借５０"),
        ("０本", "５０本"),
        ("罚款3", "罚款3.5"),
        ("5元", "3.5元"),
        ("占全部图书的12", "占全部图书的12％"),
        ("五条", "三十五条"),
        ("0本，罚款3".replace("0", "０"), "５０本，罚款3.5"),  # at both ends
    ],
)
def test_a_negation_or_the_rest_of_a_number_is_put_back(words: str, whole: str) -> None:
    found = uncut(cut(words))
    assert (found.text, found.view) == (whole, VIEW)


@pytest.mark.parametrize(
    "words",
    [
        "图书馆不应当在周末闭馆",
        "严禁 在馆内吸烟",
        "每次可借５０本",
        "在周末闭馆",  # what is negated stands before it
        "读者可以续借",
        "本，罚款",  # begins and ends beside numbers, not within
        "共三十五条",
    ],
)
def test_what_is_not_cut_stays_the_very_same(words: str) -> None:
    found = cut(words)
    assert uncut(found) is found


def test_the_borders_of_the_document_are_no_cut() -> None:
    everything = Stretch(VIEW, 0, len(TEXT))
    assert uncut(everything) is everything


@settings(max_examples=50, deadline=None)
@given(st.integers(0, len(TEXT) - 1), st.integers(1, 20))
def test_putting_back_never_loses_anything(start: int, length: int) -> None:
    found = Stretch(VIEW, start, min(len(TEXT), start + length))
    whole = uncut(found)
    assert whole.start <= found.start < found.end <= whole.end <= len(TEXT)
    assert found.text in whole.text


def test_the_number_of_an_item_is_no_part_of_a_number_in_its_text() -> None:
    found = cut("一村一室")
    assert uncut(found) is found
