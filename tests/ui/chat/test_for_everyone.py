"""How it is shown is everybody's choice: large type, dark, contrast, rest; and it works without script."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.chromium import until
from tests.ui.chat.visit import PHONE, QUESTION, QUOTED, Visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_GROUND = "getComputedStyle(document.body).backgroundColor"
_SIZE = "parseFloat(getComputedStyle(document.querySelector('#turns .text, #welcome p')).fontSize)"


def _light(colour: str) -> float:
    red, green, blue = (int(each) for each in colour.removeprefix("rgb(").rstrip(")").split(",")[:3])
    return (red + green + blue) / 3


def test_large_type_and_dark_are_chosen_and_stay_on_every_page(visit: Visit) -> None:
    visit.ask(QUESTION)
    before = visit.page.evaluate(_SIZE)
    visit.display("长者模式", "深色")
    assert visit.page.evaluate(_SIZE) >= 1.3 * before
    assert _light(visit.page.evaluate(_GROUND)) < 60
    visit.page.reload()
    visit.ready()
    visit.turns.first.wait_for()
    assert visit.page.evaluate(_SIZE) >= 1.3 * before
    assert _light(visit.page.evaluate(_GROUND)) < 60
    for path in ("/documents", "/about"):
        visit.page.goto(visit.base + path)
        assert visit.page.evaluate("document.documentElement.dataset.type") == "elder"
        assert _light(visit.page.evaluate(_GROUND)) < 60
    visit.page.goto(visit.base)
    visit.ready()
    visit.display("标准", "浅色")
    assert visit.page.evaluate(_SIZE) == before
    assert _light(visit.page.evaluate(_GROUND)) > 200


@pytest.mark.parametrize("size", [(1024, 800), (1440, 800)])
def test_the_bar_covers_neither_the_question_nor_the_originals_button_however_high_it_is(
    browser: "Browser", server: str, size: tuple[int, int]
) -> None:
    visit = Visit(browser, server, size)
    visit.page.evaluate("localStorage['policy-qa:display'] = JSON.stringify({type: 'elder', theme: 'auto'})")
    visit.page.reload()
    visit.ready()
    turn = visit.ask(QUESTION)
    bar = visit.page.locator("header.bar").evaluate("e => e.getBoundingClientRect().bottom")
    for part in (turn.locator(".asked"), visit.page.locator("#close-original")):
        part.wait_for()
        assert part.evaluate("e => e.getBoundingClientRect().top") >= bar
    visit.close()


def test_large_type_fits_a_phone(browser: "Browser", server: str) -> None:
    visit = Visit(browser, server, PHONE)
    visit.page.evaluate("localStorage['policy-qa:display'] = JSON.stringify({type: 'elder', theme: 'auto'})")
    visit.page.reload()
    visit.ready()
    turn = visit.ask(QUESTION)
    for part in (".asked", ".reply"):
        line = visit.first_line(turn.locator(part))
        assert line["whole"]
        assert line["uncovered"]
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    small = visit.page.evaluate(
        "[...document.querySelectorAll('.turn button, .turn a, .turn summary, form button')]"
        ".filter(e => e.checkVisibility() "
        "&& e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 80))"
    )
    assert small == [], "for fingers that are not steady"
    visit.close()


@pytest.mark.parametrize(
    "wish", [{"color_scheme": "dark"}, {"forced_colors": "active"}, {"contrast": "more"}]
)
def test_what_the_system_asks_for_is_followed(browser: "Browser", server: str, wish: dict[str, Any]) -> None:
    visit = Visit(browser, server, **wish)
    turn = visit.ask(QUESTION)
    if "color_scheme" in wish:
        assert _light(visit.page.evaluate(_GROUND)) < 60
    elif "contrast" in wish:
        assert "contrast.css" in visit.page.evaluate(
            "[...document.styleSheets].filter(s => !s.media.length || matchMedia(s.media.mediaText).matches)"
            ".map(s => s.href).join()"
        )
    else:
        edge = "e => getComputedStyle(e).borderTopStyle + getComputedStyle(e).borderTopWidth"
        for button in (visit.send, visit.tool(turn, "复制")):
            assert button.evaluate(edge) not in ("none0px", "none"), "a button without an edge is text"
        turn.locator("a.see").first.click()
        quote = visit.original.locator("mark#quote")
        quote.wait_for()
        ground = quote.evaluate("e => getComputedStyle(e).backgroundColor")
        assert ground != visit.original.evaluate("e => getComputedStyle(e).backgroundColor")
    visit.close()


def test_nothing_moves_where_people_asked_for_rest(browser: "Browser", server: str) -> None:
    visit = Visit(browser, server)  # asks for it
    visit.ask(QUESTION)
    visit.put("公办幼儿园的占比要达到多少？")
    moving = visit.page.evaluate(
        "document.getAnimations()"
        ".filter(a => a.effect.getTiming().duration > 10 && a.playState === 'running').length"
    )
    assert moving == 0
    assert visit.page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") != "smooth"
    visit.settled(visit.last)
    visit.close()


def test_without_script_a_form_gets_the_answer(browser: "Browser", server: str) -> None:
    visit = Visit(browser, server, PHONE, java_script_enabled=False)
    page = visit.page
    page.get_by_label("您的问题").fill(QUESTION)
    page.get_by_role("button", name="发送").click()
    page.wait_for_url("**/ask*")
    turn = page.locator("#turns > .turn")
    assert turn.count() == 1
    assert QUOTED in turn.inner_text()
    assert page.get_by_role("button", name="复制").count() == 0, "what needs a script is not offered"
    assert page.get_by_role("button", name="停止").count() == 0
    assert page.get_by_role("button", name="大字").count() == 0
    page.get_by_label("您的问题").fill("公办幼儿园的占比要达到多少？")
    page.get_by_role("button", name="发送").click()
    turn.nth(1).wait_for()
    page.get_by_label("您的问题").fill("到哪一年？")
    page.get_by_role("button", name="发送").click()
    turn.nth(2).wait_for()
    assert "2022" in turn.last.locator(".reply").inner_text(), "the conversation goes on"
    turn.first.locator("a.see").first.click()
    page.wait_for_url("**/documents/**")
    assert QUOTED in page.locator("mark#quote").inner_text()
    visit.close()


def test_without_script_a_first_question_and_a_follow_up_are_asked_by_one_click(
    browser: "Browser", server: str
) -> None:
    visit = Visit(browser, server, java_script_enabled=False)
    visit.page.locator("#welcome button[name=question], #welcome button[name=suggested]").first.click()
    visit.page.wait_for_url("**/ask*")
    visit.page.locator(".follow-ups button").first.click()
    turn = visit.page.locator("#turns > .turn").nth(1)
    turn.wait_for()

    def below_the_bar() -> bool:
        head, asked = visit.page.locator("header.bar").bounding_box(), turn.locator(".asked").bounding_box()
        assert head
        assert asked
        return head["y"] + head["height"] <= asked["y"] < 400

    until(visit.page, below_the_bar)  # the browser goes there once the page is laid out
    visit.close()


def test_without_script_what_cannot_be_asked_is_said_and_kept(browser: "Browser", server: str) -> None:
    visit = Visit(browser, server, java_script_enabled=False)
    for question, said in (("  ", "问题"), ("学" * 1002, "1000")):
        visit.page.get_by_label("您的问题").fill(question)
        visit.page.get_by_role("button", name="发送").click()
        assert said in visit.page.locator("main").inner_text()
    kept = visit.page.get_by_label("您的问题").input_value()
    box = visit.page.get_by_label("您的问题").bounding_box()
    visit.close(faults=True)
    assert box
    assert box["height"] > 200, "more than a line of it is seen"
    assert kept.strip() == "学" * 1002


def test_in_the_largest_type_a_small_phone_shows_what_may_be_asked_and_the_answer(
    browser: "Browser", server: str
) -> None:
    visit = Visit(browser, server, (320, 568))
    visit.page.evaluate("localStorage['policy-qa:display'] = JSON.stringify({type: 'elder', theme: 'auto'})")
    visit.page.reload()
    visit.ready()
    assert "身份证号" in visit.page.locator("#welcome").inner_text(), "what the hint says stands here"
    suggested = visit.page.locator("#welcome button").first.bounding_box()
    form = visit.page.locator("#ask").bounding_box()
    assert suggested
    assert form
    assert suggested["y"] + suggested["height"] <= form["y"], "a whole question above the box"
    visit.ask(QUESTION)
    box, send, form = (part.bounding_box() for part in (visit.box, visit.send, visit.page.locator("#ask")))
    assert box
    assert send
    assert form
    assert send["y"] < box["y"] + box["height"], "beside the words"
    assert form["height"] < 568 / 4
    assert visit.page.locator(".asked").evaluate("e => e.getBoundingClientRect().top") < 40
    visit.close()
