"""Where a statement and a passage say different things of the same."""

import pytest

from assistant.answering.conflicts import ConflictKind, agrees, all_agree, conflicts
from index.schema import Passage
from tests.assistant.answering.sample import HOURS, LENT, LESSONS
from tests.assistant.sample import RULES, document, quoted


@pytest.mark.parametrize(
    ("statement", "passage", "kind", "stated", "written"),
    [
        ("每次可借3本", LENT, ConflictKind.NUMBER, "3本", "５本"),
        ("每次可借三本书", LENT, ConflictKind.NUMBER, "3本", "５本"),
        ("借期60天", LENT, ConflictKind.NUMBER, "60天", "30天"),
        ("每天开放12小时", HOURS, ConflictKind.NUMBER, "12小时", "８小时"),
        ("泳池2027年建成", LESSONS, ConflictKind.YEAR, "2027年", "2025年"),
        ("游泳课是小学的选修课", LESSONS, ConflictKind.WORD, "选修", "必修"),
        ("游泳课由民办泳池承担", LESSONS, ConflictKind.WORD, "民办", "公办"),
    ],
)
def test_numbers_years_and_words_of_one_place_conflict(
    statement: str, passage: Passage, kind: ConflictKind, stated: str, written: str
) -> None:
    (found,) = conflicts(statement, passage)
    assert (found.kind, found.stated) == (kind, stated)
    start, end = found.span
    assert passage.start <= start < end <= passage.end
    assert passage.text[start - passage.start : end - passage.start] == written
    assert found.shared > 0


@pytest.mark.parametrize(
    ("statement", "passage"),
    [
        ("每次可借5本", LENT),
        ("每次可借五本，借期三十天", LENT),
        ("每天开放8小时", LENT),  # counts what the passage does not
        ("有一本书丢了", LENT),  # one is no number here
        ("泳池2025年建成", LESSONS),
        ("游泳课是必修课", LESSONS),
        ("", LENT),
    ],
)
def test_what_is_the_same_or_about_something_else_does_not(statement: str, passage: Passage) -> None:
    assert conflicts(statement, passage) == ()


def test_a_unit_that_counts_anything_needs_the_same_thing_around_it() -> None:
    rooms = Passage(
        "r", "rules", RULES.version, "1", "", (), HOURS.kind, 0, 12, "新建阅览室５个，配３人。", 0
    )
    assert conflicts("泳池要配9个", rooms) == ()
    assert [found.stated for found in conflicts("新建阅览室9个", rooms)] == ["9个"]


def test_numbers_agree_with_one_passage_or_with_none() -> None:
    assert agrees("每次可借5本", LENT)
    assert not agrees("每次可借3本", LENT)
    assert all_agree("每次可借5本，借期30天", [HOURS, LENT])
    assert not all_agree("每次可借5本，每天8小时", [HOURS, LENT])  # no passage has both
    assert not all_agree("可以借书", [LENT])


@pytest.mark.parametrize(
    ("statement", "written"),
    [("60人以上的班2020年消除", "2022年"), ("80人以上的班2022年消除", "2020年")],
)
def test_a_number_with_the_year_of_another_number_conflicts(statement: str, written: str) -> None:
    text = "一、班额\n2020年消除80人以上的班，到2022年消除60人以上的班。\n"
    passage = quoted(document(text, "classes"), "消除")
    spans = {one.span for one in conflicts(statement, passage) if one.kind is ConflictKind.YEAR}
    assert {passage.text[start - passage.start : end - passage.start] for start, end in spans} == {written}
    assert not agrees(statement, passage)
    assert not all_agree(statement, [passage])


@pytest.mark.parametrize("statement", ["80人以上的班2020年消除", "60人以上的班到2022年消除", "60人以上的班"])
def test_a_number_with_its_own_year_does_not(statement: str) -> None:
    text = "一、班额\n2020年消除80人以上的班，到2022年消除60人以上的班。\n"
    passage = quoted(document(text, "classes"), "消除")
    assert conflicts(statement, passage) == ()
    assert agrees(statement, passage)
