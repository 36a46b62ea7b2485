"""What people ask about a document itself, asked of the real assistant: over the plan alone, and beside a
notice that states all there is to state."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from assistant.answering.strength import strength
from assistant.schema import NoticeKind, Status
from assistant.wechat.reply_text import answer_text
from tests.assistant.api.conftest import client  # noqa: F401 - a fixture
from tests.conftest import TODAY

if TYPE_CHECKING:
    from assistant.service import Assistant
    from assistant.settings import Settings

PLAN = "重庆市加快推进教育现代化实施方案（2020—2022年）"
NOTICE = """---
标题: 河湾镇图书馆开放办法
发文机关: 河湾镇人民政府
文号: 河政发〔2024〕7号
发布日期: 2024-05-06
施行日期: 2024-06-01
适用地区: 河湾镇
---

# 河湾镇图书馆开放办法

河政发〔2024〕7号

## 一、开放时间

图书馆周一至周五每天开放八小时。

## 二、附则

本办法自2024年6月1日起施行。

河湾镇人民政府

2024年5月6日
"""


@pytest.mark.parametrize(
    ("question", "topic", "status", "words"),
    [
        ("现在还有效吗", "validity", Status.ANSWERED, "2020—2022年，到2026年3月2日已经满了"),
        ("这个文件还有效不", "validity", Status.ANSWERED, "已经满了"),
        ("都过了2022年了，这文件还算数吗", "validity", Status.ANSWERED, "已经满了"),
        ("哪个发的嘛", "issuer", Status.NOT_COVERED, "没有写明发文机关"),
        ("这东西哪个单位发的啊", "issuer", Status.NOT_COVERED, "没有写明发文机关"),
        ("什么时候发布的", "dates", Status.ANSWERED, "2020年10月22日发布"),
        ("文号是多少", "number", Status.NOT_COVERED, "没有写文号"),
        ("管哪些地方,主城还是区县都管", "place", Status.ANSWERED, "管的是重庆市"),
        ("到哪里看全文", "original", Status.ANSWERED, "收录的文件"),
        (f"《{PLAN}》哪年发的", "dates", Status.ANSWERED, "2020年10月22日发布"),
    ],
)
def test_the_plan_is_told_of_as_far_as_it_is_known(
    assistant: "Assistant", question: str, topic: str, status: Status, words: str
) -> None:
    answer = assistant.ask(question)
    assert answer.document_topics == (topic,)
    assert answer.status is status
    assert words in answer.answer
    assert PLAN in answer.answer
    assert bool(answer.citations) is (status is Status.ANSWERED)
    assert bool(answer.missing) is (status is Status.NOT_COVERED)
    assert strength(answer) is None
    assert words in answer_text(answer)


@pytest.mark.parametrize(
    "question",
    [
        "这项政策有效果吗",
        "学费谁来定",
        "文凭还有效吗",
        "规范性文件什么时候清理",
        "哪个部门发补助",
        "谁来落实这些任务",
    ],
)
def test_what_the_text_may_say_is_looked_for_in_it(assistant: "Assistant", question: str) -> None:
    assert assistant.ask(question).document_topics == ()


def test_quotations_are_verbatim_and_what_is_answered_is_not_noticed_again(assistant: "Assistant") -> None:
    answer = assistant.ask("这份文件现在还有效吗")
    for each in answer.citations:
        view = assistant.library.get(each.document_id, each.document_version)
        assert view is not None
        assert view.document.text[each.start : each.end] == each.quote
    assert "指导推进今后３年教育改革发展工作" in answer.citations[1].quote
    assert NoticeKind.EXPIRED not in {notice.kind for notice in answer.notices}


def test_in_a_conversation_it_is_the_document_that_is_asked_about_and_the_talk_goes_on(
    assistant: "Assistant",
) -> None:
    first = assistant.ask("普惠性幼儿园占比要到多少?")
    second = assistant.ask("这文件哪年的哦", conversation_id=first.conversation_id)
    assert second.document_topics == ("dates",)
    third = assistant.ask("那要到哪一年?", conversation_id=first.conversation_id)
    assert third.document_topics == ()
    assert "普惠性" in third.standalone_question


@pytest.mark.parametrize(
    "question", ["北京的实施方案什么时候发布的", "成都那个方案还有效吗", "四川的方案是哪年的"]
)
def test_documents_of_another_place_are_not_told_of(assistant: "Assistant", question: str) -> None:
    answer = assistant.ask(question)
    assert (answer.status, answer.document_topics) == (Status.NOT_COVERED, ())
    assert "管不到" in answer.answer


def test_nor_are_they_in_a_conversation(assistant: "Assistant") -> None:
    first = assistant.ask("普惠性幼儿园占比要到多少?")
    second = assistant.ask("北京的文件是哪年发的", conversation_id=first.conversation_id)
    assert (second.status, second.document_topics) == (Status.NOT_COVERED, ())


@pytest.mark.parametrize("question", ["管哪些地方", "我在四川也适用吗"])
def test_who_asks_for_which_places_it_is_made_is_told(assistant: "Assistant", question: str) -> None:
    answer = assistant.ask(question)
    assert answer.document_topics == ("place",)
    assert "管的是重庆市" in answer.answer


@pytest.mark.parametrize(
    "question",
    [
        "体育法现在还有效吗",
        "国务院的意见是什么时候发布的",
        "《国务院关于教育的意见》是什么时候发布的",
        "教师法什么时候实施的",
        "图书馆规定还有效吗",
    ],
)
def test_of_a_document_that_is_not_held_nothing_is_said(assistant: "Assistant", question: str) -> None:
    answer = assistant.ask(question)
    assert (answer.status, answer.document_topics) == (Status.NOT_COVERED, ())


@pytest.mark.parametrize(
    "question",
    [
        "老师打我，我不想活了，哪里能看到全文",
        "我不想活了，方案一共有几章？",
        "我不想活了，幼儿园普惠占比要多少？",
    ],
)
def test_danger_told_beside_a_question_gets_help_lines(assistant: "Assistant", question: str) -> None:
    answer = assistant.ask(question)
    assert [notice.kind for notice in answer.notices][:1] == [NoticeKind.SAFETY]
    assert answer.citations == ()


def test_programs_are_told_what_was_asked(client: TestClient) -> None:  # noqa: F811 - the fixture
    told = client.post("/v1/ask", json={"question": "文号是多少"}).json()
    assert (told["status"], told["document_topics"], told["missing"]) == ("not_covered", ["number"], ["文号"])
    content = client.post("/v1/ask", json={"question": "普惠性幼儿园占比要到多少?"}).json()
    assert content["document_topics"] == []


@pytest.fixture(scope="module")
def two(settings: "Settings", tmp_path_factory: pytest.TempPathFactory) -> "Assistant":
    """The assistant over the plan and the notice."""
    from assistant.service import Assistant
    from index.build.add_documents import add_documents
    from index.readers.find_files import find_sources
    from tests.copied import copied_state

    folder: Path = tmp_path_factory.mktemp("two")
    own = copied_state(settings, folder)
    written = folder / "library.md"
    written.write_text(NOTICE, encoding="utf-8")
    assert len(add_documents(own.index(), find_sources([written])[0]).added) == 1
    return Assistant.open(own, clock=lambda: TODAY)


@pytest.mark.parametrize(
    ("question", "short", "quote"),
    [
        ("河湾镇图书馆开放办法是哪个单位发的", "河湾镇人民政府", "河湾镇人民政府"),
        ("《河湾镇图书馆开放办法》文号是多少", "河政发〔2024〕7号", "河政发〔2024〕7号"),
        ("《河湾镇图书馆开放办法》现在还有效吗", "有效", "自2024年6月1日起施行"),
        ("《河湾镇图书馆开放办法》什么时候发布的", "2024年5月6日", "2024年5月6日"),
    ],
)
def test_the_named_document_is_told_of_in_its_words(
    two: "Assistant", question: str, short: str, quote: str
) -> None:
    answer = two.ask(question)
    assert (answer.status, answer.short_answer) == (Status.ANSWERED, short)
    assert any(quote in citation.quote for citation in answer.citations)
    assert "实施方案" not in answer.answer


def test_without_a_name_each_document_has_its_line_the_newest_first(two: "Assistant") -> None:
    answer = two.ask("现在还有效吗")
    first, second = (sentence.text for sentence in answer.sentences[:2])
    assert "图书馆开放办法" in first
    assert PLAN in second
    told = two.ask("哪个单位发的这个文件")
    assert (told.status, told.missing) == (Status.ANSWERED, ())
    assert "没有写明发文机关" in told.answer


def test_the_document_that_was_cited_last_is_meant(two: "Assistant") -> None:
    first = two.ask("图书馆每天开放几小时?")
    second = two.ask("现在还有效吗", conversation_id=first.conversation_id)
    assert {citation.document_title for citation in second.citations} == {"河湾镇图书馆开放办法"}
