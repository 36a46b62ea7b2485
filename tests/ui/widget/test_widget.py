"""The widget as a portal's visitors meet it: a real browser, the real application, a page of another site."""

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.chromium import drawn, until
from tests.ui.widget.conftest import MakeKey
from tests.ui.widget.portal import PHONE, TITLE, Portal, Visitor, portal_at

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Route

    from assistant.storage.store import Store

QUESTION = "娃儿一天在学校能运动好久？"
QUOTED = "每天１小时校园体育活动时间"
TARGET = 44
"""Pixels that a finger needs (WCAG 2.5.5)."""
PLAN = "chongqing-education-modernization-2020-2022"
_NOTE_WAIT = """new MutationObserver(() => {
    window.toldToWait ??= document.querySelector("[data-status=fault] button:disabled")?.textContent;
}).observe(document.body, {childList: true, subtree: true})"""
"""Note what a button says that cannot be pressed yet: on a slow machine it can be when one looks."""


def focused(visitor: Visitor) -> str | None:
    """The class or name of what has the portal page's focus inside the widget."""
    found: str | None = visitor.page.evaluate(
        "(() => { const e = document.querySelector('policy-qa-widget').shadowRoot.activeElement;"
        " return e && (e.className || e.tagName) })()"
    )
    return found


def failing(visitor: Visitor, status: int, headers: dict[str, str], body: str) -> None:
    """Let the next questions meet this response instead of the server's."""
    visitor.context.route("**/v1/ask", lambda route: route.fulfill(status=status, headers=headers, body=body))


def fault_of(visitor: Visitor, question: str = QUESTION) -> "Locator":
    """What is shown below a question that could not be answered."""
    visitor.box.fill(question)
    visitor.box.press("Enter")
    fault = visitor.turns.last.locator("[data-status=fault]")
    fault.wait_for()
    return fault


def test_a_question_is_answered_with_quotations_verbatim(
    visitor: Visitor, base: str, make_key: MakeKey
) -> None:
    turn = visitor.ask(QUESTION)
    quotes = turn.locator("blockquote").all_text_contents()
    shown = {"Authorization": f"Bearer {make_key()}"}
    text = httpx.get(f"{base}/v1/documents/{PLAN}/text", headers=shown).text
    assert quotes
    assert all(quote in text for quote in quotes)
    assert QUOTED in quotes[0]
    assert "二、（一）4" in turn.locator("figcaption").first.inner_text()


def test_a_clauses_label_opens_the_original_in_a_new_window(visitor: Visitor) -> None:
    link = visitor.ask(QUESTION).locator("figcaption a").first
    assert link.get_attribute("rel") == "noopener"
    with visitor.context.expect_page() as opened:
        link.click()
    mark = opened.value.locator("mark#quote")
    mark.wait_for()
    assert QUOTED in mark.inner_text()
    assert visitor.panel.is_visible()


def test_a_follow_up_is_understood_in_its_conversation(visitor: Visitor) -> None:
    visitor.ask("公办幼儿园的占比要达到多少？")
    turn = visitor.ask("这个比例要到哪年？")
    assert "2022" in turn.inner_text()
    assert visitor.asked[1]["conversation_id"]


def test_a_refusal_names_whom_to_ask_and_looks_unlike_evidence(visitor: Visitor) -> None:
    turn = visitor.ask("公办幼儿园一个月收好多钱？")
    assert "当地教育主管部门" in turn.inner_text()
    assert turn.get_by_text("文件里没有写到", exact=True).is_visible()
    assert turn.get_by_text("原文依据").count() == 0
    assert turn.locator("blockquote").count() > 0
    assert not turn.locator("blockquote").first.is_visible(), "nearest clauses stay folded away"
    turn.locator("summary").click()
    near = turn.locator("details figure").first
    near.wait_for()
    assert near.evaluate("e => getComputedStyle(e).borderLeftWidth") == "0px"


def test_the_answer_comes_without_streams_too(visitor: Visitor) -> None:
    def plain(route: "Route") -> None:
        route.continue_(headers={**route.request.headers, "accept": "application/json"})

    visitor.context.route("**/v1/ask", plain)
    assert QUOTED in visitor.ask(QUESTION).inner_text()


def test_a_new_conversation_begins_empty(visitor: Visitor) -> None:
    visitor.ask(QUESTION)
    visitor.page.get_by_role("button", name="新对话").click()
    visitor.frame.get_by_text("您好，想了解哪项教育政策？").wait_for()
    assert visitor.turns.count() == 0
    visitor.ask(QUESTION)
    assert "conversation_id" not in visitor.asked[-1]


