"""Reading an answer: marks, quotations, the original and the way back, by mouse, finger and keyboard."""

from typing import TYPE_CHECKING

import pytest

from tests.ui.chat.held import Held
from tests.ui.chat.visit import PHONE, QUESTION, QUOTED, Visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Route

SHARE = "公办幼儿园的占比要达到多少？"
LIST = "残疾孩子上学有什么保障？"
REFUSED = "公办幼儿园一个月收好多钱？"


def _in_view(part: "Locator") -> bool:
    return bool(
        part.evaluate(
            "e => { const b = e.getBoundingClientRect(); const y = b.top + Math.min(b.height / 2, 15);"
            "const at = document.elementFromPoint(b.left + Math.min(b.width / 2, 40), y);"
            "return b.top >= 0 && y <= innerHeight && (e.contains(at) || (at && at.contains(e))) }"
        )
    )


def _focused_inside(visit: Visit, selector: str) -> bool:
    return bool(visit.page.evaluate(f"Boolean(document.activeElement?.closest('{selector}'))"))


def test_the_short_answer_is_larger_than_all_else(visit: Visit) -> None:
    turn = visit.ask(QUESTION)
    size = "e => parseFloat(getComputedStyle(e).fontSize)"
    short = turn.locator(".short").evaluate(size)
    others = turn.locator(".reply p:not(.short), .reply blockquote").evaluate_all(
        "all => all.map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert short >= 1.15 * max(others)


def test_speakers_are_told_apart_and_each_question_is_a_heading(visit: Visit) -> None:
    visit.ask(QUESTION)
    visit.ask(SHARE)
    headings = visit.page.locator("#turns").get_by_role("heading", level=2)
    assert headings.count() == 2
    assert "您问" in (headings.first.text_content() or "")
    replies = visit.page.locator("#turns").get_by_role("article")
    assert replies.count() == 2
    assert "回答" in (replies.first.get_attribute("aria-label") or "")


def test_a_mark_opens_its_quotation_in_place_and_the_original_beside_it(visit: Visit) -> None:
    turn = visit.ask(QUESTION)
    mark = turn.locator("a.mark, a.see").first
    assert "1" in (mark.get_attribute("aria-label") or mark.inner_text())
    address = visit.page.url.partition("#")[0]
    mark.click()
    quote = visit.original.locator("mark#quote")
    quote.wait_for()
    visit.at_rest()
    assert QUOTED in quote.inner_text()
    assert _in_view(quote)
    assert _in_view(turn.locator(".quotation blockquote, .quotation q").first), "the answer is beside it"
    assert visit.page.url.partition("#")[0].partition("?")[0] == address.partition("?")[0]
    assert len(visit.context.pages) == 1
    assert _focused_inside(visit, "#original")
    assert visit.original.get_attribute("aria-label") or visit.original.get_attribute("aria-labelledby")


def test_focus_goes_to_the_citation_and_comes_back(visit: Visit) -> None:
    turn = visit.ask(QUESTION)
    see = turn.locator("a.see").first
    see.focus()
    visit.page.keyboard.press("Enter")
    visit.original.locator("mark#quote").wait_for()
    visit.until("Boolean(document.activeElement.closest('#original'))")
    visit.until("document.getElementById('status').textContent.startsWith('已打开原文')")
    assert "看原文" not in visit.status.inner_text(), "the button's words are no part of the clause's name"
    visit.page.keyboard.press("Escape")
    visit.until("!document.activeElement.closest('#original')")
    assert see.evaluate("e => e === document.activeElement")


def test_the_pane_does_not_contradict_the_answer_in_view(visit: Visit) -> None:
    turn = visit.ask(QUESTION)
    turn.locator("a.see").first.click()
    visit.original.locator("mark#quote").wait_for()
    visit.ask(SHARE)
    visit.page.wait_for_timeout(800)
    visit.until(
        "document.querySelector('#original').hidden || "
        f"!document.querySelector('#original mark#quote')?.textContent.includes('{QUOTED}')"
    )


def test_on_a_phone_the_original_is_a_screen_of_its_own_and_back_returns_to_the_answer(phone: Visit) -> None:
    phone.ask(SHARE)
    turn = phone.ask(QUESTION)
    see = turn.locator("a.see").first
    see.scroll_into_view_if_needed()
    before = phone.page.evaluate("scrollY")
    see.tap()
    quote = phone.original.locator("mark#quote")
    quote.wait_for()
    phone.at_rest()
    assert _in_view(quote)
    box = phone.original.bounding_box()
    assert box
    assert box["width"] >= PHONE[0] - 2
    assert not _in_view(turn.locator(".asked")), "a screen of its own"
    phone.page.go_back()
    phone.original.wait_for(state="hidden")
    phone.at_rest()
    assert phone.page.url.startswith(phone.base)
    assert abs(phone.page.evaluate("scrollY") - before) < 60, "back at the place where one was"
    assert _in_view(see)
    assert see.evaluate("e => e === document.activeElement")
    phone.page.go_forward()
    phone.page.go_back()
    phone.original.wait_for(state="hidden")
    assert phone.turns.count() == 2


_BAD_GATEWAY = """<html>
<head><title>502 Bad Gateway</title></head>
<body>
<center><h1>502 Bad Gateway</h1></center>
<hr><center>nginx/1.26.3</center>
</body>
</html>"""
"""What nginx answers by itself."""


@pytest.mark.parametrize("how", ["lost", "not ready", "a proxy's page"])
def test_an_original_that_did_not_come_is_tried_again_where_it_was_to_be(phone: Visit, how: str) -> None:
    def fail(route: "Route") -> None:
        if how == "lost":
            route.abort()
        elif how == "a proxy's page":
            route.fulfill(status=502, headers={"Content-Type": "text/html"}, body=_BAD_GATEWAY)
        else:
            part = '<section class="original part"><p class="o-fault">服务正在打开索引。</p></section>'
            headers = {"Content-Type": "text/html; charset=utf-8", "Retry-After": "3"}
            route.fulfill(status=503, headers=headers, body=part)

    turn = phone.ask(QUESTION)
    phone.page.route("**/documents/**", fail)
    turn.locator("a.see").first.tap()
    again = phone.original.get_by_role("button", name="再试一次")
    again.wait_for()
    said = "服务正在打开索引" if how == "not ready" else "原文没有打开"
    assert said in phone.original.inner_text()
    assert "Gateway" not in phone.original.inner_text()
    assert _focused_inside(phone, "#original-again")
    again.evaluate("button => { button.dataset.first = '' }")
    again.tap()
    phone.original.locator("#original-again:not([data-first])").wait_for()
    phone.page.unroute("**/documents/**")
    again.tap()
    phone.original.locator("mark#quote").wait_for()
    assert again.count() == 0
    phone.page.go_back()
    phone.original.wait_for(state="hidden")
    assert turn.is_visible()
    phone.refused.clear()


def test_back_from_the_whole_text_is_the_answer(phone: Visit) -> None:
    turn = phone.ask(QUESTION)
    turn.locator("a.see").first.tap()
    phone.original.locator("mark#quote").wait_for()
    phone.original.get_by_role("link", name="全文").first.tap()
    phone.page.wait_for_url("**/documents/**")
    phone.page.go_back()
    phone.until("document.querySelectorAll('#turns > .turn').length === 1")
    assert QUOTED in phone.turns.first.inner_text()


def test_the_original_that_cannot_come_says_so_in_chinese(browser: "Browser", server: str) -> None:
    visit = Visit(browser, server)
    visit.ask(SHARE)
    visit.page.locator("#close-original").click()  # from now on none is fetched before somebody opens it
    turn = visit.ask(QUESTION)
    quote = visit.original.locator("mark#quote")
    visit.context.set_offline(True)
    turn.locator("a.see").first.click()
    visit.original.locator("#original-body > .hint", has_text="网络").wait_for()
    assert quote.count() == 0
    visit.context.set_offline(False)
    assert visit.page.url.startswith(server)
    turn.locator("a.see").first.click()
    quote.wait_for()
    visit.close(faults=True)


def test_lists_are_lists_and_cards_are_as_wide_as_the_column(visit: Visit) -> None:
    turn = visit.ask("重点任务一共分成几项？")
    items = turn.get_by_role("list").first.get_by_role("listitem")
    assert items.count() >= 9
    tall = turn.locator(".quotations").first.bounding_box()
    assert tall
    assert tall["height"] / items.count() < 56, "a line each"
    turn = visit.ask(SHARE)
    card = turn.locator(".quotation").first.bounding_box()
    text = turn.locator(".text").bounding_box()
    assert card
    assert text
    assert card["width"] >= 0.97 * text["width"]


def test_a_refusal_looks_unlike_evidence(visit: Visit) -> None:
    edge = "e => getComputedStyle(e).borderLeftColor + getComputedStyle(e).backgroundColor"
    evidence = visit.ask(QUESTION).locator(".quotation").first.evaluate(edge)
    turn = visit.ask(REFUSED)
    assert turn.get_attribute("data-status") == "not_covered"
    assert "没有" in turn.locator(".head").inner_text()
    assert turn.locator(".quotation").count() == 0
    assert "12345" in turn.inner_text() or "教育主管部门" in turn.inner_text()
    near = turn.locator(".related")
    assert near.count() == 0 or near.locator("li").first.evaluate(edge) != evidence


def test_a_correction_is_shown_as_one(visit: Visit) -> None:
    turn = visit.ask("听说公办幼儿园占比要达到80%，是不是？")
    assert turn.locator(".head").inner_text() == "更正"
    turn = visit.ask("那普惠性的呢？")
    assert turn.locator(".head").count() == 0, "a neutral question is no false belief"


def test_the_standing_line_does_not_follow_a_greeting(visit: Visit) -> None:
    for courtesy in ("你好", "谢谢"):
        assert "仅供参考" not in visit.ask(courtesy).inner_text()
    assert "仅供参考" in visit.ask(QUESTION).inner_text()


def test_everybody_learns_what_it_covers(visit: Visit) -> None:
    bar = visit.page.locator("header.bar").inner_text()
    for word in ("重庆", "2020", "2022"):
        assert word in bar
    assert "已满" in bar
    visit.page.get_by_role("link", name="关于").click()
    visit.page.wait_for_url("**/about")
    about = visit.page.locator("main").inner_text()
    for word in ("重庆", "满", "保存", "180"):
        assert word in about, word


def test_all_can_be_done_by_keyboard_alone(visit: Visit) -> None:
    keyboard = visit.page.keyboard
    visit.page.evaluate("document.activeElement.blur()")
    keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.matches('a.skip')")
    keyboard.press("Enter")
    visit.box.focus()
    keyboard.insert_text(QUESTION)
    keyboard.press("Enter")
    visit.turns.first.wait_for()
    visit.settled(visit.turns.first)
    visit.turns.first.locator(".reply").focus()
    reached = []
    for _ in range(40):
        keyboard.press("Tab")
        found = visit.page.evaluate(
            "(() => { const e = document.activeElement; const r = e.getBoundingClientRect();"
            "const s = getComputedStyle(e);"
            "return {text: (e.getAttribute('aria-label') || e.textContent).trim().slice(0, 20),"
            "inTurn: !!e.closest('.turn'),"
            "ring: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 || s.boxShadow !== 'none',"
            "seen: r.bottom > 0 && r.top < innerHeight} })()"
        )
        if not found["inTurn"]:
            break
        reached.append(found)
    names = " ".join(each["text"] for each in reached)
    for tool in ("[1]", "复制", "分享", "打印依据单", "朗读", "修改后再问", "有用", "没用"):
        assert tool in names, f"{tool} is not reached"
    assert [each for each in reached if not each["ring"]] == []
    assert [each for each in reached if not each["seen"]] == []


def test_what_is_pressed_is_large_enough(phone: Visit) -> None:
    phone.ask(QUESTION)
    phone.ask(REFUSED)
    small = phone.page.evaluate(
        """[...document.querySelectorAll('a[href], button, input, summary, textarea, select')].filter(e => {
          if (!e.checkVisibility({visibilityProperty: true}) || e.matches('.skip')) return false;
          const box = e.getBoundingClientRect();
          return box.width && (box.width < 24 || box.height < 24);
        }).map(e => e.outerHTML.slice(0, 90) + ' ' + e.getBoundingClientRect().width + 'x'
          + e.getBoundingClientRect().height)"""
    )
    assert small == []


def test_new_answers_are_announced(browser: "Browser", held: Held) -> None:
    visit = Visit(browser, held.base)
    assert visit.status.get_attribute("role") == "status"
    held.gate.close()
    turn = visit.put(held.fresh())
    visit.until("document.querySelector('#status').textContent.trim() !== ''")
    assert "回答：" not in visit.status.inner_text()
    held.gate.open()
    visit.settled(turn)
    visit.until("document.querySelector('#status').textContent.startsWith('回答：')")
    visit.close()


@pytest.mark.parametrize("question", ["校服多少钱一套？", "北京的幼儿园怎么收费？"])
def test_thumbs_stand_only_where_a_rating_is_kept(visit: Visit, question: str) -> None:
    turn = visit.ask(question)
    turn.locator("[data-tool=up]").click()
    turn.get_by_text("谢谢").first.wait_for()
