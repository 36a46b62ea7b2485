"""Tables as a person meets them: the page in a real browser, wide and narrow."""

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.chromium import drawn, until
from tests.ui.pages.table_pages import AID, FEES, held, pages_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

    from index.library.library import DocumentView

DESKTOP, PHONE = (1280, 900), (390, 844)
WIDE = (
    "<h1>办法</h1><p>一、名录</p><table><thead><tr>"
    + "".join(f"<th>第{n}项内容" for n in range(9))
    + "</thead>"
    + "".join("<tr>" + "".join(f"<td>第{row}行{n}格" for n in range(9)) for row in range(200))
    + "</table>"
)
LONG = (
    "<h1>办法</h1><p>一、名录</p><table><thead><tr><th>号<th>名</thead>"
    + "<tr><td>1<td>甲" * 300
    + "</table>"
)


class Seen:
    """Opens pages of a document; whatever they ask for comes from the application itself."""

    def __init__(self, browser: "Browser") -> None:
        self._browser = browser
        self.errors: list[str] = []

    def open(self, view: "DocumentView", query: str = "", size: tuple[int, int] = DESKTOP) -> "Page":
        client = pages_of(view)

        def answer(route: "Route") -> None:
            asked = urlsplit(route.request.url)
            found = client.get(f"{asked.path}?{asked.query}")
            route.fulfill(status=found.status_code, headers=dict(found.headers), body=found.content)

        context = self._browser.new_context(viewport={"width": size[0], "height": size[1]})
        context.route("**/*", answer)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(error.message))
        page.goto(f"http://127.0.0.1/documents/a?{query}")
        return page


@pytest.fixture
def seen(browser: "Browser") -> Iterator[Seen]:
    opened = Seen(browser)
    yield opened
    assert opened.errors == []


@pytest.mark.parametrize("source", [FEES, AID])
def test_the_browser_keeps_every_character_in_its_place(seen: Seen, source: str) -> None:
    view = held(source)
    page = seen.open(view)
    assert page.locator("article").evaluate("article => article.textContent") == view.document.text
    assert page.locator("article script").count() == 0
    assert "|---" not in page.locator("article").inner_text()
    assert "|:--" not in page.locator("article").inner_text()


def test_on_a_phone_the_table_scrolls_and_not_the_page(seen: Seen) -> None:
    page = seen.open(held(WIDE), size=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    table = page.get_by_role("region", name="一、表1")
    assert table.evaluate("table => table.scrollWidth > table.clientWidth")
    table.focus()
    drawn(page)
    page.keyboard.press("ArrowRight")
    until(page, lambda: table.evaluate("table => table.scrollLeft > 0"))  # it glides


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_the_cited_words_come_into_view_down_and_sideways(seen: Seen, size: tuple[int, int]) -> None:
    view = held(WIDE)
    at = view.document.text.index("第150行8格")
    page = seen.open(view, f"clause=1.t1.r151&start={at}&end={at + 7}", size)
    box = page.locator("mark#quote").bounding_box()
    assert box
    assert 0 <= box["x"] <= size[0] - box["width"]
    assert 60 <= box["y"] <= size[1] - box["height"]
    assert page.locator("tr.cited").get_attribute("id") == "c-1.t1.r151"


def test_where_a_table_fits_its_header_stays_in_sight(seen: Seen) -> None:
    page = seen.open(held(LONG), "clause=1.t1.r200")
    box = page.locator("thead").bounding_box()
    assert box
    assert 40 <= box["y"] <= 80
    assert page.locator(".scroll").get_attribute("tabindex") == "-1", "nothing to scroll, no stop for Tab"
