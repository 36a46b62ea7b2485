"""Somebody who has the chat open in a browser of their own, and what must never happen to them."""

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.chromium import drawn

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response

DESK = (1280, 800)
PHONE = (390, 844)
SIZES = {
    "desk": DESK,
    "phone": PHONE,
    "200%": (640, 400),
    "400%": (320, 256),
    "landscape": (844, 390),
}
"""Windows in CSS pixels. 640x400 and 320x256 are what is left of 1280 pixels at 200 and 400 percent."""
QUESTION = "娃儿一天在学校能运动好久？"
QUOTED = "每天１小时校园体育活动时间"
_SECONDS = 30
"""Until a wait is given up; a gate that is shut opens by itself after twice that."""

_FIRST_LINE = """element => {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    const shown = parent.checkVisibility({visibilityProperty: true}) && !parent.closest('.hidden');
    if (!node.data.trim() || !shown) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const line = [...range.getClientRects()].find(box => box.width > 2 && box.height > 2);
    if (!line) continue;
    const at = document.elementFromPoint(line.left + line.width / 2, line.top + line.height / 2);
    return {
      top: line.top, bottom: line.bottom, height: innerHeight,
      whole: line.top >= -1 && line.bottom <= innerHeight + 1 && line.left >= -1
        && line.right <= innerWidth + 1,
      uncovered: Boolean(at) && (parent.contains(at) || at.contains(parent)),
      text: node.data.trim().slice(0, 30),
    };
  }
  return null;
}"""
"""Where the first line of text in an element stands, and whether it is seen."""


class Visit:
    """A browser with nothing kept in it, and the chat open in it."""

    def __init__(
        self,
        browser: "Browser",
        base: str,
        size: tuple[int, int] = DESK,
        path: str = "/",
        **options: Any,
    ) -> None:
        viewport: Any = {"width": size[0], "height": size[1]}
        self.context = browser.new_context(
            **{"viewport": viewport, "locale": "en-US", "reduced_motion": "reduce", **options}
        )
        self.context.set_default_timeout(_SECONDS * 1000)
        self.base = base
        self.hosts: set[str | None] = set()
        self.errors: list[str] = []
        """What the console says of faults, and dialogs of the browser's own, which speak its language."""
        self.refused: list[str] = []
        self.context.on("request", lambda request: self._asked(request.url))
        self.context.on("response", self._answered)
        self.context.on("page", self._watch)
        self.page: Page = self.context.new_page()
        self.page.goto(base + path)
        if path == "/" and options.get("java_script_enabled", True):
            self.ready()

    def _watch(self, page: "Page") -> None:
        page.on("pageerror", lambda error: self.errors.append(error.message))
        page.on("console", self._said)
        page.on("dialog", lambda dialog: self._dialog(dialog))

    def _dialog(self, dialog: Any) -> None:
        self.errors.append(f"a dialog of the browser: {dialog.message}")
        dialog.dismiss()

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob"):
            self.hosts.add(parts.hostname)

    def _answered(self, response: "Response") -> None:
        if response.status >= 400:
            self.refused.append(f"{response.status} {urlsplit(response.url).path}")

    def _said(self, message: "ConsoleMessage") -> None:
        # A refused or lost request writes such a line by itself; `refused` has what was refused.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.errors.append(message.text)

    def close(self, faults: bool = False) -> None:
        """End the visit and look what happened meanwhile; `faults`: the test made some."""
        self.context.close()
        assert self.hosts == {"127.0.0.1"}
        if not faults:
            assert self.errors == []
            assert self.refused == [], "the page needs an address that is shut"

    def ready(self) -> None:
        """Wait until the page's scripts take questions."""
        self.box.wait_for()
        self.until("document.body?.dataset.state === 'idle' && document.readyState === 'complete'")
        self.page.locator("#open-history").wait_for()
        drawn(self.page)

    def until(self, condition: str) -> None:
        """Wait until `condition` holds, also on a page that comes meanwhile. Playwright's own way evaluates
        text in the page, where the policy forbids it."""
        from playwright.sync_api import Error

        for _ in range(_SECONDS * 20):
            try:
                if self.page.evaluate(condition):
                    return
            except Error as error:
                if "navigation" not in error.message:
                    raise
            self.page.wait_for_timeout(50)
        pytest.fail(f"never: {condition}")

    @property
    def box(self) -> "Locator":
        """The question's box."""
        return self.page.get_by_role("textbox", name="您的问题", exact=True)

    @property
    def send(self) -> "Locator":
        """The button that sends."""
        return self.page.get_by_role("button", name="发送", exact=True)

    @property
    def stop(self) -> "Locator":
        """The button that stops."""
        return self.page.get_by_role("button", name="停止", exact=True)

    @property
    def turns(self) -> "Locator":
        """All turns that are shown."""
        return self.page.locator("#turns > .turn")

    @property
    def last(self) -> "Locator":
        """The latest turn."""
        return self.turns.last

    @property
    def status(self) -> "Locator":
        """What is announced."""
        return self.page.locator("#status")

    @property
    def original(self) -> "Locator":
        """The original beside the answers, or in their place."""
        return self.page.locator("#original")

    def put(self, question: str) -> "Locator":
        """Type a question and press Enter; its turn."""
        before = self.turns.count()
        self.box.fill(question)
        self.box.press("Enter")
        turn = self.turns.nth(before)
        turn.wait_for()
        return turn

    def settled(self, turn: "Locator") -> "Locator":
        """`turn` once nothing more is awaited of it, and the view rests."""
        for _ in range(600):
            if turn.get_attribute("data-status") not in ("queued", "running"):
                self.at_rest()
                return turn
            self.page.wait_for_timeout(50)
        pytest.fail("the question is not answered")

    def at_rest(self) -> None:
        """Wait until the view does not move any more; what moves it does so in the next frame."""
        self.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        before = None
        while before != (now := self.page.evaluate("scrollY + ' ' + document.body.scrollHeight")):
            before = now
            self.page.wait_for_timeout(80)

    def ask(self, question: str) -> "Locator":
        """The turn of `question`, once its answer is all there."""
        return self.settled(self.put(question))

    def questions(self) -> list[str]:
        """The questions that are shown."""
        shown = self.turns.locator(".asked").all_inner_texts()
        return [re.sub(r"^您问：\s*", "", text) for text in shown]

    def first_line(self, part: "Locator") -> dict[str, Any]:
        """Where the first line of `part` stands in the window."""
        for _ in range(5):  # a turn is replaced when its answer comes
            found: dict[str, Any] | None = part.evaluate(_FIRST_LINE)
            if found:
                return found
        pytest.fail("there is no text")

    def tool(self, turn: "Locator", name: str) -> "Locator":
        """A button below an answer."""
        return turn.locator(".tools").get_by_role("button", name=name)

    def history(self) -> "Locator":
        """The list of earlier conversations, opened."""
        self.page.locator("#open-history").click()
        found = self.page.locator("#history")
        found.wait_for()
        return found

    def reopen(self, title: str) -> None:
        """Go on with an earlier conversation."""
        self.history().get_by_role("button", name=title).and_(self.page.locator(".open")).first.click()
        self.turns.first.wait_for()

    def begin(self) -> None:
        """Begin a new conversation."""
        self.page.locator("#new").click()
        self.page.locator("#welcome").wait_for()

    def display(self, *choices: str) -> None:
        """Choose how it is shown."""
        self.page.locator("#open-display").click()
        for choice in choices:
            self.page.locator("#display").get_by_label(choice).check()
        self.page.keyboard.press("Escape")
        self.page.locator("#display").wait_for(state="hidden")
