"""What the chat shows of an answer: nothing lost, each quotation once and to the letter, all of it text."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.schema import Answer, Citation, Notice, NoticeKind, Sentence, SentenceKind, Status
from assistant.statuses import STATUSES
from assistant.storage.conversations import Answered
from tests.ui.chat.invented import (
    answer,
    cited,
    lead,
    outline,
    page_of,
    paraphrase,
    quotations_of,
    quote,
    texts_at,
    verbatim,
    viewed,
)
from ui.chat.view import Paragraph, Quotations, TurnView
from ui.pages.sheet import sheet_answer

if TYPE_CHECKING:
    from assistant.service import Assistant

BROKEN = "全市公办园 在园幼儿\n占比达到50％以上，AI for all\n课程 A 类。"
OTHER = "普惠性幼儿园覆盖率达到80％以上，逐年提高。"
SHORT = ["加强师德师风建设。", "提高教师待遇。", "扩大学位供给。"]
HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "</details></li></ol><h1>x</h1>",
    "{{ 7 * 7 }} {% raw %}",
    "&lt;b&gt; &#60;b&#62; &amp;",
    "![x](https://example.com/x.png) [点我](javascript:alert(1))",
    "]]> <!-- -->",
]


def test_a_quotation_keeps_every_character_and_a_page_break_takes_no_room(assistant: "Assistant") -> None:
    one = cited(1, BROKEN)
    turn = viewed(answer([lead("占比达到50％以上。", 1), quote(one)], [one]), assistant)
    (found,) = quotations_of(turn)
    assert verbatim(found) == BROKEN
    assert [text for text, page_break in found.parts if page_break] == [" ", "\n"]
    page = page_of(turn)
    assert texts_at(page, "blockquote") == [BROKEN]
    assert texts_at(page, ".break") == [" ", "\n"]


def test_a_quotation_stands_once_where_it_is_first_said(assistant: "Assistant") -> None:
    one, two = cited(1, BROKEN), cited(2, OTHER)
    made = answer(
        [lead("文件写的是：「全市公办园在园幼儿占比达到50％以上」。", 1), quote(one), quote(two)], [one, two]
    )
    assert outline(viewed(made, assistant)) == ["文件写的是：", [1, 2]]


def test_a_quotation_that_is_said_again_further_down_is_referred_to(assistant: "Assistant") -> None:
    one, two = cited(1, BROKEN), cited(2, OTHER)
    sentences = [quote(one), lead("另外还有：", 2), quote(two), lead(f"再说一遍：「{OTHER}」", 2), quote(one)]
    turn = viewed(answer(sentences, [one, two]), assistant)
    assert outline(turn) == [[1], "另外还有：", [2], "再说一遍：见上面的引文"]
    last = turn.blocks[-1]
    assert isinstance(last, Paragraph)
    assert [each.marker for each in last.marks] == [2]
    assert last.folded == ()
    ids = page_of(turn).xpath("//@id")
    assert len(ids) == len(set(ids))


def test_a_line_whose_quotations_all_stand_above_says_so(assistant: "Assistant") -> None:
    one, two = cited(1, BROKEN), cited(2, OTHER)
    said = lead(f"您问“还有呢”：文件写的是：「{OTHER}」。", 2)
    turn = viewed(answer([quote(one), quote(two), said], [one, two]), assistant)
    assert outline(turn)[-1] == "您问“还有呢”：文件写的是：见上面的引文"


def test_a_lead_that_lists_quotations_is_split_and_none_begins_with_a_mark(assistant: "Assistant") -> None:
    found = [cited(number, text) for number, text in enumerate(SHORT, start=1)]
    listed = "；".join(f"「{text.rstrip('。')}」" for text in SHORT)
    made = answer([lead(f"文件写了这些：{listed}。", 1, 2, 3)], found)
    turn = viewed(made, assistant)
    assert outline(turn) == ["文件写了这些：", [1, 2, 3]]
    assert turn.blocks[1].brief  # type: ignore[union-attr]
    page = page_of(turn)
    assert texts_at(page, "q") == SHORT
    two = viewed(answer([lead(f"文件写了这些：{listed}。", 1, 2)], found[:2]), assistant)
    blocks = [each for each in two.blocks if not isinstance(each, Paragraph)]
    assert blocks
    assert not any(each.brief for each in blocks), "two look like any other quotation"
    forced = answer([lead(f"文件写的是：「{OTHER}」。用词是“鼓励”，没有写成必须。", 1)], [cited(1, OTHER)])
    assert outline(viewed(forced, assistant)) == ["文件写的是：", [1], "用词是“鼓励”，没有写成必须。"]


def test_words_in_brackets_that_are_no_quotation_stay_in_the_sentence(assistant: "Assistant") -> None:
    one = cited(1, BROKEN)
    said = lead("文件写的是：「占比」和「别的文件里的话，这里没有引」。", 1)
    turn = viewed(answer([said], [one]), assistant)
    (block,) = turn.blocks
    assert isinstance(block, Paragraph)
    assert block.text == said.text
    assert [each.marker for each in block.marks] == [1]
    assert [each.marker for each in block.folded] == [1], "what it stands on can be opened below it"


def test_a_marker_that_the_answer_does_not_have_is_passed_over(assistant: "Assistant") -> None:
    said = "「全市公办园在园幼儿占比达到50％以上」「。」"
    one = cited(2, "。")
    turn = viewed(answer([lead(said, 1, 2)], [one]), assistant)
    assert outline(turn) == [said]
    assert [each.marker for each in quotations_of(turn)] == [2]


def test_brackets_within_a_quotation_are_its_own(assistant: "Assistant") -> None:
    one = cited(1, "园所应当做到「三公开」。")
    assert outline(viewed(answer([lead("如下：", 1), quote(one)], [one]), assistant)) == ["如下：", [1]]


def test_a_paraphrase_is_called_one_and_its_quotation_lies_folded_below(assistant: "Assistant") -> None:
    one, two = cited(1, BROKEN), cited(2, OTHER)
    made = answer([paraphrase("公办园占一半以上。", 1), paraphrase("普惠园占八成。", 2, 1)], [one, two])
    turn = viewed(made, assistant)
    assert [block.kind for block in turn.blocks if isinstance(block, Paragraph)] == ["paraphrase"] * 2
    page = page_of(turn)
    assert [text.split()[0] for text in texts_at(page, ".paraphrase")] == ["转述", "转述"]
    assert [text[:3] for text in texts_at(page, ".mark")] == ["[1]", "[2]", "[1]"]
    assert texts_at(page, "blockquote") == [BROKEN, OTHER]
    assert [each.marker for each in quotations_of(turn)] == [1, 2]
    targets = {each.get("data-original") for each in page.xpath("//a[@class='mark']")}
    assert targets <= set(page.xpath("//details/@id"))


def test_a_paraphrase_beside_a_quotation_that_stands_is_marked_and_folds_nothing(
    assistant: "Assistant",
) -> None:
    one = cited(1, BROKEN)
    turn = viewed(answer([paraphrase("占一半以上。", 1), quote(one)], [one]), assistant)
    assert outline(turn) == ["占一半以上。", [1]]
    assert turn.blocks[0].marks  # type: ignore[union-attr]
    assert not turn.blocks[0].folded  # type: ignore[union-attr]


def test_what_is_cited_without_words_stands_too(assistant: "Assistant") -> None:
    one, two = cited(1, BROKEN), cited(2, OTHER)
    made = answer([Sentence(quote(one).text, (1, 2), kind=SentenceKind.QUOTE)], [one, two])
    assert outline(viewed(made, assistant)) == [[1, 2]]


def test_an_answer_that_was_stored_without_sentences_is_shown_with_its_quotations(
    assistant: "Assistant",
) -> None:
    turn = viewed(answer([], [cited(1, BROKEN)], answer="占比达到50％以上。[1]"), assistant)
    assert outline(turn) == ["占比达到50％以上。[1]"]
    assert [verbatim(each) for each in quotations_of(turn)] == [BROKEN]


def test_a_refusal_says_whom_to_ask_and_keeps_what_is_near_apart(assistant: "Assistant") -> None:
    near = [cited(1, BROKEN), cited(2, OTHER)]
    refused = answer([Sentence("文件里没有写到校服。", kind=SentenceKind.NOTICE)], status=Status.NOT_COVERED)
    refused = replace(refused, related=tuple(near))
    turn = viewed(refused, assistant)
    assert (turn.head, turn.advice) == ("文件里没有写到", assistant.settings.contact)
    page = page_of(turn)
    assert "最接近的2条" in texts_at(page, "summary")[0]
    assert page.xpath("//details[@class='related'][not(@open)]")
    assert [each.marker for each in turn.related] == [None, None], "it is no evidence"
    assert "[1]" not in "".join(page.xpath("//article//text()[not(ancestor::pre)]"))
    assert not texts_at(page, "blockquote")
    assert [text for text in texts_at(page, "p") if text in (BROKEN, OTHER)] == [BROKEN, OTHER]
    named = replace(refused, answer=f"没有写到。建议向{assistant.settings.contact}咨询。")
    assert viewed(named, assistant).advice is None
    assert viewed(replace(refused, related=()), assistant).advice is None


@pytest.mark.parametrize("status", list(Status))
def test_every_status_has_its_page(assistant: "Assistant", status: Status) -> None:
    page = page_of(viewed(answer([lead("话。")], status=status), assistant))
    assert page.get("data-status") == status.value
    assert texts_at(page, ".lead") == ["话。"]


def test_a_correction_is_headed_so(assistant: "Assistant") -> None:
    one = cited(1, BROKEN)
    said = lead("不对。您提到“80%”，文件写的是“50％以上”：「全市公办园在园幼儿占比达到50％以上」。", 1)
    turn = viewed(answer([said, quote(one)], [one], correction=True, short_answer="50％以上"), assistant)
    page = page_of(turn)
    assert texts_at(page, ".head") == ["更正"]
    assert texts_at(page, ".short") == ["50％以上"]
    assert outline(turn) == ["不对。您提到“80%”，文件写的是“50％以上”：", [1]]


def test_what_must_be_read_first_comes_first_and_other_notices_last(assistant: "Assistant") -> None:
    notices = (Notice(NoticeKind.EXPIRED, "实施期已满。"), Notice(NoticeKind.SAFETY, "请马上拨打110。"))
    page = page_of(viewed(answer([lead("话。")], notices=notices), assistant))
    shown = "".join(page.xpath("//article//text()[not(ancestor::pre)]"))
    assert shown.index("请马上拨打110。") < shown.index("话。") < shown.index("实施期已满。")
    assert shown.count("请马上拨打110。") == shown.count("实施期已满。") == 1


def test_two_documents_are_both_named(assistant: "Assistant") -> None:
    one = cited(1, BROKEN)
    two = cited(2, OTHER, document_id="other", document_title="《义务教育办法》")
    turn = viewed(answer([quote(one), quote(two), lead("又。", 1)], [one, two]), assistant)
    assert turn.titles == ("青山区学前教育办法（试行）", "义务教育办法")
    assert "出自《青山区学前教育办法（试行）》《义务教育办法》" in texts_at(page_of(turn), ".source")[0]


def test_a_row_of_a_table_is_told_by_its_columns(assistant: "Assistant") -> None:
    rows = [
        cited(1, "初 中\t\t400", row=(("学段", "初中"), ("春季 (元)", "400"), ("", "另有规定"))),
        cited(2, "小学\t免费", row=(("学段", "小学"), ("春季 (元)", "免费"))),
    ]
    made = answer([lead("“收费”这张表里写的是：初中400。", 1), *map(quote, rows)], rows)
    turn = viewed(made, assistant)
    assert [verbatim(each) for each in quotations_of(turn)] == [each.quote for each in rows]
    assert not turn.blocks[-1].brief  # type: ignore[union-attr]
    page = page_of(turn)
    assert texts_at(page, ".break") == [" "], "cells do not run together"
    told = [re.sub(r"\s+", " ", text).strip() for text in texts_at(page, ".cells")]
    assert told == ["学段 初中 春季 (元) 400 另有规定", "学段 小学 春季 (元) 免费"]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "https://example.com/", "//example.com", "/login", "/documents/x\nx", "data:x",
        "", "/documents/x) [y](z", '/documents/x" onclick="y', "/documents/<b>",
    ],
)  # fmt: skip
def test_only_our_own_pages_are_linked(assistant: "Assistant", url: str) -> None:
    one, two = cited(1, BROKEN, url=url), cited(2, OTHER, url=url)
    made = answer([quote(one), paraphrase("八成。", 2)], [one, two], related=(cited(3, SHORT[0], url=url),))
    page = page_of(viewed(made, assistant))
    assert page.xpath("//@href") == ["#q-ans_1-2"], "within the page"
    assert texts_at(page, "blockquote") == [BROKEN, OTHER]


def test_a_link_leads_to_the_quotation_in_its_page(assistant: "Assistant") -> None:
    one = cited(1, BROKEN)
    page = page_of(viewed(answer([quote(one)], [one]), assistant))
    (link,) = page.xpath("//figure//a")
    assert link.get("href") == f"{one.url}#quote"
    assert link.get("data-original") in page.xpath("//figure/@id")
    assert link.text_content().endswith("看原文")
    assert "[1]" in link.text_content(), "who names what is seen finds it"


def test_a_clause_is_named_with_its_heading_unless_that_is_the_quotation(assistant: "Assistant") -> None:
    one = cited(1, BROKEN, clause_path=("二、办园", "（一）公办 园。"))
    two = cited(2, "（一）公办园。", clause_path=("二、办园", "（一）公办园。"))
    turn = viewed(answer([quote(one), quote(two)], [one, two]), assistant)
    assert [each.clause for each in quotations_of(turn)] == ["二、（1） 公办园", "二、（2）"]


def test_a_long_question_is_folded_and_stands_whole_within(assistant: "Assistant") -> None:
    question = "我家" + "娃儿" * 100 + "啷个办？"
    turn = viewed(answer([lead("话。")]), assistant, question)
    page = page_of(turn)
    assert texts_at(page, ".asked") == [f"您问：{question[:160]}……"]
    assert page.xpath("//details[@class='long'][not(@open)]/p/text()") == [question]
    assert page.get("data-question") == question, "to ask again with"
    short = page_of(viewed(answer([lead("话。")]), assistant, question[:160]))
    assert texts_at(short, ".asked") == [f"您问：{question[:160]}"]
    assert not short.xpath("//details")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_whatever_people_and_documents_write_is_text(assistant: "Assistant", hostile: str) -> None:
    one = cited(
        1, hostile, document_title=hostile, clause_label=hostile, clause_path=(hostile,), url=hostile,
        row=((hostile, hostile), ("", hostile)),
    )  # fmt: skip
    two = replace(one, marker=2, row=(), quote=f"{hostile}。")
    made = answer(
        [lead(hostile, 1), paraphrase(hostile, 1, 2), quote(two)], [one, two],
        related=(one,), short_answer=hostile,
        notices=(Notice(NoticeKind.EXPIRED, hostile), Notice(NoticeKind.SAFETY, hostile)),
    )  # fmt: skip
    page = page_of(viewed(made, assistant, hostile * 10))
    assert not page.xpath("//img | //script | //h1 | //b | //@onerror | //@onmouseover | //@onfocus")
    assert not page.xpath("//comment()")
    assert page.get("data-question") == hostile * 10
    assert hostile in texts_at(page, "blockquote")
    assert texts_at(page, ".short") == [hostile]


SCRAMBLED = "公\u202e办园\u200b占\x00比\ufeff多少？\u2028第二\u2066行\U000e0041\u00ad"


def test_characters_that_hide_or_reverse_do_not_stand_among_others(assistant: "Assistant") -> None:
    one = cited(1, SCRAMBLED, document_title=SCRAMBLED, clause_label=SCRAMBLED, clause_path=(SCRAMBLED,),
                row=((SCRAMBLED, SCRAMBLED),))  # fmt: skip
    listed = [cited(2, f"{SHORT[0]}\u202e"), cited(3, SHORT[1]), cited(4, SHORT[2])]
    made = answer(
        [lead(SCRAMBLED, 1), *map(quote, listed)], [one, *listed],
        notices=(Notice(NoticeKind.EXPIRED, SCRAMBLED),), short_answer=SCRAMBLED,
    )  # fmt: skip
    turn = viewed(made, assistant, SCRAMBLED)
    clean = "公办园占比多少？\n第二行"
    assert (turn.question, turn.short_answer, turn.notices[0].text) == (clean, clean, clean)
    assert turn.asked == SCRAMBLED
    page = page_of(turn)
    for part in (".asked", ".lead", ".short", ".clause", ".source", ".cells", ".notice"):
        for text in texts_at(page, part):
            assert not re.search("[\u202e\u200b\x00\ufeff\u2028\u2066\U000e0041\u00ad]", text), part
    assert texts_at(page, "blockquote") == [SCRAMBLED.replace("\x00", "\ufffd")], "as HTML has a null"
    assert verbatim(quotations_of(turn)[0]) == SCRAMBLED
    assert texts_at(page, "bdi") == [each.quote for each in listed], "set apart from the number behind it"


def test_a_question_of_nothing_to_see_is_said_to_be_one(assistant: "Assistant") -> None:
    assert viewed(answer([lead("话。")]), assistant, "\u200b\u202e").question == "（只有看不见的字符）"


# What follows invents answers at random and looks that all of each is there.

_WORDS = st.text(alphabet="学校教师办园公民，；。：「」甲乙a1 ", max_size=14)
_QUOTES = st.text(alphabet="学校教师办园公民，；。甲乙a1 \n", min_size=1, max_size=20).filter(
    lambda text: bool(text.strip(" \n，；。"))
)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    """Any answer whose sentences cite what it has."""
    quotes = draw(st.lists(_QUOTES, min_size=1, max_size=4, unique_by=lambda text: "".join(text.split())))
    found = [cited(number, text) for number, text in enumerate(quotes, start=1)]
    sentences = [draw(_sentences(found)) for _ in range(draw(st.integers(1, 5)))]
    return answer(sentences, found)


@st.composite
def _sentences(draw: st.DrawFn, found: list[Citation]) -> Sentence:
    chosen = draw(st.lists(st.sampled_from(found), max_size=3, unique_by=lambda each: each.marker))
    kind = draw(st.sampled_from(SentenceKind))
    text = draw(_WORDS)
    for each in chosen:
        if draw(st.booleans()):
            text += quote(each).text + draw(_WORDS)
    return Sentence(text, tuple(each.marker for each in chosen), kind=kind)


def _bare(text: str) -> str:
    return re.sub(r"[\s；;，,。、：「」]", "", text)


def _shown(turn: TurnView) -> list[str]:
    """What stands in the answer, in order, without white space and marks."""
    shown = []
    for block in turn.blocks:
        if isinstance(block, Quotations):
            shown += [verbatim(each) for each in block.items]
        else:
            shown += [block.text, *(verbatim(each) for each in block.folded)]
    return [_bare(text) for text in shown]


@settings(max_examples=400, deadline=None)
@given(made=answers())
def test_nothing_of_an_answer_is_lost_and_no_quotation_stands_twice(
    assistant: "Assistant", made: Answer
) -> None:
    turn = viewed(made, assistant)
    shown = _shown(turn)
    whole = "\n".join(shown)
    for sentence in made.sentences:
        pieces = re.split("[「」]", sentence.text)
        assert all(_bare(piece) in whole for piece in pieces), sentence
    stands = [each.marker for each in quotations_of(turn)]
    assert sorted(each for each in stands if each) == sorted(
        {marker for sentence in made.sentences for marker in sentence.citations}
    )
    assert [verbatim(each) for each in quotations_of(turn)] == [
        each.quote for marker in stands for each in made.citations if each.marker == marker
    ]
    ids = page_of(turn).xpath("//@id")
    assert len(ids) == len(set(ids))


def test_what_only_names_the_source_of_a_quotation_stands_in_its_caption(assistant: "Assistant") -> None:
    one, two = cited(1, BROKEN), cited(2, OTHER)
    first = lead(f"文件写的是：「{BROKEN}」。（出自《{one.document_title}》（规章）{one.clause_label}）", 1)
    second = replace(quote(two), text=f"《{two.document_title}》（法律）{two.clause_label}：「{OTHER}」")
    turn = viewed(answer([first, second], [one, two]), assistant)
    assert outline(turn) == ["文件写的是：", [1, 2]]
    sources = [each.source for each in quotations_of(turn)]
    assert sources == [f"《{one.document_title}》（规章）", f"《{two.document_title}》（法律）"]
    assert turn.titles == (), "the captions name them"
    assert all(source in page_of(turn).text_content() for source in sources)
    more = replace(first, text=f"{first.text[:-1]}，自公布之日起施行）")
    assert len(outline(viewed(answer([more], [one]), assistant))) == 3, "what says more is no mere source"


@pytest.mark.parametrize("status", list(Status))
def test_only_what_says_something_of_documents_is_shared_and_printed(
    status: Status, assistant: "Assistant"
) -> None:
    said = answer([Sentence("您好。", kind=SentenceKind.NOTICE)], status=status)
    tools = texts_at(page_of(viewed(said, assistant)), "button")
    fileable = status in (Status.ANSWERED, Status.NOT_COVERED)
    for tool in ("分享", "打印依据单", "打印整段对话"):
        assert (tool in tools) == fileable
    assert {"复制", "朗读", "修改后再问", "有用"} <= set(tools)


@pytest.mark.parametrize("status", list(Status))
def test_sheet_chat_and_table_name_a_status_alike(status: Status, assistant: "Assistant") -> None:
    said = answer([Sentence("您好。", kind=SentenceKind.NOTICE)], status=status)
    found = Answered("？", said, datetime(2026, 3, 2, tzinfo=UTC))
    assert viewed(said, assistant).head == STATUSES[status].head
    assert sheet_answer(found, assistant, "").heading == (STATUSES[status].head or "回答")
