"""Questions about the outline itself, answered from the tree."""

import pytest

from assistant.schema import Question, Request, Status, Turn
from assistant.steps.outline import AnswerOutline
from index.library.library import Library
from tests.assistant.sample import DAY, RULES, document, library

ONE = library(RULES)
ALL = library()


def asked(text: str, held: Library, documents: tuple[str, ...] | None = None) -> Turn:
    return AnswerOutline(held)(Turn(Request(text, DAY, documents=documents), Question(text, text, text)))


def told(turn: Turn) -> list[tuple[str, list[str]]]:
    """Each sentence with the addresses of its passages."""
    assert turn.answer is not None
    return [(s.text, [passage.address for passage in s.passages]) for s in turn.answer.sentences]


LOAN_TERM = [
    ("二、（二）是“借期”：", ["2.2"]),
    ("「（二）借期。」", ["2.2"]),
    ("「每次可借５本，借期30天。」", ["2.2"]),
]


@pytest.mark.parametrize("text", ["第二部分（二）是什么？", "二、（二）讲什么", "第2部分(2)的内容"])
def test_a_clause_named_by_its_place_is_quoted_whole(text: str) -> None:
    turn = asked(text, ONE)
    assert turn.status is Status.ANSWERED
    assert told(turn) == LOAN_TERM
    assert turn.answer is not None
    assert (turn.answer.short_answer, turn.answer.confidence) == ("借期", 1.0)


def test_a_place_alone_says_nothing_where_several_documents_may_be_meant() -> None:
    text = "第二部分（二）是什么？"
    untouched = asked(text, ALL)
    assert (untouched.status, untouched.question.prefer) == (None, frozenset())
    assert told(asked(text, ALL, documents=("rules",))) == LOAN_TERM
    assert told(asked(f"《河湾镇图书馆开放办法》{text.replace('第二部分', '二、')}", ALL)) == LOAN_TERM


@pytest.mark.parametrize(
    ("text", "version", "quotation"),
    [
        ("《市图书条例》第二条是什么？", "2020-05-01", "「居民每次可以借十本书，借期不得超过三十天。」"),
        (
            "市图书条例（2010年版）第二条写了什么",
            "2010-07-30",
            "「居民每次可以借五本书，借期不得超过三十天。」",
        ),
    ],
)
def test_of_an_article_the_version_is_named_that_is_meant(text: str, version: str, quotation: str) -> None:
    lead = f"《市图书条例》（{version}版本）第二条规定："
    assert told(asked(text, ALL)) == [(lead, ["art2"]), (quotation, ["art2"])]


def test_a_single_part_is_not_counted() -> None:
    turn = asked(
        "开门时间分成几项？",
        library(document("阅览室安排\n一、开门时间\n（一）早上。八点。\n二、其他\n无。\n")),
    )
    assert (turn.status, turn.answer) == (None, None)


def test_a_clause_that_a_named_document_lacks_is_refused_by_name() -> None:
    turn = asked("《市图书条例》第九条是什么？", ALL)
    assert turn.status is Status.NOT_COVERED
    assert turn.answer is not None
    assert (turn.answer.sentences, turn.answer.missing) == ((), ("《市图书条例》第九条",))


def test_a_range_of_articles_points_the_search_there() -> None:
    turn = asked("《市图书条例》第二条至第三条是什么", ALL)
    assert (turn.status, turn.answer) == (None, None)
    assert turn.question.prefer == {"books@2020-05-01#art2", "books@2020-05-01#art3"}


@pytest.mark.parametrize(
    ("text", "short", "addresses"),
    [
        ("借阅规则分成几项？", "3项", ["2.1", "2.2", "2.3"]),
        ("开放时间有哪几条", "2条", ["1.1", "1.2"]),
        ("这份办法分成几个部分？", "2部分", ["1", "2"]),
        ("文件一共有几大块", "2部分", ["1", "2"]),
    ],
)
def test_parts_are_counted_and_named_by_their_headings(text: str, short: str, addresses: list[str]) -> None:
    turn = asked(text, ONE)
    assert turn.status is Status.ANSWERED
    assert turn.answer is not None
    assert turn.answer.short_answer == short
    (lead, first), *named = told(turn)
    assert f"分为{short}" in lead
    assert first == addresses[:1]
    assert [address for _, held in named for address in held] == addresses


@pytest.mark.parametrize(
    "text", ["", "每次能借几本？", "第九部分是什么", "《月球条例》第三条是什么", "借书的办法有几个部分要签字"]
)
def test_other_questions_pass_as_they_are(text: str) -> None:
    turn = asked(text, ONE)
    assert (turn.status, turn.answer, turn.question.prefer) == (None, None, frozenset())


def test_a_long_chapter_is_told_by_its_headings() -> None:
    items = "".join(f"（{number}）第{number}间。早上开门。晚上关门。\n" for number in "一二三四五六七")
    turn = asked("第一部分是什么？", library(document(f"阅览室安排\n一、开门时间\n{items}")))
    assert [addresses for _, addresses in told(turn)[1:]] == [["1"], *([f"1.{n}"] for n in range(1, 8))]
    assert turn.answer is not None
    assert turn.answer.short_answer == "开门时间"
