"""The page is laid out as it was meant: lines begin below each other, no button is squeezed, nothing lies
over words, and the clause that is cited begins in sight."""

from typing import TYPE_CHECKING

import pytest

from tests.ui.chat.visit import SIZES, Visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Route

CARED_FOR = "放学了没得人接，学校管不管？"
"""Its quotation stands so deep in its clause that a third of a phone's window is too little to show both."""
RIGHTS = "残疾孩子上学有什么保障？"
"""Answered by a list, of which a part has room for its place beside it and a part has not."""
_BEGINNINGS = """element => {
  const lines = new Map();
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const {left, width, bottom} of node.data.trim() ? range.getClientRects() : []) {
      const line = [...lines.keys()].find(each => Math.abs(each - bottom) < 8) ?? bottom;
      if (width > 2) lines.set(line, Math.min(left, lines.get(line) ?? left));
    }
  }
  return [...lines.values()];
}"""
"""Where each line of an element's text begins."""


def _one_edge(part: "Locator", lines: int = 1) -> None:
    found = part.evaluate(_BEGINNINGS)
    assert len(found) >= lines, "too short to show anything"
    assert max(found) - min(found) < 3, found


def _top(part: "Locator") -> float:
    box = part.bounding_box()
    assert box
    return box["y"]


def _bottom(part: "Locator") -> float:
    box = part.bounding_box()
    assert box
    return box["y"] + box["height"]


def test_on_a_phone_lines_begin_below_each_other_and_no_ring_lies_over_the_question(phone: Visit) -> None:
    turn = phone.ask(CARED_FOR)
    assert turn.locator(".reply").evaluate("e => e === document.activeElement"), "the keyboard is put away"
    assert turn.locator(".reply").evaluate("e => getComputedStyle(e).outlineStyle") == "none"
    caption = turn.locator("figcaption").first
    _one_edge(caption.locator(".see"), 2)
    assert abs(_top(caption.locator(".tag")) - _top(caption.locator(".see"))) < 12, "they share a line"
    _one_edge(turn.locator(".source"), 2)
    places = [each.bounding_box() for each in phone.ask(RIGHTS).locator(".brief .see").all()]
    words = [each.bounding_box() for each in phone.last.locator(".brief q").all()]
    assert len(places) >= 3
    assert len({round(each["x"]) for each in (*places, *words) if each}) == 1, "where the words begin"
    ways = phone.page.locator("header nav > :visible")
    assert ways.count() == 5
    assert len({round(_top(each)) for each in ways.all()}) == 1, "the head takes one row of a small window"


def test_the_clause_that_is_cited_begins_in_sight_on_a_phone(phone: Visit) -> None:
    turn = phone.ask(CARED_FOR)
    turn.locator("a.see").first.tap()
    mark = phone.original.locator("mark#quote")
    mark.wait_for()
    phone.at_rest()
    assert _top(phone.original.locator(".cited")) >= _bottom(phone.original.locator(".pane-bar")) - 1
    assert _bottom(mark) <= phone.page.evaluate("innerHeight")
    assert mark.evaluate("e => e === document.activeElement")
    assert mark.evaluate("e => getComputedStyle(e).outlineStyle") == "none", (
        "marked already, a ring hides words"
    )


def test_the_ways_out_of_a_failed_question_stand_below_it(visit: Visit) -> None:
    def abort(route: "Route") -> None:
        route.abort()

    visit.page.route("**/gradio_api/**", abort)
    turn = visit.ask(CARED_FOR)
    edges = [part.bounding_box() for part in (turn.locator(".asked"), turn.locator(".tools button").first)]
    assert all(edges)
    assert abs(edges[0]["x"] - edges[1]["x"]) < 1  # type: ignore[index]


def test_a_page_whose_conversation_does_not_come_is_shown_from_its_top(visit: Visit) -> None:
    def abort(route: "Route") -> None:
        route.abort()

    visit.ask(RIGHTS)
    visit.ask(CARED_FOR)
    visit.page.route("**/chat/transcript", abort)
    visit.page.reload()
    visit.page.get_by_text("之前的对话暂时打不开").wait_for()
    visit.at_rest()
    assert _top(visit.page.locator("#greeting")) >= _bottom(visit.page.locator("header.bar"))


def test_no_button_of_a_dialog_is_squeezed(browser: "Browser", server: str) -> None:
    visit = Visit(browser, server, SIZES["400%"])
    turn = visit.ask(CARED_FOR)
    history = visit.history()
    history.get_by_role("button", name="改名").click()
    for button in (history.get_by_role("button", name=name) for name in ("保存", "关闭")):
        _one_line(button)
    visit.page.keyboard.press("Escape")
    visit.page.keyboard.press("Escape")
    visit.tool(turn, "没用").click()
    _one_line(visit.page.locator("#reasons [data-close]"))
    visit.close()


def _one_line(button: "Locator") -> None:
    assert len(button.evaluate(_BEGINNINGS)) == 1, button.inner_text()


def test_what_is_read_stays_in_sight_when_the_type_grows(visit: Visit) -> None:
    visit.ask(CARED_FOR)
    turn = visit.ask(RIGHTS)
    mark = visit.original.locator("mark#quote")
    mark.wait_for()
    before = _top(turn.locator(".asked"))
    visit.display("长者模式")
    visit.at_rest()
    assert abs(_top(turn.locator(".asked")) - before) < 40
    assert _bottom(visit.original.locator(".pane-bar")) <= _top(mark) < visit.page.evaluate("innerHeight")


@pytest.mark.parametrize("change", ["type", "width"])
def test_the_box_is_as_high_as_its_words_in_any_type_and_width(visit: Visit, change: str) -> None:
    visit.box.fill("娃儿上学的事情我想问清楚。" * 6)
    if change == "type":
        visit.display("长者模式")
    else:
        visit.page.set_viewport_size({"width": 390, "height": 844})
    visit.until("(box => box.scrollHeight <= box.clientHeight + 1)(document.getElementById('question'))")
