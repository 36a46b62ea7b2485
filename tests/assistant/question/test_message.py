"""A message made clean, and what of it is searched."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.question.message import clean_text, focused, understood
from evals.rows.privacy_rows import read_forms
from index.text.personal_data import mask

WORDS = frozenset({"泳池", "门票", "阅览室", "借书证"})


@pytest.mark.parametrize(
    ("message", "clean"),
    [
        ("", ""),
        (" \u3000\n\t", ""),
        ("每次能借几本？", "每次能借几本?"),
        ("　每次　能借\n\n５本ＯＫ？ ", "每次 能借\n5本OK?"),
        ("每次\u200b能\ufeff借\x00几\u202e本", "每次能借几本"),
        ("每次\ud800能借\ue000几本", "每次能借几本"),  # a lone surrogate, a private sign
        ("圖書館幾點開門", "图书馆几点开门"),
        ("⑤本", "5本"),
    ],
)
def test_a_message_is_cleaned_for_matching(message: str, clean: str) -> None:
    assert clean_text(message) == clean


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=60))
def test_nothing_invisible_is_left_and_spaces_are_single(message: str) -> None:
    lines = clean_text(message).split("\n")
    assert [" ".join(line.split()) for line in lines] == lines
    assert all(lines) or lines == [""]
    assert not {unicodedata.category(char) for line in lines for char in line} & {"Cc", "Cf", "Cs", "Co"}


def test_a_message_is_understood_as_what_it_asks_and_tells() -> None:
    asked = understood("　您好！我家有两个孩子。泳池几點開門？")
    assert asked.clean == "您好!我家有两个孩子。泳池几点开门?"
    assert [asked.clean[part.start : part.end] for part in asked.parts] == ["泳池几点开门"]
    assert asked.told == ("您好", "我家有两个孩子")
    assert (asked.standalone, asked.standard) == ("", "")  # not yet rewritten


@pytest.mark.parametrize(
    ("message", "searched"),
    [
        ("您好！我家有两个孩子。泳池周末几点开门？谢谢！", "泳池周末几点开门?"),
        ("泳池周末几点开门？我家有两个孩子。借书证在哪里办？", "泳池周末几点开门?借书证在哪里办?"),
        ("泳池门票丢了。这个怎么补？", "泳池门票丢了。这个怎么补?"),  # what it points to
        ("祝您身体健康。这个怎么补？", "这个怎么补?"),  # courtesy says nothing about it
    ],
)
def test_what_is_asked_is_searched_and_what_it_leans_on(message: str, searched: str) -> None:
    assert focused(understood(message), WORDS) == searched


def test_of_a_message_that_asks_nothing_the_end_is_searched() -> None:
    message = "我在泳池当救生员。" * 40
    assert focused(understood(message)) == message[-180:]


def test_no_piece_of_a_message_shows_personal_data_without_the_words_that_tell_it() -> None:
    """What is searched, said and kept is such a piece, masked by itself."""
    shown = []
    for form in read_forms():
        asked = understood(f"娃儿一天在学校能运动好久？{form.text}")
        pieces = [
            mask(piece) for piece in (focused(asked), *(part.core for part in asked.parts), *asked.told)
        ]
        for data in form.data:
            kept = [clean_text(data), *re.findall(r"[^,，、。;；\s]*\d[^,，、。;；\s]*", clean_text(data))]
            whole = [each for each in kept if len(each) > 3 and any(each in piece for piece in pieces)]
            shown += [(form.text, each) for each in whole]
    assert not shown


def test_what_shows_itself_is_searched_as_it_was_written() -> None:
    assert understood("红锦大道3号是哪所学校，电话是不是023-67778888？").clean == (
        "红锦大道3号是哪所学校,电话是不是023-67778888?"
    )
