"""Text stays text: what reaches the chat's Markdown from people and documents."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.schema import Answer, Answerer, Citation, Notice, NoticeKind, Status
from index.schema import Validity
from ui.chat.markdown import STANDING_LINE, escape_markdown, for_the_eye, render_answer

HOSTILE = [
    "![x](https://example.com/x.png)",
    "[点我](javascript:alert(1))",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "$$x^2$$ \\[y\\]",
    "```js\nalert(1)\n```",
    "    indented code",
    "# heading\n> quotation\n- list\n1. list\n***\n| a | b |\n|---|---|",
    "https://example.com www.example.com a@example.com",
    "&lt;b&gt; &#60;b&#62;",
    "%%%LATEX_BLOCK_0%%%",
    "[a]: https://example.com\n[a]",
    "text\n===",
    "~~gone~~ <u>x</u> `code` \\* _a_ **b**",
]
_TAGS = {
    "p_open",
    "p_close",
    "paragraph_open",
    "paragraph_close",
    "inline",
    "text",
    "softbreak",
    "text_special",
}
_CITATION = Citation(
    marker=1,
    document_id="plan",
    document_title="方案(2020—2022年)",
    document_version="2020-10-22",
    validity=Validity.EXPIRED,
    clause_id="plan@2020-10-22#2.2.1",
    clause_label="二、（二）1",
    clause_path=("二、重点任务", "１.实现学前教育公益普惠发展。"),
    quote="全市公办园 在园幼儿\n占比达到50％以上。",
    start=10,
    end=33,
    url="/documents/plan?version=2020-10-22&clause=2.2.1&start=10&end=33",
    score=1.0,
)
_ANSWER = Answer(
    id="ans_1",
    conversation_id="cnv_1",
    status=Status.ANSWERED,
    answer="文件写的是“50％以上”。[1]\n「全市公办园在园幼儿占比达到50％以上。」[1]",
    standalone_question="公办园占比？",
    answerer=Answerer.EXTRACTIVE,
    confidence=0.9,
    citations=(_CITATION,),
    notices=(Notice(NoticeKind.EXPIRED, "实施期已届满。"),),
)


def _kinds(markdown: str) -> set[str]:
    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(markdown)
    return {inner.type for token in tokens for inner in [token, *(token.children or [])]}


def _shown(markdown: str) -> str:
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(markdown)
    inner = [part for token in tokens for part in token.children or []]
    return "".join("\n" if part.type == "softbreak" else part.content for part in inner)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_markup_survives(hostile: str) -> None:
    assert _kinds(escape_markdown(hostile)) <= _TAGS
    assert _shown(escape_markdown(hostile)).replace("\u00a0", " ").strip() == hostile.strip()


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_no_text_becomes_markup(text: str) -> None:
    assert _kinds(escape_markdown(text)) <= _TAGS


def test_no_ascii_punctuation_is_left_but_that_of_character_references() -> None:
    escaped = escape_markdown("".join(map(chr, range(32, 127))))
    assert set(escaped) - set("&#;") <= set(
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ\u00a0"
    )


def test_characters_that_hide_or_reverse_are_dropped() -> None:
    assert escape_markdown("甲\u202e乙\u200b丙\x00丁\ud800") == "甲乙丙丁"


def test_white_space_goes_only_beside_chinese() -> None:
    assert for_the_eye("普惠性民办幼儿 园\n占比 AI for all 课") == "普惠性民办幼儿园占比AI for all课"


def test_an_answer_shows_lead_evidence_notice_and_standing_line() -> None:
    shown = render_answer(_ANSWER)
    assert shown.startswith("文件写的是“50％以上”。[&#91;1&#93;](/documents/plan?")
    assert "二、（二）1 实现学前教育公益普惠发展](/documents/plan?" in shown
    assert shown.count("全市公办园在园幼儿占比达到50％以上。") == 1, "the quotation stands once"
    assert "*实施期已届满。*" in shown
    assert shown.endswith(f"*{STANDING_LINE}*")


def test_a_row_is_quoted_with_wide_spaces_and_told_by_its_columns() -> None:
    row = (("学段", "初中"), ("春季 (元)", "400"), ("", "另有|规定"))
    cited = replace(_CITATION, quote="初 中\t\t400", row=row)
    shown = render_answer(replace(_ANSWER, answer="如下。[1]", citations=(cited,)))
    card = next(block for block in shown.split("\n\n") if block.startswith("> "))
    assert card.split("\n")[1:] == [
        ">",
        "> 初中\u3000400",
        ">",
        "> - *学段* 初中",
        "> - *春季 &#40;元&#41;* 400",
        "> - 另有&#124;规定",
    ]
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(card)
    assert [token.type for token in tokens].count("list_item_open") == 3
    emphasis = [part.type for token in tokens for part in token.children or []].count("em_open")
    assert emphasis == 2


def test_a_hostile_document_cannot_reach_the_markdown() -> None:
    for text in HOSTILE:
        hostile = replace(
            _CITATION,
            quote=text,
            document_title=text,
            clause_label=text,
            clause_path=(text,),
            url=text,
            row=((text, text), ("", text)),
        )
        shown = render_answer(
            replace(_ANSWER, answer=text, citations=(hostile,), notices=(Notice(NoticeKind.EXPIRED, text),))
        )
        assert not _kinds(shown) & {"image", "html_inline", "html_block", "link_open", "fence", "code_block"}


def test_only_our_own_pages_are_linked() -> None:
    for url in (
        "javascript:alert(1)",
        "https://example.com/",
        "//example.com",
        "/documents/x) [y](z",
        "/login",
    ):
        assert "](" not in render_answer(replace(_ANSWER, citations=(replace(_CITATION, url=url),)))


def test_a_refusal_names_whom_to_ask_and_what_is_near() -> None:
    refusal = replace(
        _ANSWER, status=Status.NOT_COVERED, answer="文件里没有写到校服。", citations=(), related=(_CITATION,)
    )
    shown = render_answer(refusal, contact="区教委")
    assert "建议向区教委咨询。" in shown
    assert "**相关条款**" in shown
    assert "原文依据" not in shown
    assert "[&#91;1&#93;" not in shown, "what is related is no evidence, so it has no marker"
    named = replace(refusal, answer="文件里没有写到。建议向区教委咨询。")
    assert render_answer(named, contact="区教委").count("区教委") == 1


def test_a_notice_of_danger_comes_first() -> None:
    shown = render_answer(replace(_ANSWER, notices=(Notice(NoticeKind.SAFETY, "请马上拨打110。"),)))
    assert shown.startswith("**请马上拨打110。**")
