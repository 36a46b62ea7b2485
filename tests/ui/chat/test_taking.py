"""Taking an answer along: copied, shared, rated, read aloud."""

import re
from typing import TYPE_CHECKING

import pytest

from tests.ui.chat.visit import PHONE, QUESTION, QUOTED, Visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from assistant.service import Assistant

SHARE = "公办幼儿园的占比要达到多少？"


def test_a_copy_has_question_answer_and_citations_in_official_form(
    browser: "Browser", server: str, assistant: "Assistant"
) -> None:
    from ui.pages.citation_form import copy_text

    visit = Visit(browser, server, permissions=["clipboard-read", "clipboard-write"])
    turn = visit.ask(QUESTION)
    visit.tool(turn, "复制").click()
    turn.get_by_text("已复制").first.wait_for()
    copied = visit.page.evaluate("navigator.clipboard.readText()")
    identifier = turn.get_attribute("data-answer")
    assert identifier
    found = assistant.store.conversations.answered(identifier)
    assert found
    assert copied.strip() == copy_text(found.question, found.answer, assistant.library).strip()
    assert QUESTION in copied
    assert QUOTED in copied
    assert re.search(r"《[^》]+》(（[^）]*号）)?二、（一）4", copied), "in official form"
    visit.close()


def test_where_the_clipboard_is_shut_it_is_said(browser: "Browser", server: str) -> None:
    visit = Visit(browser, server)
    visit.page.evaluate(
        "Object.defineProperty(navigator, 'clipboard', {value: undefined, configurable: true});"
        "document.execCommand = () => false"
    )
    turn = visit.ask(QUESTION)
    visit.tool(turn, "复制").click()
    turn.get_by_text("没能复制").wait_for()
    visit.close()


def test_a_share_is_made_opened_by_another_and_withdrawn(browser: "Browser", server: str) -> None:
    visit = Visit(browser, server)
    visit.ask(SHARE)
    visit.tool(visit.ask(QUESTION), "分享").click()
    dialog = visit.page.get_by_role("dialog", name="分享这个回答")
    address = dialog.get_by_label("网址").input_value()
    assert address.startswith(f"{server}/a/")
    assert re.search("[0-9]+月[0-9]+日前有效", dialog.inner_text())
    other = Visit(browser, server, path=address.removeprefix(server))
    shown = other.page.locator("body").inner_text()
    assert QUOTED in shown
    assert SHARE not in shown, "no other turn"
    dialog.get_by_role("button", name="撤回分享").click()
    dialog.get_by_text("已撤回").wait_for()
    assert not dialog.get_by_text("看看分享页").is_visible(), "it leads nowhere any more"
    other.page.reload()
    gone = other.page.locator("body").inner_text()
    assert QUOTED not in gone
    assert re.search("撤回|失效|没有|打不开", gone)
    other.close(faults=True)
    visit.close()


@pytest.mark.parametrize(("tool", "up"), [("有用", True), ("没用", False)])
def test_an_answer_is_rated_in_words_with_reasons(
    browser: "Browser", server: str, assistant: "Assistant", tool: str, up: bool
) -> None:
    visit = Visit(browser, server, PHONE)
    turn = visit.ask(QUESTION)
    button = visit.tool(turn, tool)
    button.click()
    if not up:
        dialog = visit.page.get_by_role("dialog", name="这个回答哪里有问题？")
        dialog.get_by_label("看不明白").check()
        dialog.get_by_role("textbox").fill("字太多，电话13912345678")
        with visit.page.expect_response("**/chat/rate"):
            dialog.get_by_role("button", name="提交").click()
        dialog.wait_for(state="hidden")
    turn.get_by_text("谢谢").first.wait_for()
    assert button.get_attribute("aria-pressed") == "true"
    identifier = turn.get_attribute("data-answer")
    rated = next(each for each in assistant.store.ratings.rated() if each.answer.id == identifier)
    assert rated.rating.value == ("up" if up else "down")
    assert [reason.value for reason in rated.reasons] == ([] if up else ["unclear"])
    assert rated.comment.startswith("" if up else "字太多")
    assert "13912345678" not in rated.comment, "personal data is masked"
    visit.close()


def test_who_looks_at_the_reasons_and_leaves_has_not_complained(visit: Visit, assistant: "Assistant") -> None:
    turn = visit.ask(QUESTION)
    visit.tool(turn, "没用").click()
    dialog = visit.page.get_by_role("dialog", name="这个回答哪里有问题？")
    dialog.get_by_role("button", name="关闭").click()
    dialog.wait_for(state="hidden")
    assert visit.tool(turn, "没用").get_attribute("aria-pressed") == "false"
    identifier = turn.get_attribute("data-answer")
    assert not [each for each in assistant.store.ratings.rated() if each.answer.id == identifier]


_VOICE = """
window.__spoken = [];
window.__voices = [{lang: 'zh-CN', name: '普通话', localService: true, default: true, voiceURI: 'zh'}];
speechSynthesis.getVoices = () => window.__voices;
speechSynthesis.speak = utterance => {
  window.__spoken.push({text: utterance.text, lang: utterance.lang});
  setTimeout(() => utterance.onstart?.(new Event('start')), 0);
};
speechSynthesis.cancel = () => { window.__cancelled = true };
Object.defineProperty(SpeechSynthesisUtterance.prototype, 'voice', {get: () => null, set: () => {}});
"""
"""Debian's Chromium has the interface of speech synthesis and no voice, so a voice is lent to it here; what
the page says to it, and when it falls silent, is the page's own."""


def test_an_answer_is_read_aloud_and_falls_silent_again(browser: "Browser", server: str) -> None:
    visit = Visit(browser, server)
    visit.context.add_init_script(_VOICE)
    visit.page.reload()
    visit.ready()
    turn = visit.ask(QUESTION)
    visit.tool(turn, "朗读").click()
    visit.until("window.__spoken.length > 0")
    spoken = "".join(each["text"] for each in visit.page.evaluate("window.__spoken"))
    assert {each["lang"] for each in visit.page.evaluate("window.__spoken")} == {"zh-CN"}
    assert "1小时" in spoken or "１小时" in spoken
    assert "[1]" not in spoken, "marks are not read"
    assert "复制" not in spoken
    visit.page.evaluate("window.__cancelled = false")
    visit.tool(turn, "停止朗读").click()
    visit.until("window.__cancelled === true")
    visit.close()


def test_without_a_voice_the_button_is_not_offered_or_says_so(visit: Visit) -> None:
    turn = visit.ask(QUESTION)
    assert visit.page.evaluate("speechSynthesis.getVoices().length") == 0, "Chromium here has no voice"
    speak = visit.tool(turn, "朗读")
    if speak.count() and speak.is_visible():
        speak.click()
        turn.get_by_text(re.compile("没有中文语音")).wait_for()
        assert visit.page.locator("#fault").inner_text() == "", "it would lie over the answers"
