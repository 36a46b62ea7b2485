"""What is known of a document as a whole, said with the words of its text."""

from dataclasses import replace
from datetime import date

import pytest

from assistant.answering.document_facts import DocumentFacts
from assistant.schema import Composition, DocumentTopic, SentenceKind
from index.library.library import Library
from index.schema import NATIONWIDE, Document
from prompts import reply
from tests.assistant.sample import DAY, NEW, OLD, document, library

NOTICE_TEXT = """河湾镇人民政府关于印发图书馆开放办法的通知
河政发〔2024〕7号
各村：
现将办法印发给你们，请遵照执行。
一、开放时间
周一至周五每天开放８小时。
二、附则
本办法自2024年6月1日起施行。
河湾镇人民政府
2024年5月6日
"""
FULL = replace(
    document(NOTICE_TEXT, "notice"),
    issuer="河湾镇人民政府",
    number="河政发〔2024〕7号",
    published=date(2024, 5, 6),
    effective=date(2024, 6, 1),
    jurisdiction="河湾镇",
)
PLAN = replace(
    document(
        "河湾镇读书行动方案（2021—2023年）\n为指导今后三年的读书工作，制定本方案。\n一、多读书。\n", "plan"
    ),
    version="2021-03-01",
    published=date(2021, 3, 1),
    period_start=2021,
    period_end=2023,
)
BARE = document("借书须知\n一、借书。\n", "bare", "undated-1")


def told(topic: DocumentTopic, *held: Document, day: date = DAY, among: Library | None = None) -> Composition:
    loaded = among or library(*held)
    views = [view for each in held if (view := loaded.get(each.id, each.version))]
    return DocumentFacts(loaded).composed([topic], views, day, 0.9)


@pytest.mark.parametrize(
    ("topic", "short", "quote"),
    [
        (DocumentTopic.ISSUER, "河湾镇人民政府", "河湾镇人民政府"),
        (DocumentTopic.NUMBER, "河政发〔2024〕7号", "河政发〔2024〕7号"),
        (DocumentTopic.DATES, "2024年5月6日", "2024年5月6日"),
        (DocumentTopic.VALIDITY, "有效", "本办法自2024年6月1日起施行。"),
        (DocumentTopic.PLACE, "河湾镇", "河湾镇"),
    ],
)
def test_what_the_text_says_is_quoted(topic: DocumentTopic, short: str, quote: str) -> None:
    said = told(topic, FULL)
    assert said.short_answer == short
    assert said.missing == ()
    (first, *_) = said.sentences
    assert first.text.startswith(f"《{FULL.title}》")
    assert quote in "".join(passage.text for passage in first.passages)
    assert reply("document_registered") not in first.text
    quotes = [each for each in said.sentences if each.kind is SentenceKind.QUOTE]
    assert [passage for each in quotes for passage in each.passages] == list(first.passages)


def test_both_days_are_said_with_their_places() -> None:
    (first, *_) = told(DocumentTopic.DATES, FULL).sentences
    assert "2024年5月6日发布；从2024年6月1日起施行" in first.text
    assert len(first.passages) == 2


@pytest.mark.parametrize("topic", [each for each in DocumentTopic if each is not DocumentTopic.ORIGINAL])
def test_what_nobody_states_is_missing_and_never_guessed(topic: DocumentTopic) -> None:
    said = told(topic, BARE)
    assert said.missing == (reply(f"document_{topic}_name"),)
    assert [sentence.passages for sentence in said.sentences] == [()]
    assert said.short_answer is None


@pytest.mark.parametrize(
    ("topic", "value"),
    [
        (DocumentTopic.ISSUER, "镇文化站"),
        (DocumentTopic.NUMBER, "镇文发〔2023〕1号"),
        (DocumentTopic.DATES, "2023年3月1日发布"),
        (DocumentTopic.VALIDITY, "从2023年4月1日起施行"),
        (DocumentTopic.PLACE, "河湾镇"),
    ],
)
def test_what_only_the_description_says_is_said_to_be_that(topic: DocumentTopic, value: str) -> None:
    described = replace(
        BARE,
        issuer="镇文化站",
        number="镇文发〔2023〕1号",
        published=date(2023, 3, 1),
        effective=date(2023, 4, 1),
        jurisdiction="河湾镇",
    )
    said = told(topic, described)
    assert value in said.sentences[0].text
    assert said.sentences[0].text.endswith(reply("document_registered"))


