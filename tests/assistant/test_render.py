"""An ended turn as the answer that people get."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.render import CitationNumbering, TextStream, citation_for, marked, render
from assistant.schema import (
    Answer,
    Answerer,
    ComposedSentence,
    Composition,
    Notice,
    NoticeKind,
    Question,
    Request,
    Sentence,
    SentenceKind,
    Status,
    SubQuestion,
    Turn,
)
from assistant.settings import Settings
from index.library.library import Library
from index.schema import Cell, Hit, Signals, Table, Validity
from index.structure.outline import outlined
from tests.assistant.sample import ALL, DAY, OLD, RULES, document, library, quoted

PLAN = replace(
    document("读书三年计划\n一、目标\n到2021年建成五间阅览室。\n", "plan", "2020-01-01"),
    period_start=2020,
    period_end=2022,
)
LIBRARY = library(*ALL, PLAN)
LENT, CARD, LATE = (quoted(RULES, words) for words in ("借期30天", "居民凭身份证", "闭馆前"))
BUILT = quoted(PLAN, "五间")
SETTINGS = Settings(contact="镇文化站")


def rendered(turn: Turn, held: Library = LIBRARY) -> Answer:
    return render(turn, held, SETTINGS, "ans_1", "cnv_1")


def turn_of(
    *sentences: ComposedSentence,
    status: Status = Status.ANSWERED,
    message: str = "每次能借几本？",
    parts: tuple[SubQuestion, ...] = (),
    day: date = DAY,
) -> Turn:
    told = Composition(sentences, confidence=0.87654)
    question = Question(message, standalone=message)
    return Turn(Request(message, day), question, parts, answer=told, status=status)


def found(*scores: float, near: float = 0.95) -> tuple[SubQuestion, ...]:
    """Passages found with these scores; `near`: cosine of their questions to what is asked."""
    hits = tuple(
        Hit(p, Signals(dense_question=near), 80 * score, share=score)
        for p, score in zip((LENT, CARD, LATE, BUILT), scores, strict=False)
    )
    return (SubQuestion("每次能借几本？", hits=hits),)


def test_sentences_get_markers_in_the_order_of_first_use() -> None:
    answer = rendered(
        turn_of(
            ComposedSentence("每次可借5本。", (CARD, LENT)),
            ComposedSentence("还要早来。", (LATE, CARD)),
            ComposedSentence("没有别的。"),
            parts=found(0.98765, 0.5),
        )
    )
    assert answer.answer == "每次可借5本。[1][2]\n还要早来。[3][1]\n没有别的。"
    assert [s.citations for s in answer.sentences] == [(1, 2), (3, 1), ()]
    assert [(c.marker, c.quote, c.score) for c in answer.citations] == [
        (1, CARD.text, 0.5),
        (2, LENT.text, 0.98765),
        (3, LATE.text, 0.0),  # not among what the search found
    ]
    assert (answer.status, answer.confidence, answer.related) == (Status.ANSWERED, 0.8765, ())
    assert (answer.answerer, answer.model) == (Answerer.EXTRACTIVE, None)


def test_a_refusal_says_what_is_missing_whom_to_ask_and_what_is_near() -> None:
    turn = turn_of(status=Status.NOT_COVERED, parts=found(3, 2, 1, 0.5))
    turn = replace(turn, answer=Composition(missing=("押金", "电话")))
    answer = rendered(turn)
    assert answer.answer.split("\n") == [
        "您问的“押金、电话”，文件里没有写到。",
        "建议向镇文化站咨询。",
        "下面是文件里最接近的条款，供您参考，但它们没有回答这个问题。",
    ]
    assert answer.citations == ()
    assert [(c.marker, c.quote) for c in answer.related] == [(1, LENT.text), (2, CARD.text), (3, LATE.text)]


def test_what_stands_before_the_outline_is_no_clause_that_is_near() -> None:
    hits = found(3)[0].hits
    title = replace(hits[0], passage=replace(hits[0].passage, address="title"))
    turn = turn_of(status=Status.NOT_COVERED, parts=(replace(found(3)[0], hits=(title,)),))
    assert rendered(turn).related == ()


def test_where_nothing_is_near_no_clause_is_shown_and_another_place_is_named() -> None:
    answer = rendered(turn_of(status=Status.NOT_COVERED, parts=found(3, 2, near=0.5)))
    assert answer.related == ()
    assert "镇文化站" not in answer.answer
    assert answer.answer.endswith("可以拨打政务服务热线12345，问这件事归哪个部门管。")


def test_a_refusal_that_says_why_is_told_as_it_is() -> None:
    said = ComposedSentence("这里收录的是河湾镇的文件。")
    answer = rendered(turn_of(said, status=Status.NOT_COVERED, parts=found(3)))
    assert (answer.answer, answer.related, answer.citations) == (said.text, (), ())


def test_what_is_asked_of_the_assistant_itself_is_told_of_what_it_holds() -> None:
    turn = turn_of(status=Status.SMALLTALK, message="你收录了哪些文件？")
    answer = rendered(replace(turn, answer=Composition(about="documents", confidence=0.9)))
    assert answer.status is Status.SMALLTALK
    assert "《河湾镇图书馆开放办法》" in answer.answer.split("\n")[0]
    assert (answer.citations, answer.confidence) == ((), 0.9)


def test_a_turn_that_came_to_nothing_is_a_plain_refusal() -> None:
    answer = rendered(Turn(Request("问", DAY)))
    assert answer.status is Status.NOT_COVERED
    assert answer.answer == (
        "文件里没有写到您问的这件事。\n可以拨打政务服务热线12345，问这件事归哪个部门管。"
    )
    assert (answer.related, answer.notices) == ((), ())


def test_what_a_model_wrote_names_the_model() -> None:
    turn = turn_of(ComposedSentence("每次可借5本。", (LENT,), 0.75))
    assert turn.answer is not None
    answer = rendered(replace(turn, answer=replace(turn.answer, written_by=("qwen", "answer-1"))))
    assert (answer.answerer, answer.model, answer.prompt_version) == (Answerer.LLM, "qwen", "answer-1")
    assert answer.sentences[0].support == 0.75


@pytest.mark.parametrize(
    ("text", "support"),
    [
        ("每次可借5本，借期30天。", 1.0),
        ("每次可借9本，借期30天。", 0.5),
        ("每次可借9本。", 0.0),
        ("可以借书。", 1.0),  # states no quantity
        ("不对，文件写的不是“9本”，而是“５本”。", 1.0),  # what is denied is not stated
    ],
)
def test_support_is_the_share_of_quantities_that_the_passages_hold(text: str, support: float) -> None:
    numbered = CitationNumbering().sentence(ComposedSentence(text, (LENT,)))
    assert numbered == Sentence(text, (1,), support)
    assert CitationNumbering().sentence(ComposedSentence(text)).support == 0.0


def test_a_text_that_does_not_bind_is_told_once_a_document() -> None:
    old, older = (quoted(OLD, words) for words in ("五本书", "工本费"))
    turn = turn_of(ComposedSentence("如下。", (old, older, BUILT, LENT)))
    safety = Notice(NoticeKind.SAFETY, "请马上联系。")
    answer = rendered(replace(turn, notices=(safety,)))
    assert answer.notices == (
        safety,
        Notice(NoticeKind.SUPERSEDED, "所引《市图书条例》是2010-07-30版本，已有新版本。"),
        Notice(NoticeKind.EXPIRED, "本方案实施期为2020—2022年，现已届满。"),
    )


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("明年要建几间？", ["按今天的日期，您说的“明年”是2025年；这份文件管的是2020—2022年。"]),
        ("三年后呢？", ["按今天的日期，您说的“三年后”是2027年；这份文件管的是2020—2022年。"]),
        ("要建几间？", []),
    ],
)
def test_a_year_counted_from_today_is_told_where_the_document_has_another_period(
    message: str, told: list[str]
) -> None:
    answer = rendered(turn_of(ComposedSentence("五间。", (BUILT,)), message=message))
    assert [n.text for n in answer.notices if n.kind == "relative_time"] == told
    early = rendered(turn_of(ComposedSentence("五间。", (BUILT,)), message="明年呢？", day=date(2021, 3, 1)))
    assert early.notices == ()


def test_a_citation_is_the_stored_text_and_its_place() -> None:
    citation = citation_for(LENT, LIBRARY, DAY, 7, 0.12345)
    assert RULES.text[citation.start : citation.end] == citation.quote == "每次可借５本，借期30天。"
    assert (citation.marker, citation.score, citation.validity) == (7, 0.12345, Validity.IN_FORCE)
    assert (citation.clause_id, citation.clause_label) == ("rules@2024-05-01#2.2", "二、（二）")
    assert citation.clause_path == ("二、借阅规则", "（二）借期。")
    assert citation.url == "/documents/rules?version=2024-05-01&clause=2.2&start=123&end=136"
    with pytest.raises(KeyError, match="rules"):
        citation_for(LENT, library(OLD), DAY, 1, 0.0)


def test_a_citation_of_a_row_has_its_cells_and_the_stored_text() -> None:
    text = "镇收费表\n一、收费\n学段\t学费\n小学\t0\n初中\t\n"
    at = text.index("学段\t")
    rows = (
        (Cell(at, at + 2, 0), Cell(at + 3, at + 5, 1)),
        (Cell(at + 6, at + 8, 0), Cell(at + 9, at + 10, 1, rows=2)),
        (Cell(at + 11, at + 13, 0),),
    )
    fees = outlined(replace(document(text, "fees"), tables=(Table(at, at + 14, 1, rows),)))
    found = [citation_for(quoted(fees, words), library(fees), DAY, 1, 0.0) for words in ("小学", "初中")]
    assert [(c.quote, c.row) for c in found] == [
        ("小学\t0", (("学段", "小学"), ("学费", "0"))),
        ("初中", (("学段", "初中"), ("学费", "0"))),  # merged with the row above
    ]
    assert fees.text[found[0].start : found[0].end] == found[0].quote
    assert citation_for(LENT, LIBRARY, DAY, 1, 0.0).row == ()


def test_a_sentence_keeps_how_it_was_made_and_a_refusal_is_a_notice() -> None:
    quotation = ComposedSentence("「每次可借５本。」", (LENT,), kind=SentenceKind.QUOTE)
    answer = rendered(turn_of(ComposedSentence("5本。", (LENT,)), quotation))
    assert [sentence.kind for sentence in answer.sentences] == [SentenceKind.LEAD, SentenceKind.QUOTE]
    refusal = rendered(turn_of(status=Status.NOT_COVERED))
    assert {sentence.kind for sentence in refusal.sentences} == {SentenceKind.NOTICE}


def test_text_told_while_it_is_written_joins_to_the_answer() -> None:
    sentences = (ComposedSentence("甲。", (LENT,)), ComposedSentence("乙。", (CARD, LENT)))
    heard: list[str] = []
    told = TextStream(heard.append)
    told.say(sentences[0])
    told.say(sentences[1])
    answer = rendered(turn_of(*sentences, ComposedSentence("丙。", (CARD,))))
    told.rest(answer)
    assert heard == ["甲。[1]", "\n乙。[2][1]", "\n丙。[2]"]
    assert "".join(heard) == answer.answer
    told.rest(answer)
    assert len(heard) == 3  # nothing is left to tell


def test_text_that_was_told_cannot_be_taken_back() -> None:
    told = TextStream(lambda text: None)
    told.say(ComposedSentence("甲。", (LENT,)))
    with pytest.raises(AssertionError, match="does not begin"):
        told.rest(rendered(turn_of(ComposedSentence("乙。", (LENT,)))))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.sampled_from((LENT, CARD, LATE, BUILT)), max_size=4), max_size=5))
def test_markers_count_the_citations_without_a_gap(used: list[list[object]]) -> None:
    numbering = CitationNumbering()
    sentences = [numbering.sentence(ComposedSentence("甲。", tuple(one))) for one in used]  # type: ignore[arg-type]
    first_uses = list(dict.fromkeys(marker for sentence in sentences for marker in sentence.citations))
    assert first_uses == list(range(1, len(numbering.passages) + 1))
    for sentence, passages in zip(sentences, used, strict=True):
        assert [numbering.passages[marker - 1] for marker in sentence.citations] == passages
        assert marked(sentence) == "甲。" + "".join(f"[{marker}]" for marker in sentence.citations)
