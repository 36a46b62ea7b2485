"""Somebody on a slow phone, who taps and types before the page's scripts have run."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.chromium import drawn, until
from tests.ui.chat.visit import PHONE, QUESTION, QUOTED, Visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Request, Route

SHARE = "公办幼儿园的占比要达到多少？"
WHEN = "到哪一年？"
KEPT = "Object.keys(localStorage).filter(key => key.startsWith('policy-qa:conversation:')).length"
Begin = Callable[..., "Early"]


class Early:
    """A page whose scripts do not come before they are let through."""

    def __init__(self, browser: "Browser", base: str) -> None:
        self.visit = Visit(browser, base, PHONE, path="/about", has_touch=True, is_mobile=True)
        self.plainly = 0
        """How many times the form itself was sent."""
        self.visit.context.on("request", self._asked)
        self._held = False
        self._waiting: list[Route] = []
        self.visit.context.route("**/chat/main.js", self._script)

    def _asked(self, request: "Request") -> None:
        self.plainly += urlsplit(request.url).path == "/ask"

    def _script(self, route: "Route") -> None:
        if self._held:
            self._waiting.append(route)
        else:
            route.continue_()

    def come(self) -> None:
        """Come to the page; its last script is still on its way."""
        self._held = True
        self._waiting.clear()
        self.visit.page.goto(self.visit.base, wait_until="commit")
        self.visit.box.wait_for()
        until(self.visit.page, lambda: self._waiting)
        drawn(self.visit.page)

    def release(self, lost: bool = False) -> None:
        """The script comes; `lost`: it does not."""
        self._held = False
        for each in self._waiting:
            if lost:
                each.abort()
            else:
                each.continue_()

    def suggestion(self) -> "Locator":
        """A first question."""
        return self.visit.page.locator("#welcome").get_by_role("button").first

    def answered(self, *questions: str) -> None:
        """These stand there answered, in one conversation."""
        self.visit.ready()
        self.visit.until(
            f"document.querySelectorAll('#turns > .turn[data-answer]').length === {len(questions)}"
        )
        self.visit.settled(self.visit.last)
        assert self.visit.questions() == list(questions)
        assert self.visit.page.evaluate(KEPT) == 1


@pytest.fixture
def begin(browser: "Browser", server: str) -> Iterator[Begin]:
    opened: list[Early] = []

    def begun(base: str = server) -> Early:
        opened.append(Early(browser, base))
        return opened[-1]

    yield begun
    for each in opened:
        each.visit.close()


def test_a_suggestion_that_is_tapped_is_asked_in_the_conversation_that_goes_on(begin: Begin) -> None:
    early = begin()
    early.come()
    question = early.suggestion().inner_text()
    early.suggestion().tap()
    early.suggestion().tap()
    assert question in early.visit.page.locator("#count").inner_text(), "it is seen to wait"
    early.release()
    early.answered(question)
    early.visit.ask(SHARE)
    assert "2022" in early.visit.ask(WHEN).locator(".reply").inner_text()
    early.answered(question, SHARE, WHEN)
    assert early.plainly == 0
    assert early.visit.page.locator("#count").inner_text() == ""


@pytest.mark.parametrize("key", [True, False])
def test_a_question_that_is_typed_and_sent_goes_into_the_conversation_of_the_tab(
    begin: Begin, key: bool
) -> None:
    early = begin()
    early.visit.page.goto(early.visit.base)
    early.visit.ready()
    early.visit.ask(QUESTION)
    early.come()
    early.visit.box.press_sequentially(SHARE)
    if key:
        early.visit.box.press("Enter")
    else:
        early.visit.send.dblclick()
    early.visit.box.press_sequentially("还没写完的")
    early.release()
    early.answered(QUESTION, SHARE)
    assert early.visit.box.input_value() == "还没写完的"
    assert early.plainly == 0


def test_what_is_typed_stays_also_where_the_page_is_left_before_its_scripts_came(begin: Begin) -> None:
    early = begin()
    early.come()
    early.visit.box.fill(QUESTION)
    early.visit.send.tap()
    early.visit.box.fill("乡下的娃儿")
    early.come()
    assert early.visit.box.input_value() == f"{QUESTION}\n乡下的娃儿"
    early.release()
    early.visit.ready()
    early.visit.page.reload()
    early.visit.ready()
    assert early.visit.box.input_value() == f"{QUESTION}\n乡下的娃儿"
    assert early.visit.turns.count() == 0


def test_a_new_text_is_not_taken_for_the_draft_that_stood_there(begin: Begin) -> None:
    early = begin()
    early.visit.page.goto(early.visit.base)
    early.visit.ready()
    early.visit.box.fill("从前的")
    early.come()
    early.visit.box.fill("现在的")
    early.release()
    early.visit.ready()
    assert early.visit.box.input_value() == "现在的"
    early.visit.page.reload()
    early.visit.ready()
    assert early.visit.box.input_value() == "现在的"


def test_nothing_and_too_much_are_not_sent(begin: Begin) -> None:
    early = begin()
    early.come()
    early.visit.send.tap()
    long = "学" * 1001
    early.visit.box.fill(long)
    early.visit.send.tap()
    early.release()
    early.visit.ready()
    assert early.visit.turns.count() == 0
    assert early.visit.box.input_value() == long
    assert "多了1个字" in early.visit.page.locator("#count").inner_text()


@pytest.mark.parametrize("lost", [True, False])
def test_where_the_scripts_do_not_come_the_server_answers_and_they_go_on_from_there(
    begin: Begin, lost: bool
) -> None:
    early = begin()
    visit = early.visit
    if not lost:
        visit.context.clock.install()
    early.come()
    visit.box.fill("还没写完的")
    early.suggestion().tap()
    question = early.suggestion().inner_text()
    if lost:
        early.release(lost=True)
    else:
        visit.context.clock.fast_forward(15_000)
        visit.page.wait_for_url("**/ask*", wait_until="commit")
        early.release()
    early.answered(question)
    assert early.plainly == 1
    assert visit.box.input_value() == "还没写完的"
    assert visit.page.evaluate("location.pathname + location.hash") == "/"
    visit.tool(visit.last, "复制").wait_for()
    visit.ask(SHARE)
    assert "2022" in visit.ask(WHEN).locator(".reply").inner_text()
    visit.page.reload()
    early.answered(question, SHARE, WHEN)
    assert early.plainly == 1, "the reload sent the form again"
    assert visit.history().locator("#conversations li").count() == 1


def test_documents_that_are_ticked_are_chosen(begin: Begin, two_server: str) -> None:
    early = begin(two_server)
    early.come()
    chooser = early.visit.page.locator("#scope")
    chooser.locator("summary").tap()
    chooser.get_by_role("checkbox", name="食堂").check()
    early.visit.box.fill(QUESTION)
    early.visit.send.tap()
    early.release()
    early.answered(QUESTION)
    assert QUOTED not in early.visit.last.inner_text()
    assert chooser.get_by_role("checkbox", name="食堂").is_checked()
