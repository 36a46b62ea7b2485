"""Questions about the outline itself, answered from the tree."""

from dataclasses import replace
from typing import cast

import pytest

from assistant.question.message import understood
from assistant.schema import Request, Status, Turn
from assistant.steps.outline import AnswerOutline
from index.library.library import Library
from index.schema import Hit, SearchResult, Signals
from index.search.searcher import Query, Searcher
from index.structure.passages import make_passages
from index.text.lexicon import standardise
from index.text.tokens import tokens
from tests.assistant.sample import DAY, RULES, document, library

ONE = library(RULES)
ALL = library()


class FakeSearcher:
    """Finds the passages that share most words with a query."""

    def __init__(self, held: Library) -> None:
        self._passages = [passage for view in held.views() for passage in make_passages(view.document)]

    def search(self, query: Query, top_k: int) -> SearchResult:
        own = set(tokens(query.text))
        hits = [
            Hit(passage, Signals(), float(len(own & set(tokens(passage.text)))))
            for passage in self._passages
            if query.editions is None or passage.edition in query.editions
        ]
        return SearchResult(tuple(sorted(hits, key=lambda hit: -hit.score)[:top_k]), ())


def asked(text: str, held: Library, documents: tuple[str, ...] | None = None) -> Turn:
    question = understood(text)
    question = replace(question, standalone=question.clean, standard=standardise(question.clean))
    outline = AnswerOutline(held, cast("Searcher", FakeSearcher(held)))
    return outline(Turn(Request(text, DAY, documents=documents), question))


def told(turn: Turn) -> list[tuple[str, list[str]]]:
    """Each sentence with the addresses of its passages."""
    assert turn.answer is not None
    return [(s.text, [passage.address for passage in s.passages]) for s in turn.answer.sentences]


LOAN_TERM = [
    ("二、（二）是“借期”：", ["2.2"]),
    ("「（二）借期。」", ["2.2"]),
    ("「每次可借５本，借期30天。」", ["2.2"]),
]


@pytest.mark.parametrize(
    "text",
    [
        "第二部分（二）写了什么？",
        "二、（二）的全文",
        "第2部分(2)的内容",
        "2.2",
        "借阅规则的第二项，念一下",
        "借阅规则（二）的原文",
    ],
)
def test_a_clause_named_by_its_place_is_quoted_whole(text: str) -> None:
    turn = asked(text, ONE)
    assert turn.status is Status.ANSWERED
    assert told(turn) == LOAN_TERM
    assert turn.answer is not None
    assert (turn.answer.short_answer, turn.answer.confidence) == ("借期", 1.0)


@pytest.mark.parametrize("text", ["第二部分（二）是什么标题？", "借阅规则的第二项叫什么"])
def test_of_a_clause_whose_title_is_asked_the_title_is_told(text: str) -> None:
    turn = asked(text, ONE)
    assert turn.status is Status.ANSWERED
    assert told(turn) == LOAN_TERM[:2]
    assert turn.answer is not None
    assert turn.answer.short_answer == "借期"


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("借阅规则的最后一项是什么", "少儿借阅"),
        ("借阅规则的倒数第三项是什么", "借书证"),
        ("开放时间的头一条是什么", "平日开放"),
    ],
)
def test_a_place_is_counted_from_either_end(text: str, heading: str) -> None:
    turn = asked(text, ONE)
    assert turn.answer is not None
    assert turn.answer.short_answer == heading


@pytest.mark.parametrize(
    ("text", "label", "address"),
    [("借期写在哪一条？", "二、（二）", "2.2"), ("集体借阅写在哪一条？", "二、（三）", "2.3")],
)
def test_where_something_stands_is_told_by_its_place(text: str, label: str, address: str) -> None:
    turn = asked(text, ONE)
    assert turn.status is Status.ANSWERED
    assert turn.answer is not None
    assert turn.answer.short_answer == label
    assert [addresses for _, addresses in told(turn)] == [[address], [address]]
    assert told(turn)[0][0].startswith(f"写在{label}“")


def test_a_place_inside_another_question_points_the_search_there() -> None:
    turn = asked("第二部分（一）里押金怎么退？", ONE)
    assert (turn.status, turn.answer) == (None, None)
    assert turn.question.prefer == {"rules@2024-05-01#2.1"}
    assert "押金怎么退" in turn.question.standalone
    assert "第二部分" not in turn.question.standalone


def test_of_a_message_with_several_questions_none_is_answered_from_the_outline() -> None:
    turn = asked("借阅规则分成几项？借书证在哪里办理？", ONE)
    assert (turn.status, turn.answer) == (None, None)


def test_a_place_alone_says_nothing_where_several_documents_may_be_meant() -> None:
    text = "第二部分（二）的全文"
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


def test_a_single_item_is_counted_and_none_is_not() -> None:
    held = library(document("阅览室安排\n一、开门时间\n（一）早上。八点。\n二、其他\n无。\n"))
    one = asked("开门时间分成几项？", held)
    assert one.answer is not None
    assert one.answer.short_answer == "1项"
    none = asked("第二部分分成几项？", held)
    assert (none.status, none.answer) == (None, None)


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
        ("开放时间有哪几条", "2项", ["1.1", "1.2"]),
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
    "text",
    [
        "",
        "每次能借几本？",
        "第九部分是什么",
        "《月球条例》第三条是什么",
        "借书的办法有几个部分要签字",
        "高二（三）班几点开门",
        "第一志愿怎么填",
    ],
)
def test_other_questions_pass_as_they_are(text: str) -> None:
    turn = asked(text, ONE)
    assert (turn.status, turn.answer, turn.question.prefer) == (None, None, frozenset())


def test_a_long_chapter_is_told_by_its_headings() -> None:
    items = "".join(f"（{number}）第{number}间。早上开门。晚上关门。\n" for number in "一二三四五六七")
    turn = asked("第一部分写了什么？", library(document(f"阅览室安排\n一、开门时间\n{items}")))
    assert [addresses for _, addresses in told(turn)[1:]] == [["1"], *([f"1.{n}"] for n in range(1, 8))]
    assert turn.answer is not None
    assert turn.answer.short_answer == "开门时间"
