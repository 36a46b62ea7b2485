"""What else somebody may ask: about clauses beside the evidence, and never in vain."""

from dataclasses import replace

import pytest

from assistant.answering.follow_ups import MOST, follow_ups
from assistant.fitted import DATA
from assistant.render import citation_for
from assistant.schema import Answer, Answerer, Citation, Notice, NoticeKind, Status
from assistant.service import Assistant, exchange_of
from evals.rows.dataset import load_rows
from index.encoder.fitted import read_fitted
from index.library.library import Library
from index.search.searcher import base_address
from index.structure.passages import make_passages
from prompts.first_questions import first_questions
from tests.assistant.answering.sample import CARD, LENT
from tests.assistant.sample import DAY, NEW, RULES, library

PREPARED = {
    question: address
    for clauses in read_fitted(DATA / "follow_ups.json").values()
    for address, question in clauses.items()
}
ROWS = [row.turns[0] for row in load_rows(split="dev") if len(row.turns) == 1 and row.status == "answered"]
ASKED = [q.text for audience in first_questions() for q in audience.questions] + ROWS[:24]


def answer(*cited: Citation, status: Status = Status.ANSWERED) -> Answer:
    made = Answer("a", "c", status, "", "借多久？", Answerer.EXTRACTIVE, 0.9)
    return replace(made, citations=cited) if status is Status.ANSWERED else replace(made, related=cited)


def cited(held: Library, words: str) -> Citation:
    passages = [p for view in held.views() for p in make_passages(view.document) if words in p.text]
    return citation_for(passages[-1], held, DAY, 1, 0.5)


def test_without_prepared_questions_the_clauses_beside_are_named_nearest_first() -> None:
    held = library(RULES)
    assert follow_ups(answer(cited(held, "借期30天")), held) == (
        "关于“少儿借阅”，《河湾镇图书馆开放办法》二、（三）写了什么？",
        "关于“借书证”，《河湾镇图书馆开放办法》二、（一）写了什么？",
        "关于“假日开放”，《河湾镇图书馆开放办法》一、（二）写了什么？",
    )


def test_articles_without_headings_are_named_by_their_number_and_chapters_are_not() -> None:
    held = library(NEW)
    assert follow_ups(answer(cited(held, "十本书")), held) == (
        "《市图书条例》第三条写了什么？",
        "《市图书条例》第一条写了什么？",
        "《市图书条例》第四条写了什么？",
    )


def test_what_is_cited_already_is_not_offered() -> None:
    held = library(RULES)
    two = [citation_for(passage, held, DAY, 1, 0.5) for passage in (LENT, CARD)]
    assert not any("借书证" in question for question in follow_ups(answer(*two), held))


def test_under_a_refusal_what_the_nearest_clause_does_say_comes_first() -> None:
    held = library(RULES)
    refused = answer(cited(held, "借期30天"), status=Status.NOT_COVERED)
    assert follow_ups(refused, held)[0].startswith("关于“借期”")


def test_nothing_is_offered_without_evidence_or_to_who_may_be_in_danger() -> None:
    held = library(RULES)
    assert follow_ups(answer(), held) == ()
    danger = replace(answer(cited(held, "借期30天")), notices=(Notice(NoticeKind.SAFETY, "110"),))
    assert follow_ups(danger, held) == ()


@pytest.mark.parametrize("question", ASKED)
def test_each_is_answered_with_the_clause_that_it_is_about(assistant: Assistant, question: str) -> None:
    first = assistant.ask(question, history=())
    offered = follow_ups(first, assistant.library)
    assert len(offered) == MOST
    before = {base_address(citation.clause_id) for citation in first.citations}
    for further in offered:
        told = assistant.ask(further, history=(exchange_of(question, first),))
        assert told.status is Status.ANSWERED, further
        clause = base_address(told.citations[0].clause_id)
        assert clause.partition("#")[2] == PREPARED[further], further
        assert clause not in before, further


def test_the_same_answer_has_the_same_questions(assistant: Assistant) -> None:
    first = assistant.ask(ASKED[0], history=())
    assert follow_ups(first, assistant.library) == follow_ups(first, assistant.library)
