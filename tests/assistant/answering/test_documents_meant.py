"""Which documents a message about a document as a whole means."""

from dataclasses import replace
from datetime import date

import pytest

from assistant.answering.documents_meant import DocumentsMeant
from assistant.schema import Exchange, Request, Status
from tests.assistant.sample import DAY, NEW, OLD, RULES, library

HELD = library(replace(RULES, published=date(2024, 5, 1)), OLD, NEW)
MEANT = DocumentsMeant(HELD)


def exchange(*clauses: str) -> Exchange:
    return Exchange("问", "问", Status.ANSWERED, "答", clauses, tuple("引" for _ in clauses))


def meant(text: str, *history: Exchange, documents: tuple[str, ...] | None = None) -> list[str]:
    named = MEANT.named(text, DAY)
    request = Request(text, DAY, history, documents)
    views = MEANT.meant(named.text, named.editions, request)
    return [f"{view.document.id}@{view.document.version}" for view in views]


RULES_NOW, BOOKS_NOW = "rules@2024-05-01", "books@2020-05-01"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("《河湾镇图书馆开放办法》还有效吗", [RULES_NOW]),
        ("市图书条例还有效吗", [BOOKS_NOW]),
        ("那个图书馆开放办法还有效吗", [RULES_NOW]),  # by the end of its title
        ("这个条例还有效吗", [BOOKS_NOW]),  # by its kind
        ("还有效吗", [RULES_NOW, BOOKS_NOW]),  # newest first
    ],
)
def test_the_named_one_is_meant_else_all(text: str, expected: list[str]) -> None:
    assert meant(text) == expected


def test_without_a_name_the_one_that_was_cited_last_is_meant() -> None:
    before = exchange("books@2010-07-30#art2"), exchange()
    assert meant("还有效吗", *before) == ["books@2010-07-30"]
    assert meant("河湾镇图书馆开放办法还有效吗", *before) == [RULES_NOW]
    both = exchange("books@2020-05-01#art2", "rules@2024-05-01#1")
    assert meant("那个办法还有效吗", both) == [RULES_NOW]


def test_only_what_may_be_searched_is_meant() -> None:
    assert meant("还有效吗", documents=("books",)) == [BOOKS_NOW]
    assert meant("还有效吗", exchange(f"{RULES_NOW}#1"), documents=("books",)) == [BOOKS_NOW]
    assert meant("《河湾镇图书馆开放办法》还有效吗", documents=("books",)) == []


def test_names_of_documents_that_are_held_are_left_open_and_others_kept() -> None:
    named = MEANT.named("《市图书条例》和《渔业法》哪年的", DAY)
    expected = ((BOOKS_NOW,), "该文件和《渔业法》哪年的", True)
    assert (named.editions, named.text, named.unknown) == expected


@pytest.mark.parametrize(
    "text",
    [
        "体育条例还有效吗",
        "成都市图书条例还有效吗",
        "图书馆规定还有效吗",
        "那个体育法有效吗",
        "国务院的意见",
    ],
)
def test_a_bare_name_of_none_that_is_held_is_not_known(text: str) -> None:
    named = MEANT.named(text, DAY)
    assert (named.editions, named.unknown) == ((), True)


@pytest.mark.parametrize(
    "text",
    [
        "这个条例还有效吗",
        "那份规定",
        "里面的规定",
        "有没有法律效力",
        "合法不",
        "哪个部门出台的规定",
        "办法",
    ],
)
def test_what_points_to_a_document_names_none(text: str) -> None:
    named = MEANT.named(text, DAY)
    assert (named.editions, named.unknown) == ((), False)


@pytest.mark.parametrize(
    ("text", "edition"),
    [
        ("图书馆办法还有效吗", RULES_NOW),
        ("那个图书条例", BOOKS_NOW),
        ("咱们图书馆开放办法", RULES_NOW),
    ],
)
def test_a_shortened_name_means_the_one_that_it_shortens(text: str, edition: str) -> None:
    named = MEANT.named(text, DAY)
    assert (named.editions, named.unknown) == ((edition,), False)


@pytest.mark.parametrize(
    ("text", "edition"),
    [
        ("《市图书条例》（2010年修订）还有效吗", "books@2010-07-30"),
        ("2010年的市图书条例还有效吗", "books@2010-07-30"),
        ("市图书条例(2010年)还有效吗", "books@2010-07-30"),
        ("《市图书条例》（2020年修订）还有效吗", BOOKS_NOW),
        ("《市图书条例》（2015年修订）还有效吗", None),
    ],
)
def test_the_year_beside_the_title_chooses_the_version(text: str, edition: str | None) -> None:
    named = MEANT.named(text, DAY)
    assert (named.editions, named.unknown) == ((edition,) if edition else (), edition is None)
    if edition:
        assert meant(text) == [edition]
