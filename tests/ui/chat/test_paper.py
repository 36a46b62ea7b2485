"""The chat's page on paper, in a real browser."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest

from tests.chromium import drawn

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

QUESTIONS = [
    "公办幼儿园的占比要达到多少？",
    "重点任务有哪些？",
    "我是乡村老师，有啥子补贴？",
    f"{'我家住在重庆乡下，' * 20}娃儿一天在学校能运动好久？",
    "残疾孩子上学有什么保障？",
]
_DONE = """n => document.body.dataset.state === "idle"
  && document.querySelectorAll("#turns > [data-answer]").length === n"""
_WHITE, _BLACK = 250, 40
"""Of 255, in a rendering in grey: what is paper, what is print."""


@pytest.fixture(scope="module")
def chat(browser: "Browser", server: str) -> "Iterator[Page]":
    """A dark chat in which `QUESTIONS` were asked, with the original of a quotation open."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, color_scheme="dark", locale="zh-CN"
    )
    page = context.new_page()
    page.goto(server)
    drawn(page)
    for number, question in enumerate(QUESTIONS, start=1):
        page.fill("#question", question)
        page.press("#question", "Enter")
        page.wait_for_function(_DONE, arg=number)
    page.locator("[data-original]").first.click()
    page.wait_for_selector("#original:not([hidden]) mark")
    yield page
    context.close()


def printed(page: "Page") -> list[tuple[str, Any]]:
    """Each page's text without white space, and its rendering in grey."""
    pdf = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    return [
        (
            "".join(each.get_textpage().get_text_bounded().split()),
            each.render(grayscale=True).to_numpy().squeeze(),
        )
        for each in pdf
    ]


def test_paper_has_every_turn_whole_and_nothing_of_the_tools(chat: "Page", server: str) -> None:
    papers = printed(chat)
    whole = "".join(text for text, _ in papers)
    assert len(papers) > 1
    for at, (text, _) in enumerate(papers, start=1):
        assert f"第{at}页，共{len(papers)}页" in text
    for question in QUESTIONS:
        assert whole.count(f"您问：{question}") == 1
    quotes = chat.locator("#turns").locator("blockquote, q, .related p").all_text_contents()
    assert len(quotes) > len(QUESTIONS)
    for quote in quotes:
        assert "".join(quote.split()) in whole
    for tool in ("发送", "复制", "朗读", "还可以问", "新对话", "关闭原文", "请不要写身份证号", "已打开"):
        assert tool not in whole
    assert re.search(rf"20\d\d年\d+月\d+日\d\d:\d\d打印自{re.escape(server)}/", papers[-1][0])


def test_paper_is_black_on_white_and_no_heading_stands_alone(chat: "Page") -> None:
    for text, grey in printed(chat):
        assert grey.min() < _BLACK
        assert (grey > _WHITE).mean() > 0.8
        body = re.sub(r"仅供参考，以正式文件原文为准第\d+页，共\d+页", "", text)
        assert not body.endswith(("？", "文件里没有写到", "更正", "写的是：", "写了这些："))


def test_printing_leaves_the_page_as_it_was(chat: "Page") -> None:
    printed(chat)
    assert chat.locator(".related:not([open])").count() == 1
    assert chat.locator(".long:not([open])").count() == 1
    assert not chat.locator("#printed").is_visible()


def test_the_sheet_of_one_answer_and_of_all_opens_beside_the_chat(chat: "Page") -> None:
    for tool, number in (("sheet", 1), ("sheet-all", len(QUESTIONS))):
        with chat.context.expect_page() as opened:
            chat.locator(f'[data-tool="{tool}"]').last.click()
        sheet = opened.value
        sheet.wait_for_selector("main.sheet")
        assert sheet.locator(".asked").count() == number
        sheet.get_by_role("button", name="打印").wait_for()  # a script shows it
        sheet.close()


def test_greetings_are_not_printed_with_the_conversation(browser: "Browser", server: str) -> None:
    with browser.new_context(locale="zh-CN") as context:
        page = context.new_page()
        page.goto(server)
        drawn(page)
        tool = page.locator('[data-tool="sheet-all"]')
        for number, question in enumerate(["你好", QUESTIONS[0], "谢谢", QUESTIONS[1]], start=1):
            page.fill("#question", question)
            page.press("#question", "Enter")
            page.wait_for_function(_DONE, arg=number)
            assert (tool.locator("visible=true").count() > 0) == (number == 4), "one answer is no several"
        with context.expect_page() as opened:
            tool.last.click()
        sheet = opened.value
        sheet.wait_for_selector("main.sheet")
        assert sheet.locator(".asked").count() == 2


def test_large_type_is_large_on_paper_too(chat: "Page") -> None:
    before = len(printed(chat))
    chat.evaluate("policyQADisplay.choose({ type: 'elder' })")
    assert len(printed(chat)) > before
    chat.evaluate("policyQADisplay.choose({ type: 'normal' })")