def test_a_rating_is_kept_with_its_answer(visitor: Visitor, store: "Store") -> None:
    turn = visitor.ask(QUESTION)
    turn.get_by_role("button", name="没用").click()
    turn.get_by_role("button", name="没答到点上").wait_for()
    assert turn.get_by_role("button", name="没用").get_attribute("aria-pressed") == "true"
    assert [rated.rating for rated in store.ratings.rated()][-1] == "down"
    turn.get_by_role("button", name="没答到点上").click()
    turn.get_by_text("谢谢，已记下您的评价。").wait_for()
    turn.get_by_role("button", name="有用", exact=True).click()
    turn.locator(".up[aria-pressed=true]").wait_for()
    assert [rated.rating for rated in store.ratings.rated()][-1] == "up"


def test_the_browser_shows_it_on_no_other_portal(browser: "Browser", portal: Portal, base: str) -> None:
    with portal_at("localhost", base) as foreign:
        foreign.key = portal.key
        stranger = Visitor(browser, foreign)
        stranger.button.click()
        stranger.page.get_by_text("问答服务现在打不开").wait_for()
        assert stranger.page.locator("policy-qa-widget iframe").count() == 0
        assert stranger.asked == []
        assert any("frame-ancestors" in error for error in stranger.errors)
        stranger.page.keyboard.press("Escape")
        assert not stranger.panel.is_visible()
        stranger.context.close()


def test_by_itself_the_frames_page_asks_nothing(browser: "Browser", base: str, portal: Portal) -> None:
    page = browser.new_page()
    page.goto(f"{base}/widget?key_id={portal.key_id}")
    page.get_by_text("要放在门户网页里使用").wait_for()
    page.evaluate("k => window.postMessage({policyQA: 'settings', key: k, scheme: 'light'}, '*')", portal.key)
    page.wait_for_timeout(200)
    assert not page.get_by_label("您的问题").is_visible(), "only the page around it is heard"
    page.close()


def test_a_page_around_it_cannot_lend_it_another_portals_key(visitor: Visitor, portal: Portal) -> None:
    other = "pqa_zzzzzzzzzz22_" + "B" * 43
    visitor.page.evaluate(
        """key => {
            const frame = document.querySelector('policy-qa-widget').shadowRoot.querySelector('iframe');
            frame.contentWindow.postMessage({policyQA: 'settings', key, scheme: 'light'}, '*');
        }""",
        other,
    )
    with visitor.page.expect_request("**/v1/ask") as sent:
        visitor.ask(QUESTION)
    assert sent.value.headers["authorization"] == f"Bearer {portal.key}"
    assert not any(portal.key in frame.url for frame in visitor.page.frames), "no key in an address"


def test_it_can_be_used_by_keyboard_alone(browser: "Browser", portal: Portal) -> None:
    visitor = Visitor(browser, portal)
    keys = visitor.page.keyboard
    keys.press("Tab")  # the portal's own link
    keys.press("Tab")
    assert focused(visitor) == "launch"
    keys.press("Enter")
    visitor.box.wait_for()
    until(visitor.page, lambda: focused(visitor) == "IFRAME")
    until(visitor.page, lambda: visitor.inside("document.activeElement.id") == "question")
    drawn(visitor.inner)
    keys.type(QUESTION)
    keys.press("Enter")
    visitor.turns.first.get_by_text("仅供参考").wait_for()
    keys.press("Shift+Tab")
    assert visitor.inside("document.activeElement.textContent") == "没用"
    keys.press("Enter")
    visitor.turns.first.locator(".down[aria-pressed=true]").wait_for()
    keys.press("Escape")
    visitor.panel.wait_for(state="hidden")
    assert focused(visitor) == "launch"
    keys.press("Space")
    visitor.box.wait_for()
    assert visitor.turns.count() == 1, "closing ends no conversation"
    visitor.context.close()


def test_every_stop_of_the_tab_key_shows_where_it_is(visitor: Visitor) -> None:
    visitor.ask(QUESTION)
    visitor.page.get_by_role("button", name="收起").focus()
    seen: set[str] = set()

    def moved() -> bool:
        """Whether the key has arrived: at the next stop of the frame, or beyond its last one."""
        if focused(visitor) != "IFRAME":
            return bool(seen)
        return bool(visitor.inside("document.activeElement !== window.before"))

    for _ in range(8):
        visitor.inside("window.before = document.activeElement")
        visitor.page.keyboard.press("Tab")
        until(visitor.page, moved)
        if focused(visitor) != "IFRAME":
            break
        shown = visitor.inside(
            "(() => { const e = document.activeElement, s = getComputedStyle(e.closest('.box') || e);"
            " const shown = s.outlineStyle !== 'none' || s.boxShadow !== 'none';"
            " return [e.id || e.className || e.tagName, shown] })()"
        )
        seen.add(shown[0])
        assert shown[1], f"{shown[0]} shows no focus"
    assert {"talk", "marker", "question", "send"} <= seen


