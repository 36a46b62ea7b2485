"""Versions by date, and whether a text binds."""

from datetime import date

import pytest

from index.library.library import Library
from index.readers.document import read_document
from index.schema import Document, Validity


def document(title: str, version: str, start: str, more: str = "") -> Document:
    text = f"{title}\n第一条 甲。\n第二条 本法自{start}起施行。{more}\n"
    return read_document(text.encode(), "a.txt", {"version": version})


OLD = document("中华人民共和国读书法", "2016-11-07", "1995年10月1日")
NEW = document("中华人民共和国读书法", "2022-06-24", "2023年1月1日")
RULES = document("读书条例", "1980-02-12", "1981年1月1日")
HEIR = document("藏书法", "2024-04-26", "2025年1月1日", "《读书条例》同时废止。")
LIBRARY = Library([OLD, NEW, RULES, HEIR])


@pytest.mark.parametrize(
    ("day", "version"),
    [
        (date(2022, 12, 31), "2016-11-07"),
        (date(2023, 1, 1), "2022-06-24"),
        (date(1990, 1, 1), "2016-11-07"),  # before all: the first that was to be
    ],
)
def test_the_day_picks_the_version(day: date, version: str) -> None:
    view = LIBRARY.get(OLD.id, as_of=day)
    assert view is not None
    assert view.document.version == version


@pytest.mark.parametrize(
    ("which", "day", "validity"),
    [
        (OLD, date(2020, 1, 1), Validity.IN_FORCE),
        (OLD, date(2016, 11, 6), Validity.NOT_YET),  # the law is of 1995, this text of it is not
        (OLD, date(2023, 1, 1), Validity.SUPERSEDED),
        (NEW, date(2022, 12, 31), Validity.NOT_YET),
        (RULES, date(2024, 12, 31), Validity.IN_FORCE),
        (RULES, date(2025, 1, 1), Validity.REPEALED),
    ],
)
def test_validity(which: Document, day: date, validity: Validity) -> None:
    assert LIBRARY.validity(which, day) is validity


def test_editions_leave_out_other_versions_only() -> None:
    today = date(2026, 1, 1)
    assert LIBRARY.editions((OLD.id,), today) == (f"{OLD.id}@2022-06-24",)
    assert f"{RULES.id}@1980-02-12" in (LIBRARY.editions(None, today) or ())
    assert Library([RULES, HEIR]).editions(None, today) is None


def test_of_undated_versions_the_one_added_last_counts() -> None:
    versions = ("undated-ffffffff", "undated-0001-eeeeeeee", "undated-0002-00000000")
    library = Library([document("读书通知", version, "2000年1月1日") for version in reversed(versions)])
    (identifier,) = library.ids()
    assert library.versions(identifier) == versions
    latest = library.get(identifier, as_of=date(2026, 3, 2))
    assert latest is not None
    assert latest.document.version == versions[-1]
    older = library.get(identifier, versions[1])
    assert older is not None
    assert library.validity(older.document, date(2026, 3, 2)) is Validity.SUPERSEDED
    assert library.validity(latest.document, date(2026, 3, 2)) is Validity.IN_FORCE
