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
    named = MEANT.named(text)
    request = Request(text, DAY, history, documents)
    views = MEANT.meant(named.text, named.ids, request)
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
    named = MEANT.named("《市图书条例》和《渔业法》哪年的")
    assert (named.ids, named.text, named.unknown) == (("books",), "该文件和《渔业法》哪年的", True)