@pytest.mark.parametrize(
    ("topic", "described"),
    [
        (DocumentTopic.ISSUER, replace(FULL, issuer="河湾镇人民政府、镇文化站")),
        (DocumentTopic.DATES, replace(FULL, published=date(2024, 5, 7))),
        (DocumentTopic.DATES, replace(FULL, effective=date(2024, 6, 2))),
        (DocumentTopic.VALIDITY, replace(PLAN, period_start=2019)),
        (DocumentTopic.VALIDITY, replace(FULL, repealed=date(2024, 8, 1))),
        (DocumentTopic.PLACE, replace(FULL, jurisdiction=NATIONWIDE)),
    ],
)
def test_so_is_one_value_of_several_and_one_that_replaces_another(
    topic: DocumentTopic, described: Document
) -> None:
    assert told(topic, described).sentences[0].text.endswith(reply("document_registered"))


def test_titles_are_shown_with_the_marks_of_chinese() -> None:
    held = replace(PLAN, title="河湾镇读书行动方案(2021—2023年)")
    for topic in (DocumentTopic.VALIDITY, DocumentTopic.DATES, DocumentTopic.ORIGINAL, DocumentTopic.NUMBER):
        assert told(topic, held).sentences[0].text.startswith("《河湾镇读书行动方案（2021—2023年）》")


def test_the_original_is_held_whatever_is_known() -> None:
    said = told(DocumentTopic.ORIGINAL, BARE)
    assert said.sentences[0].passages[0].text == "借书须知"
    assert (said.missing, said.short_answer) == ((), None)


def test_a_plan_is_over_when_its_years_are_and_the_years_are_quoted() -> None:
    over = told(DocumentTopic.VALIDITY, PLAN)
    assert over.short_answer == "实施期2021—2023年，已满"
    assert "2024年9月1日" in over.sentences[0].text
    assert "有没有延续" in over.sentences[0].text
    quoted = [passage.text for passage in over.sentences[0].passages]
    assert quoted == [PLAN.title, "为指导今后三年的读书工作，制定本方案。"]
    within = told(DocumentTopic.VALIDITY, PLAN, day=date(2022, 1, 1))
    assert within.short_answer == "实施期2021—2023年，还在期内"


def test_of_an_old_version_the_new_one_is_named() -> None:
    said = told(DocumentTopic.VALIDITY, OLD, among=library(OLD, NEW))
    assert "2020-05-01" in said.sentences[0].text
    assert said.short_answer == "已有新版本"


def test_a_repealed_document_is_said_to_be_with_the_words_that_repeal_it() -> None:
    newer = replace(
        document("新读书办法\n一、读书。\n二、本办法自2024年7月1日起施行，《借书须知》同时废止。\n", "newer"),
        effective=date(2024, 7, 1),
        version="2024-06-20",
    )
    said = told(DocumentTopic.VALIDITY, BARE, among=library(BARE, newer))
    assert "已于2024年7月1日废止" in said.sentences[0].text
    assert [passage.document_id for passage in said.sentences[0].passages] == ["newer"]


def test_what_does_not_apply_yet_says_from_when_on_it_will() -> None:
    said = told(DocumentTopic.VALIDITY, FULL, day=date(2024, 5, 20))
    assert "2024年5月20日还没有施行" in said.sentences[0].text


def test_of_several_documents_each_has_its_line_and_few_are_named() -> None:
    said = told(DocumentTopic.PLACE, FULL, replace(NEW, jurisdiction=NATIONWIDE))
    (one, other, *_) = said.sentences
    assert FULL.title in one.text
    assert "全国" in other.text
    assert said.short_answer is None
    many = [document(f"第{n}号办法\n一、借书。\n", f"d{n}") for n in range(5)]
    texts = [each.text for each in told(DocumentTopic.ORIGINAL, *many).sentences]
    assert reply("document_more", count="2") in texts
