"""Quotations cited as officials cite them, and an answer as text to copy."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from assistant.answering.strength import strength
from assistant.render import citation_for
from assistant.schema import (
    Answer,
    Answerer,
    Citation,
    Notice,
    NoticeKind,
    Sentence,
    SentenceKind,
    Status,
)
from index.library.library import Library
from index.readers.document import read_document
from index.schema import Document, Validity
from index.structure.passages import make_passages
from prompts import reply
from ui.pages.citation_form import copy_text, official_citation, official_number, official_title

if TYPE_CHECKING:
    from assistant.service import Assistant

TODAY = date(2026, 3, 2)
NOTICE = (
    "某市教育局关于印发《某市读书方案(2024-2026年)》的通知\n某教发[2024]5号\n各区县：\n"
    "现将《某市读书方案(2024-2026年)》印发给你们，请执行。\n某市教育局\n2024年3月5日\n"
    "某市读书方案(2024-2026年)\n为了读书，制定本方案。\n一、目标\n多读书。\n二、任务\n（一）借书。每人借两本。\n"
    "附件1\n借书标准\n一、小学\n每人五本。\n"
)
LAW = "某省读书条例\n第一条 为了读书。\n第二条 读者可以：\n（一）借书；\n（二）还书。\n借书不收费。\n"
PLAIN = "关于晚上开门的事\n晚上开到九点。\n周末开到十点。\n"


def read(text: str, name: str, **fields: object) -> Document:
    return read_document(text.encode(), name, {"version": "2024-03-05", **fields})


def cited(document: Document, words: str, *more: Document) -> tuple[Citation, Library]:
    """The citation of the passage of `document` that holds `words`."""
    library = Library([document, *more])
    passage = next(each for each in make_passages(document) if words in each.text)
    return citation_for(passage, library, TODAY, 1, 0.5), library


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("某市读书方案(2024—2026年)", "《某市读书方案（2024—2026年）》"),
        ("《某市读书方案》", "《某市读书方案》"),
        ("某局关于印发《某市读书方案(试行)》的通知", "《某局关于印发〈某市读书方案（试行）〉的通知》"),
        ("《读书法》和《藏书法》", "《〈读书法〉和〈藏书法〉》"),
        ("某市读书\n方案", "《某市读书方案》"),
    ],
)
def test_titles_have_the_brackets_of_official_writing(title: str, written: str) -> None:
    assert official_title(title) == written


@pytest.mark.parametrize(
    "number", ["某教发〔2024〕5号", "某教发[2024]5号", "某教发（2024）５号", "某教发 【2024】 5 号"]
)
def test_the_year_of_a_number_stands_in_tortoise_shell_brackets(number: str) -> None:
    assert official_number(number) == "某教发〔2024〕5号"


def test_a_number_without_a_year_stays_as_it_is() -> None:
    assert official_number("主席令第114号") == "主席令第114号"


def test_a_clause_of_what_a_notice_issues_names_both() -> None:
    citation, library = cited(read(NOTICE, "a.txt"), "每人借两本")
    assert official_citation(citation, library) == (
        "《某市教育局关于印发〈某市读书方案（2024-2026年）〉的通知》（某教发〔2024〕5号）"
        "所附《某市读书方案（2024-2026年）》二、（一）"
    )


def test_a_clause_of_an_appendix_keeps_the_appendix_number() -> None:
    citation, library = cited(read(NOTICE, "a.txt"), "每人五本")
    assert official_citation(citation, library).endswith("（某教发〔2024〕5号）附件1一、")


def test_items_of_a_statute_are_cited_without_their_brackets() -> None:
    document = read(LAW, "a.txt")
    citation, library = cited(document, "还书")
    assert citation.clause_label == "第二条第一款第（二）项"
    assert official_citation(citation, library) == "《某省读书条例》第二条第一款第二项"
    assert official_citation(*cited(document, "不收费")) == "《某省读书条例》第二条第二款"


def test_a_text_without_clauses_is_cited_by_its_paragraph() -> None:
    citation, library = cited(read(PLAIN, "a.txt"), "九点")
    assert official_citation(citation, library) == "《关于晚上开门的事》第1自然段"


def test_a_row_of_a_table_is_cited_by_table_and_row_and_read_with_its_columns() -> None:
    text = "# 学费标准\n\n一、标准\n\n| 学段 | 学费 |\n|---|---|\n| 小学 | 0元 |\n| 高中 | 800元 |\n"
    citation, library = cited(read(text, "a.md"), "高中")
    assert official_citation(citation, library) == "《学费标准》一、表1第2行"
    copied = copy_text("高中学费？", answer_of(citation), library)
    assert f"「{citation.quote}」\n即：学段：高中；学费：800元\n——《学费标准》一、表1第2行" in copied


def test_a_document_that_was_removed_is_cited_by_what_the_answer_kept() -> None:
    citation, _ = cited(read(NOTICE, "a.txt"), "每人借两本")
    assert official_citation(citation, Library([])).endswith("的通知》《方案》二、（一）")


def answer_of(*citations: Citation, **changed: object) -> Answer:
    made = Answer(
        id="ans_1",
        conversation_id="cnv_1",
        status=Status.ANSWERED,
        answer="可以。[1]",
        standalone_question="",
        answerer=Answerer.EXTRACTIVE,
        confidence=0.9,
        citations=citations,
        sentences=(
            Sentence("文件写的是两本。", (1,)),
            Sentence("「每人借两本。」", (1,), kind=SentenceKind.QUOTE),
        ),
    )
    return replace(made, **changed)  # type: ignore[arg-type]


def test_copied_text_has_question_answer_and_each_quotation_with_its_citation() -> None:
    citation, library = cited(read(NOTICE, "a.txt", period=[2024, 2026]), "每人借两本")
    answer = answer_of(citation, short_answer="两本", notices=(Notice(NoticeKind.EXPIRED, "快到期了。"),))
    assert copy_text(" 能借几本？ ", answer, library) == (
        "问：能借几本？\n\n答：两本\n文件写的是两本。[1]\n\n依据（引文与收录的原文逐字相同）：\n"
        f"[1] 「{citation.quote}」\n——{official_citation(citation, library)}（2024-03-05版本，"
        f"实施期2024—2026年，有效，全文第{citation.start + 1}至{citation.end}字）\n\n"
        f"证据强弱：{strength(answer)}\n\n注意：快到期了。\n\n仅供参考，以正式文件原文为准。\n"
    )
    assert library.views()[0].document.text[citation.start : citation.end] == citation.quote


def test_a_refusal_is_copied_as_one_and_near_clauses_are_no_evidence() -> None:
    citation, library = cited(read(LAW, "a.txt"), "还书")
    answer = answer_of(
        status=Status.NOT_COVERED,
        related=(citation,),
        sentences=(Sentence("文件里没有写到借书要多少钱。", kind=SentenceKind.NOTICE),),
    )
    copied = copy_text("要多少钱？", answer, library)
    assert "答：文件里没有写到。\n文件里没有写到借书要多少钱。" in copied
    assert "最接近的条款（没有回答这个问题，不是依据）：\n「（二）还书。」" in copied
    assert "[1]" not in copied


def test_of_weak_evidence_it_is_said_before_the_answer() -> None:
    citation, library = cited(read(LAW, "a.txt"), "还书")
    weak = answer_of(citation, confidence=0.1)
    assert f"答：\n{reply('unsure')}\n文件写的是两本。" in copy_text("？", weak, library)
    assert reply("unsure") not in copy_text("？", replace(weak, confidence=0.99), library)


def test_a_question_that_leans_on_earlier_ones_is_copied_with_what_it_asks() -> None:
    _, library = cited(read(LAW, "a.txt"), "还书")
    follow_up = answer_of(standalone_question="借书要多少钱?")
    assert copy_text("那多少钱？", follow_up, library).startswith(
        "问：那多少钱？\n（接着前面的话问，即：借书要多少钱？）\n\n答："
    )
    for own in ("您好，请问借书要多少钱？", "要多少钱？借書", "我的电话13883456789，借书要多少钱"):
        assert copy_text(own, follow_up, library).startswith(f"问：{own}\n\n答：")


def test_the_day_of_a_repeal_is_told() -> None:
    citation, library = cited(read(LAW, "a.txt", repealed=date(2025, 1, 2)), "还书")
    assert citation.validity is Validity.REPEALED
    assert "，2025年1月2日废止，" in copy_text("？", answer_of(citation), library)


def test_answers_from_the_plan_are_cited_by_title_and_clause(assistant: "Assistant") -> None:
    answer = assistant.ask("公办幼儿园的占比要达到多少？")
    assert official_citation(answer.citations[0], assistant.library) == (
        "《重庆市加快推进教育现代化实施方案（2020—2022年）》二、（二）1"
    )
    copied = copy_text("公办幼儿园的占比要达到多少？", answer, assistant.library)
    assert all(f"「{each.quote}」" in copied for each in answer.citations)
    assert "（2020-10-22版本，实施期2020—2022年，已满，全文第" in copied