def test_enter_that_chooses_a_word_of_an_input_method_sends_nothing(visitor: Visitor) -> None:
    visitor.box.fill("娃儿")
    visitor.box.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    visitor.box.press("Shift+Enter")
    visitor.page.wait_for_timeout(200)
    assert visitor.asked == []
    assert visitor.box.input_value() == "娃儿\n"


def test_a_screen_reader_is_told_what_happens(visitor: Visitor) -> None:
    assert visitor.page.get_by_role("dialog", name=TITLE).is_visible()
    assert visitor.page.locator("policy-qa-widget iframe").get_attribute("title") == TITLE
    assert visitor.frame.locator("html").get_attribute("lang") == "zh-CN"
    turn = visitor.ask(QUESTION)
    said = visitor.frame.locator("#status").text_content() or ""
    assert QUOTED in said
    assert "附原文依据1条" in said
    assert "[1]" not in said
    assert turn.get_by_role("heading", name="回答").count() == 1
    assert visitor.box.evaluate("e => e === document.activeElement"), "one can ask on at once"
    nameless = visitor.frame.locator("button, a, summary, textarea").evaluate_all(
        "all => all.filter(e => !(e.textContent.trim() || e.ariaLabel || e.labels?.length)).length"
    )
    assert nameless == 0


def test_on_a_phone_it_takes_the_whole_screen_and_gives_the_page_back(
    browser: "Browser", portal: Portal
) -> None:
    visitor = Visitor(browser, portal, PHONE, has_touch=True, is_mobile=True)
    visitor.open()
    box = visitor.panel.bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, *PHONE)
    assert visitor.panel.evaluate("e => e.matches(':modal')"), "what lies behind is out of reach"
    turn = visitor.ask(QUESTION)
    assert visitor.inside("document.activeElement.id") == "talk", "the keyboard has gone"
    assert not visitor.inside("document.activeElement.matches(':focus-visible')"), "nobody went there by keys"
    turn.get_by_role("button", name="没用").click()
    turn.get_by_role("button", name="看不明白").wait_for()
    small = visitor.inside(
        "[...document.querySelectorAll('button, summary, figcaption a')].filter(e => e.checkVisibility())"
        f".filter(e => e.getBoundingClientRect().height < {TARGET}).map(e => e.textContent)"
    )
    assert small == []
    for control in visitor.panel.locator("button").all():
        size = control.bounding_box()
        assert size is not None
        assert min(size["width"], size["height"]) >= TARGET
    assert visitor.inside("document.documentElement.scrollWidth") <= PHONE[0]
    assert visitor.page.evaluate("getComputedStyle(document.documentElement).overflow") == "hidden"
    visitor.page.get_by_role("button", name="收起").click()
    assert visitor.page.evaluate("getComputedStyle(document.documentElement).overflow") == "visible"
    assert visitor.errors == []
    visitor.context.close()


def test_above_a_phones_keyboard_the_box_stays_in_sight(browser: "Browser", portal: Portal) -> None:
    visitor = Visitor(browser, portal, PHONE, has_touch=True, is_mobile=True)
    visitor.open()
    visitor.page.evaluate(  # what the keyboard does to the part of the window that is seen
        "Object.defineProperty(visualViewport, 'height', {value: 400});"
        "visualViewport.dispatchEvent(new Event('resize'))"
    )

    def in_sight() -> bool:
        box = visitor.box.bounding_box()
        return box is not None and box["y"] + box["height"] <= 400

    until(visitor.page, in_sight)  # the frame, a process of its own, hears later how high it is
    visitor.context.close()


def test_a_limit_of_the_key_is_told_with_its_end(
    browser: "Browser", portal: Portal, make_key: MakeKey
) -> None:
    portal.key = make_key(origins=(portal.origin,), per_minute=1)
    visitor = Visitor(browser, portal)
    visitor.open()
    visitor.ask(QUESTION)
    again = fault_of(visitor).get_by_role("button")
    assert again.is_disabled()
    assert re.fullmatch(r"[1-9]\d? 秒后可以重试", again.inner_text())
    visitor.context.close()


