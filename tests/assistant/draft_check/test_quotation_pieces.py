"""Terms, lengths, and pieces around ellipses."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.draft_check.quotation_pieces import (
    TERM,
    blanked,
    is_short,
    length_class,
    piece_spans,
    pieces_of,
)
from assistant.draft_check.quotations import Quotation, find_quotations


@pytest.mark.parametrize(
    ("words", "short"),
    [
        ("双减", True),
        ("读" * (TERM - 1), True),
        ("读" * TERM, False),
        ("读 书\u3000好" * 3, True),  # white space does not count
        ("读书。", False),  # a mark of a sentence
        ("读书;", False),
        ("读书，写字", True),
        (" " * (10 * TERM) + "读", False),
    ],
)
def test_a_few_words_without_the_mark_of_a_sentence_are_a_term(words: str, short: bool) -> None:
    assert is_short(Quotation(0, len(words), words)) is short
    assert not is_short(Quotation(0, len(words), words, block=True))


@pytest.mark.parametrize(
    ("length", "name"),
    [(0, "short"), (15, "short"), (16, "medium"), (39, "medium"), (40, "long"), (200_000, "long")],
)
def test_each_length_has_its_class(length: int, name: str) -> None:
    assert length_class(length) == name


@pytest.mark.parametrize(
    ("words", "pieces"),
    [
        ("", []),
        ("……", []),
        ("每次可借五本。", ["每次可借五本。"]),
        ("每次……五本", ["每次", "五本"]),
        ("……每次...五本。。。", ["每次", "五本"]),
        ("每次…五本⋯⋯还书．．．", ["每次", "五本", "还书"]),
        ("每次。。五本", ["每次。。五本"]),  # two full stops are a slip
        ("每次…… \u3000……五本", ["每次", "五本"]),
    ],
)
def test_pieces_are_what_stands_between_ellipses(words: str, pieces: list[str]) -> None:
    assert pieces_of(words) == pieces
    assert [words[start:end] for start, end in piece_spans(words)] == pieces


def test_quotations_are_boxed_and_lines_kept() -> None:
    text = "甲“第一条\n第二条”乙「丙」"
    assert blanked(text, find_quotations(text)) == "甲“□□□\n□□□”乙「□」"
    assert blanked(text, ()) == text
    assert blanked("", ()) == ""


@settings(max_examples=50, deadline=None)
@given(st.text("“”>\n 第一条甲…", max_size=60))
def test_boxing_changes_no_length_and_nothing_outside_of_quotations(text: str) -> None:
    found = find_quotations(text)
    boxed = blanked(text, found)
    inside = {at for quotation in found for at in range(quotation.start, quotation.end)}
    assert len(boxed) == len(text)
    for at, char in enumerate(text):
        assert boxed[at] == (char if at not in inside or char == "\n" else "□")
