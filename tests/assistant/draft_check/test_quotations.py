"""Which stretches of a draft are quotations, and with which words."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.draft_check.quotations import Quotation, find_quotations, trimmed


def words(text: str) -> list[str]:
    return [quotation.words for quotation in find_quotations(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("每次可借五本。", []),
        (
            '“甲”和「乙」、『丙』、‘丁’、〝戊〞、"己"、＂庚＂。',
            ["甲", "乙", "丙", "丁", "戊", "己", "庚"],
        ),
        ("“外面「里面」外面”", ["外面「里面」外面"]),  # only the outermost count
        ("“外面“里面”外面”", ["外面“里面”外面"]),
        ("“甲”乙”", ["甲"]),
        ("“没有关上。\n后面一段。", []),
        ("没有打开”，“甲”", ["甲"]),
        ("“第一段。\n“第二段。”", ["第一段。\n 第二段。"]),  # each paragraph opens anew
        ("“一行\n又一行”", ["一行\n又一行"]),
        ('"没有关上\n"甲"', ["甲"]),  # marks that look alike go by twos within a line
        ('"甲"和"乙"', ["甲", "乙"]),
        ("「“甲”和乙」", ["“甲”和乙"]),  # marks inside that are closed stay
        ("“”和“，。”", []),  # nothing is said
        ("“**每次**可借`五本`”", ["  每次  可借 五本 "]),
        (f"“{'长' * 5001}\n短。”“甲”", ["甲"]),  # somebody forgot to close it
    ],
)
def test_what_stands_between_marks_is_a_quotation(text: str, found: list[str]) -> None:
    assert words(text) == found


@pytest.mark.parametrize(
    ("text", "start", "found"),
    [
        ("如下：\n> 每次可借\n> 五本。\n完", 6, "每次可借\n  五本。"),
        ("  >  每次可借五本。", 5, "每次可借五本。"),
        ("> 每次可借五本。\n> ——《读书办法》第二条\n", 2, "每次可借五本。"),  # without the line of its source
        (">> 每次可借五本。\n", 3, "每次可借五本。"),
    ],
)
def test_quoted_lines_are_one_quotation(text: str, start: int, found: str) -> None:
    (quotation,) = find_quotations(text)
    assert quotation == Quotation(start, start + len(found), found, block=True)


def test_quoted_lines_apart_are_apart_and_marks_in_them_go_first() -> None:
    assert words("> 甲。\n\n> 乙。") == ["甲。", "乙。"]
    assert [(q.words, q.block) for q in find_quotations("> “甲。”\n> 是这样说的")] == [("甲。", False)]


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("", ""),
        ("每次可借五本", "每次可借五本"),
        (" 　“ 每次可借五本 ”\n", "每次可借五本"),
        ("「每次可借五本」", "每次可借五本"),
        ('"每次可借五本"', "每次可借五本"),
        ("“每次”可借“五本”", "“每次”可借“五本”"),
        ('"每次"可借"五本"', '"每次"可借"五本"'),
        ("“‘每次’可借”", "‘每次’可借"),  # one pair only
        ("“每次可借五本」", "“每次可借五本」"),
        ("“", "“"),
    ],
)
def test_one_pair_of_marks_and_white_space_are_trimmed(text: str, inside: str) -> None:
    start, end = trimmed(text)
    assert text[start:end] == inside


@settings(max_examples=50, deadline=None)
@given(st.text("“”「」\"'‘’>\n 甲乙。*`（）—", max_size=60))
def test_quotations_follow_one_another_and_keep_their_length(text: str) -> None:
    found = find_quotations(text)
    assert all(one.end <= other.start for one, other in pairwise(found))
    for quotation in found:
        assert 0 <= quotation.start < quotation.end <= len(text)
        assert len(quotation.words) == quotation.end - quotation.start
        assert set(quotation.words) <= set(text[quotation.start : quotation.end]) | {" "}