def test_a_key_that_is_revoked_meanwhile_is_a_matter_for_the_administrator(
    visitor: Visitor, portal: Portal, store: "Store"
) -> None:
    store.keys.revoke(portal.key_id, datetime.now(UTC))
    fault = fault_of(visitor)
    assert "请告诉网站管理员" in fault.inner_text()
    assert fault.get_by_role("button").count() == 0, "nothing that a visitor does would help"


def test_too_many_questions_say_when_to_come_back(visitor: Visitor) -> None:
    problem = '{"detail": "请看响应头 Retry-After。", "status": 429, "request_id": "abcdef12"}'
    failing(visitor, 429, {"Content-Type": "application/problem+json", "Retry-After": "1"}, problem)
    visitor.inside(_NOTE_WAIT)
    fault = fault_of(visitor)
    assert "请稍等一会儿再试" in fault.inner_text()
    assert "响应头" not in fault.inner_text(), "a visitor has none to look at"
    assert "abcdef12" in fault.inner_text()
    assert visitor.inside("window.toldToWait") == "1 秒后可以重试"
    visitor.context.unroute("**/v1/ask")
    fault.get_by_role("button", name="重试").click()
    visitor.turns.last.locator("blockquote").first.wait_for()
    assert visitor.turns.count() == 1, "the question stands once"


@pytest.mark.parametrize(
    ("status", "headers", "body", "said", "retry"),
    [
        (
            401,
            {"Content-Type": "application/problem+json"},
            '{"detail": "密钥不对。"}',
            "请告诉网站管理员",
            0,
        ),
        (502, {"Content-Type": "text/html"}, "<h1>Bad Gateway</h1>", "请再试一次", 1),
        (200, {"Content-Type": "text/event-stream"}, "event: delta\ndata: {}\n\n", "没有传完", 1),
        (
            200,
            {"Content-Type": "text/event-stream"},
            'event: error\ndata: {"status": 503, "detail": "服务正在打开索引，请过几秒再试。"}\n\n',
            "正在打开索引",
            1,
        ),
    ],
)
def test_a_fault_is_one_chinese_sentence(
    visitor: Visitor, status: int, headers: dict[str, str], body: str, said: str, retry: int
) -> None:
    failing(visitor, status, headers, body)
    fault = fault_of(visitor)
    assert said in fault.inner_text()
    assert not re.search("[A-Za-z]", fault.inner_text())
    assert fault.get_by_role("button").count() == retry


def test_without_a_network_it_says_so_and_goes_on_after(visitor: Visitor) -> None:
    visitor.context.set_offline(True)
    fault = fault_of(visitor)
    assert "检查网络" in fault.inner_text()
    visitor.context.set_offline(False)
    fault.get_by_role("button", name="重试").click()
    visitor.turns.last.locator("blockquote").first.wait_for()


def test_a_question_in_work_can_be_stopped(visitor: Visitor) -> None:
    held: list[Any] = []
    visitor.context.route("**/v1/ask", lambda route: held.append(route))
    visitor.box.fill(QUESTION)
    visitor.box.press("Enter")
    until(visitor.page, lambda: held)
    visitor.frame.get_by_role("button", name="停止").click()
    visitor.turns.last.get_by_text("已停止").wait_for()
    held[0].abort()
    visitor.context.unroute("**/v1/ask")
    visitor.turns.last.get_by_role("button", name="再问一次").click()
    visitor.turns.last.locator("blockquote").first.wait_for()


def test_an_empty_and_an_overlong_question_are_not_sent(visitor: Visitor) -> None:
    visitor.box.fill("  ")
    visitor.box.press("Enter")
    visitor.frame.get_by_role("alert").get_by_text("请写下您想问的事").wait_for()
    visitor.box.fill("𠀀" * 1001)
    visitor.box.press("Enter")
    visitor.frame.get_by_role("alert").get_by_text("现在有1001个").wait_for()
    assert visitor.asked == []


@pytest.mark.parametrize(
    "hostile",
    [
        "<img src=x onerror=\"document.title='hacked'\">校服",
        "<script>document.title='hacked'</script> [x](javascript:1)",
    ],
)
def test_what_people_type_is_shown_as_text(visitor: Visitor, hostile: str) -> None:
    turn = visitor.ask(hostile)
    assert turn.locator(".asked").inner_text() == hostile
    assert turn.locator("img, script").count() == 0
    assert visitor.inside("document.title") == TITLE


