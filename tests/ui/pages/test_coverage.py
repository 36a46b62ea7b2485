"""What is covered, in words."""

from datetime import date
from typing import Any

import pytest

from index.schema import Document
from tests.ui.pages.library import assistant_of, document
from ui.pages.coverage import coverage
from ui.pages.facts import full_title

NEXT = {"period_start": 2025, "period_end": 2027, "effective": date(2025, 1, 1)}


def _plan(**known: Any) -> Document:
    return document("河湾市学前教育方案(2020—2022年)\n一、目标\n到2022年实现普惠。", **known)


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"period_start": 2020, "period_end": 2022}, "实施期2020—2022年，已满"),
        (NEXT, "实施期2025—2027年，现行有效"),
        ({"effective": date(2023, 6, 1)}, "现行有效"),
        ({"effective": date(2026, 9, 1)}, "自2026年9月1日起施行，现在尚未施行"),
        ({"effective": date(2023, 6, 1), "repealed": date(2025, 7, 1)}, "已于2025年7月1日废止"),
        ({}, "是否现行，文本没有写明"),
    ],
)
def test_validity_is_told_with_what_decides_it(known: dict[str, Any], words: str) -> None:
    (covered,) = coverage(assistant_of([_plan(**known)])).documents
    assert covered.validity == words


def test_of_several_versions_the_one_in_force_counts() -> None:
    versions = [
        document(version=day, effective=date.fromisoformat(day))
        for day in ("2020-01-01", "2023-06-01", "2027-01-01")
    ]
    (covered,) = coverage(assistant_of(versions)).documents
    assert (covered.version, covered.validity) == ("2023-06-01", "现行有效")
    assert covered.address == "/documents/law?version=2023-06-01"


def test_the_line_names_few_and_counts_many() -> None:
    named = [
        _plan(id=f"plan-{n}", title=f"河湾市方案{n}号", period_start=2020, period_end=2022) for n in range(4)
    ]
    lines = [coverage(assistant_of(named[:count])).line for count in range(5)]
    assert lines == [
        "还没有收录文件",
        "收录《河湾市方案0号》，实施期已满",
        "收录《河湾市方案0号》《河湾市方案1号》",
        "收录3份文件：《河湾市方案0号》《河湾市方案1号》等",
        "收录4份文件：《河湾市方案0号》《河湾市方案1号》等",
    ]
    long = [_plan(id=f"plan-{n}", title=title) for n, title in enumerate(("甲" * 30, "乙" * 30))]
    assert coverage(assistant_of(long)).line == f"收录2份文件：《{'甲' * 30}》等"
    assert coverage(assistant_of([_plan(id="a", title="丙" * 36), *long])).line == "收录3份文件"


def test_a_clause_is_what_has_a_number() -> None:
    (covered,) = coverage(assistant_of([document()])).documents
    assert covered.clauses == 7  # two chapters, three articles, two paragraphs of one


@pytest.mark.parametrize(
    ("title", "printed"),
    [("方案(2020—2022年)", "方案（2020—2022年）"), ("ISO (E)", "ISO (E)"), ("办法（试行）", "办法（试行）")],
)
def test_brackets_of_a_title_are_as_wide_as_its_characters(title: str, printed: str) -> None:
    assert full_title(title) == printed
