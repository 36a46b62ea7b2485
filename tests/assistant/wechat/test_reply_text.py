"""An answer as one message: quotations, clauses, length, personal data."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.schema import Answer, Answerer, Citation, Notice, NoticeKind, Sentence, Status
from assistant.wechat.messages import plain_text
from assistant.wechat.reply_text import MAX_BYTES, MAX_CHARACTERS, answer_text, cut, joined
from index.schema import Validity

if TYPE_CHECKING:
    from assistant.service import Assistant

STANDING = "仅供参考，以正式文件原文为准。"
URL = "https://qa.example.cn/a/0123456789abcdefghijkl"
LONG = "".join(f"第{number}项要求是按时完成各自的任务，并且说明情况。" for number in range(60))


def cited(quote: str, marker: int = 1, title: str = "某某办法", label: str = "第三条") -> Citation:
    return Citation(
        marker=marker,
        document_id=title,
        document_title=title,
        document_version="2020-10-22",
        validity=Validity.IN_FORCE,
        clause_id=f"{title}#{label}",
        clause_label=label,
        clause_path=(label,),
        quote=quote,
        start=0,
        end=len(quote),
        url="/documents/x",
        score=1.0,
    )


def answered(*sentences: Sentence, citations: tuple[Citation, ...] = ()) -> Answer:
    return Answer(
        id="ans_1",
        conversation_id="cnv_1",
        status=Status.ANSWERED,
        answer="",
        standalone_question="",
        answerer=Answerer.EXTRACTIVE,
        confidence=1.0,
        citations=citations,
        sentences=sentences,
    )


@pytest.mark.parametrize(
    ("question", "label", "quote"),
    [
        (
            "娃儿一天在学校能运动好久？",
            "二、（一）4",
            "开齐开足体育课程，切实保证中小学生每天１小时校园体育活动时间，教会学生健康知识和1—2项专项运动技能。",
        ),
        (
            "公办幼儿园的占比要达到多少？",
            "二、（二）1",
            "大力发展公办幼儿园，探索小村联合办园、流动幼儿园、季节班等，到2022年全市公办园在园幼儿占比达到50％以上。",
        ),
    ],
)
def test_the_plans_answer_has_the_clause_and_its_words(
    assistant: "Assistant", question: str, label: str, quote: str
) -> None:
    answer = assistant.ask(question)
    text = answer_text(answer, URL)
    assert f"【{label}】「{quote}」" in text
    assert text.endswith(f"完整回答和出处：{URL}\n{STANDING}")
    assert "出自《重庆市加快推进教育现代化实施方案(2020—2022年)》" in text
    assert "现已届满" in text
    assert "[1]" not in text


def test_what_the_plan_does_not_say_is_said_so(assistant: "Assistant") -> None:
    text = answer_text(assistant.ask("高考能带手机吗"), URL)
    assert "文件里没有写到" in text
    assert "相近的条款：【" in text


def test_a_quotation_that_no_sentence_holds_in_full_stands_by_itself() -> None:
    full = "学费由学校承担，住宿费由学生承担。"
    sentence = Sentence("文件写的是：「学费由学校承担」。", (1,))
    text = answer_text(answered(sentence, citations=(cited(full),)))
    assert text.startswith(f"文件写的是：「学费由学校承担」。\n依据：【第三条】「{full}」\n")


def test_of_several_documents_each_quotation_names_its_own() -> None:
    quotes = (cited("甲说的话。", 1, "甲办法"), cited("乙说的话。", 2, "《乙办法》"))
    sentence = Sentence("文件写了这些：「甲说的话」；「乙说的话」。", (1, 2))
    text = answer_text(answered(sentence, citations=quotes))
    assert "【《甲办法》第三条】「甲说的话。」\n【《乙办法》第三条】「乙说的话。」\n" in text
    assert "出自" not in text


def test_what_people_wrote_is_masked_and_what_documents_say_is_not() -> None:
    quote = "咨询电话023-63862345，工作日有人接听。"
    sentences = (
        Sentence("您问“我是13812345678，找谁”：文件写的是：「咨询电话023-63862345，工作日有人接听」。", (1,)),
        Sentence("您提到「13812345678」。"),
    )
    text = answer_text(answered(*sentences, citations=(cited(quote),)))
    assert "13812345678" not in text
    assert text.count("[手机号]") == 2
    assert f"「{quote}」" in text


def test_what_must_be_read_first_comes_first() -> None:
    answer = replace(
        answered(Sentence("文件里写了。")),
        notices=(Notice(NoticeKind.EXPIRED, "期限已过。"), Notice(NoticeKind.SAFETY, "请拨打110。")),
    )
    assert answer_text(answer) == f"请拨打110。\n文件里写了。\n提示：期限已过。\n{STANDING}"


def test_a_long_quotation_is_cut_at_a_sentence_closed_and_verbatim() -> None:
    sentence = Sentence(f"文件写的是：「{LONG.rstrip('。')}」。", (1,))
    text = answer_text(answered(sentence, citations=(cited(LONG),)), URL)
    assert len(text) <= MAX_CHARACTERS
    assert len(text.encode()) <= MAX_BYTES
    start = text.index("「") + 1
    kept = text[start : text.index("」", start)]
    assert LONG.startswith(kept)
    assert kept.endswith("说明情况。")
    assert len(kept) > 400
    assert text.endswith(
        f"」\n（内容较长，这里没有写完。）\n出自《某某办法》\n完整回答和出处：{URL}\n{STANDING}"
    )


texts = st.lists(
    st.text(st.sampled_from("政策教育。；，？「」\n a𝄞😀<\u200b") | st.characters(), max_size=400), max_size=6
)


@given(texts, texts, st.booleans())
def test_any_text_fits_one_message(body: list[str], rather: list[str], linked: bool) -> None:
    always = [f"完整回答和出处：{URL}", STANDING] if linked else [STANDING]
    text = joined(body, rather, always)
    assert len(text) <= MAX_CHARACTERS
    assert len(text.encode()) <= MAX_BYTES
    assert text.endswith("\n".join(always))
    whole = "\n".join(map(plain_text, [*body, *rather, *always]))
    if len(whole) <= MAX_CHARACTERS and len(whole.encode()) <= MAX_BYTES:
        assert text.replace("\n", "") == whole.replace("\n", "")


@given(
    st.text(st.sampled_from("政策教育。；，「」\n a𝄞😀"), max_size=900),
    st.integers(1, 600),
    st.integers(1, 2047),
)
def test_a_cut_text_is_a_beginning_within_both_limits(text: str, characters: int, size: int) -> None:
    kept = cut(text, characters, size)
    assert len(kept) <= characters
    assert len(kept.encode()) <= size
    assert text.startswith(kept) or (kept.endswith("」") and text.startswith(kept[:-1]))


def test_without_an_end_of_a_sentence_it_is_cut_at_a_clause_and_else_at_a_character() -> None:
    assert cut("一二三四五，六七八九十一二三", 10, 2047) == "一二三四五，"
    assert cut("一二三四五六七八九十一二三", 10, 2047) == "一二三四五六七八九"
    assert cut("一。二三四五六七八九十，一二三", 13, 2047) == "一。二三四五六七八九十，"
    assert cut("😀" * 10, 600, 15) == "😀😀😀"