def test_an_answers_words_and_addresses_do_nothing(visitor: Visitor) -> None:
    citation = {
        "marker": 1, "document_title": "<b>甲</b>", "clause_label": "<i>一</i>", "clause_path": ["<u>x</u>"],
        "quote": "<svg onload=alert(1)>", "url": "javascript:alert(1)", "row": [],
    }  # fmt: skip
    answer = {
        "id": "ans_1", "conversation_id": "cnv_1", "status": "answered", "answer": "<a href=x>甲</a>[1][9]",
        "citations": [citation, {**citation, "url": "https://evil.example/documents/x"}], "related": [],
        "notices": [{"kind": "safety", "text": "<b>请拨打110</b>"}],
    }  # fmt: skip
    visitor.context.route("**/v1/ask", lambda route: route.fulfill(status=200, json=answer))
    turn = visitor.ask(QUESTION)
    assert turn.locator("a, b, i, u, svg").count() == 0
    assert turn.locator("blockquote").first.text_content() == "<svg onload=alert(1)>"
    assert turn.locator(".reply > :first-child").inner_text() == "<b>请拨打110</b>", (
        "what is urgent comes first"
    )


def test_a_portal_gives_it_its_own_words_and_colour(browser: "Browser", portal: Portal) -> None:
    portal.attributes = {
        "data-title": "问政策",
        "data-color": "#ffd54a",
        "data-greeting": "想查哪条规定？",
        "data-examples": "校外培训机构怎么管？| 重点任务一共分成几项？",
        "data-documents": PLAN,
        "data-side": "left",
    }
    visitor = Visitor(browser, portal)
    box = visitor.button.bounding_box()
    assert box is not None
    assert box["x"] < 100
    assert visitor.button.evaluate("e => getComputedStyle(e).color") == "rgb(0, 0, 0)", "dark ink on yellow"
    visitor.open()
    assert visitor.page.get_by_role("dialog", name="问政策").is_visible()
    visitor.frame.get_by_text("想查哪条规定？").wait_for()
    examples = visitor.frame.locator("#examples button")
    assert examples.all_text_contents() == ["校外培训机构怎么管？", "重点任务一共分成几项？"]
    examples.first.click()
    visitor.turns.first.get_by_text("仅供参考").wait_for()
    assert visitor.asked[0]["documents"] == [PLAN]
    visitor.context.close()


def test_without_a_whole_key_there_is_no_button_and_the_reason_stands_in_the_console(
    browser: "Browser", portal: Portal
) -> None:
    portal.attributes = {"data-key": "pqa_abc"}
    visitor = Visitor(browser, portal)
    visitor.page.wait_for_load_state()
    assert visitor.page.locator("policy-qa-widget").count() == 0
    assert any("data-key" in error for error in visitor.errors)
    visitor.context.close()


def test_nothing_is_loaded_from_the_assistant_before_somebody_opens_it(
    browser: "Browser", portal: Portal
) -> None:
    visitor = Visitor(browser, portal)
    visitor.button.wait_for()
    loaded = visitor.page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    assert [name for name in loaded if name.startswith(portal.base)] == [f"{portal.base}/widget.js"]
    visitor.context.close()


def test_it_is_dark_only_in_a_page_that_can_be_dark(browser: "Browser", portal: Portal) -> None:
    visitor = Visitor(browser, portal, color_scheme="dark")
    visitor.open()
    ground = "getComputedStyle(document.body).backgroundColor"
    assert visitor.inside(ground) == "rgb(255, 255, 255)"
    visitor.page.reload()
    visitor.page.evaluate("document.documentElement.style.colorScheme = 'light dark'")
    visitor.open()
    assert visitor.inside(ground) == "rgb(25, 32, 39)"
    visitor.context.close()


def test_a_portals_direction_and_zoom_leave_the_panel_whole(browser: "Browser", portal: Portal) -> None:
    for side, style in (("ltr", "zoom: 2"), ("rtl", "direction: rtl")):
        visitor = Visitor(browser, portal)
        visitor.page.evaluate(f"document.documentElement.style.cssText = '{style}'")
        visitor.open()
        box, title = visitor.panel.bounding_box(), visitor.panel.locator("h2")
        assert box is not None
        assert box["y"] >= 0, side
        assert box["y"] + box["height"] <= visitor.page.evaluate("innerHeight"), side
        assert title.evaluate("e => getComputedStyle(e).direction") == "ltr"
        visitor.context.close()


def test_nothing_moves_where_people_asked_for_rest(browser: "Browser", portal: Portal) -> None:
    moving = "e => getComputedStyle(e).animationName"
    for wish, expected in (("reduce", "none"), ("no-preference", "rise")):
        visitor = Visitor(browser, portal, reduced_motion=wish)
        visitor.open()
        assert visitor.panel.evaluate(moving) == expected
        visitor.context.close()
