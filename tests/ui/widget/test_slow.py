"""The widget's frame over a slow network: it may come late."""

from typing import TYPE_CHECKING

from tests.chromium import drawn, until
from tests.ui.widget.portal import Portal, Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

QUESTION = "公办幼儿园的占比要达到多少？"


def _opened(browser: "Browser", portal: Portal, waiting: "list[Route]") -> Visitor:
    """Somebody whose frame is on its way for 21 seconds."""
    visitor = Visitor(browser, portal)
    visitor.context.clock.install()
    visitor.page.reload()
    visitor.context.route("**/widget?*", lambda route: waiting.append(route))
    visitor.button.click()
    visitor.page.get_by_text("正在打开").wait_for()
    until(visitor.page, lambda: waiting)
    visitor.context.clock.fast_forward(21_000)
    visitor.page.get_by_text("网络有点慢").wait_for()
    return visitor


def test_a_frame_that_comes_late_is_there_all_the_same(browser: "Browser", portal: Portal) -> None:
    waiting: list[Route] = []
    visitor = _opened(browser, portal, waiting)
    visitor.page.get_by_role("button", name="收起").click()
    visitor.button.click()
    assert len(waiting) == 1, "it is not loaded anew"
    waiting[0].continue_()
    visitor.box.wait_for()
    assert not visitor.page.get_by_text("网络有点慢").is_visible()
    drawn(visitor.inner)
    assert "50" in visitor.ask(QUESTION).inner_text()
    visitor.context.close()


def test_one_that_does_not_come_is_loaded_anew(browser: "Browser", portal: Portal) -> None:
    waiting: list[Route] = []
    visitor = _opened(browser, portal, waiting)
    visitor.page.get_by_role("button", name="再试一次").click()
    visitor.page.get_by_text("正在打开").wait_for()
    until(visitor.page, lambda: len(waiting) == 2)
    assert visitor.page.locator("policy-qa-widget iframe").count() == 1
    waiting[1].continue_()
    visitor.box.wait_for()
    drawn(visitor.inner)
    until(visitor.page, lambda: visitor.inside("document.activeElement.id") == "question")
    visitor.context.close()
