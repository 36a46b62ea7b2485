"""The pages around the chat as people meet them: in a real browser, narrow and zoomed, in the dark, in forced
colours, by keyboard, without a script, on paper; and as axe-core judges them."""

from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

from tests.chromium import drawn, until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PLAN = "chongqing-education-modernization-2020-2022"
QUOTED = "version=2020-10-22&clause=2.2.1&start=3441&end=3496"
DEEP = "version=2020-10-22&clause=2.2.4&start=4748&end=4793"
"""A quotation that stands deep in its clause."""
PAGES = {
    "about": "/about",
    "list": "/documents",
    "none found": "/documents?q=北京",
    "document": f"/documents/{PLAN}",
    "quotation": f"/documents/{PLAN}?{QUOTED}",
    "other clause": f"/documents/{PLAN}?{QUOTED.replace('2.2.1', '2.1.7')}",
    "found": f"/documents/{PLAN}?q=体育&hit=3#o-hit-3",
    "fault": "/nothing",
    "no document": "/documents/none",
}
VIEWS: dict[str, dict[str, Any]] = {
    "desk": {"viewport": {"width": 1280, "height": 800}},
    "phone, dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
    "400 %": {"viewport": {"width": 320, "height": 256}},
    "forced colours": {"viewport": {"width": 1280, "height": 800}, "forced_colors": "active"},
}
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_SPACING = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
    word-spacing: .16em !important; } p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets = [sheet];
}"""
_CUT = """() => [...document.querySelectorAll("main *, header *")].filter((each) => {
  const style = getComputedStyle(each);
  return style.overflowX !== "visible" && !each.matches(".scroll, .scroll *, .outline") && each.clientWidth
    && each.scrollWidth > each.clientWidth + 1 && !each.matches("input");
}).map((each) => each.outerHTML.slice(0, 80))"""
_TARGETS = """() => [...document.querySelectorAll("a, button, input, summary")].filter((each) => {
  const box = each.getBoundingClientRect();
  const inline = each.closest("p, li") && getComputedStyle(each).display === "inline";
  return box.width && !inline && !each.matches(".skip, [type=hidden]") && (box.width < 24 || box.height < 24);
}).map((each) => each.outerHTML.slice(0, 80))"""
_FOCUS = """() => {
  const each = document.activeElement;
  if (each === document.body) return "";
  const style = getComputedStyle(each);
  return `${each.textContent.trim() || each.tagName} ${style.outlineStyle} ${style.outlineWidth}`;
}"""
_UNCOVERED = """() => {
  const each = document.activeElement, [box] = each.getClientRects();
  const seen = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 20));
  return each.contains(seen);
}"""


@pytest.fixture
def opened(browser: "Browser", server: str, request: pytest.FixtureRequest) -> "Iterator[BrowserContext]":
    """A browser as one of `VIEWS` has it, or as the test's parameter says."""
    context = browser.new_context(base_url=server, locale="zh-CN", **getattr(request, "param", VIEWS["desk"]))
    yield context
    context.close()


def _open(context: "BrowserContext", address: str) -> "Page":
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(error.message))
    page.on(
        "console",
        lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None,
    )
    page.goto(address, wait_until="load")
    assert errors == []
    return page


every_view = pytest.mark.parametrize("opened", VIEWS.values(), ids=VIEWS, indirect=True)


@every_view
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(opened: "BrowserContext", name: str) -> None:
    page = _open(opened, PAGES[name])
    found = Axe().run(page, options={"runOnly": _TAGS, "resultTypes": ["violations"]})
    said = [
        (each["id"], node["html"][:120]) for each in found.response["violations"] for node in each["nodes"]
    ]
    assert said == []


@pytest.mark.parametrize("opened", [VIEWS["400 %"]], indirect=True)
@pytest.mark.parametrize("name", PAGES)
def test_at_320_pixels_nothing_is_cut_off_even_with_wide_spacing(opened: "BrowserContext", name: str) -> None:
    page = _open(opened, PAGES[name])
    for spaced in (False, True):
        if spaced:
            page.evaluate(_SPACING)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert page.evaluate(_CUT) == []
    assert page.locator("header.bar").evaluate("bar => getComputedStyle(bar).position") == "static"


@pytest.mark.parametrize("opened", [VIEWS["desk"], VIEWS["phone, dark"]], indirect=True)
@pytest.mark.parametrize("name", PAGES)
def test_every_target_is_large_enough(opened: "BrowserContext", name: str) -> None:
    assert _open(opened, PAGES[name]).evaluate(_TARGETS) == []


@every_view
@pytest.mark.parametrize("name", ["list", "found", "other clause"])
def test_by_keyboard_the_focus_is_seen_and_nothing_lies_over_it(opened: "BrowserContext", name: str) -> None:
    page = _open(opened, PAGES[name].partition("#")[0])
    drawn(page)
    if name == "found":
        page.locator(".skip").focus()  # the line that says so has it, and stands further down
    stops = 0
    while stops < 20:
        page.keyboard.press("Tab")
        at = page.evaluate(_FOCUS)
        if not at:
            break
        stops += 1
        assert at.endswith(" solid 3px"), at
        page.wait_for_function(_UNCOVERED)  # the page glides there
    assert stops > 4


def test_the_skip_link_leads_to_the_text(opened: "BrowserContext") -> None:
    page = _open(opened, PAGES["document"])
    drawn(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "text"


@pytest.mark.parametrize("name", PAGES)
def test_each_page_has_its_landmarks_and_one_heading_of_the_first_level(
    opened: "BrowserContext", name: str
) -> None:
    page = _open(opened, PAGES[name])
    assert page.get_by_role("banner").count() == 1
    assert page.get_by_role("main").count() == 1
    assert page.get_by_role("heading", level=1).count() == 1
    levels = page.evaluate(
        "[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map((each) => Number(each.tagName[1]))"
    )
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    home = page.get_by_role("link", name="返回问答").first
    assert home.get_attribute("href") == "/"


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("name", ["quotation", "found", "other clause"])
def test_the_place_is_in_view_with_and_without_a_script(
    browser: "Browser", server: str, name: str, scripts: bool
) -> None:
    context = browser.new_context(base_url=server, java_script_enabled=scripts, **VIEWS["phone, dark"])
    page = _open(context, PAGES[name] if "#" in PAGES[name] else f"{PAGES[name]}#quote")
    mark = page.locator("mark.here, mark#quote").first

    def in_sight() -> bool:
        """Whether it stands in the window, under what sticks to the top."""
        box, bar = mark.bounding_box(), page.locator(".hits, .clash, .bar").last.bounding_box()
        assert box
        assert bar
        return box["y"] >= bar["y"] + bar["height"] - 1 and box["y"] + min(box["height"], 60) <= 844

    until(page, in_sight)  # without a script the browser goes there after the page has loaded
    context.close()


@pytest.mark.parametrize("opened", [VIEWS["phone, dark"]], indirect=True)
def test_the_clause_that_is_cited_begins_in_sight(opened: "BrowserContext") -> None:
    page = _open(opened, f"/documents/{PLAN}?{DEEP}")
    page.wait_for_timeout(200)
    clause, bar = page.locator(".cited").bounding_box(), page.locator(".bar").bounding_box()
    mark = page.locator("mark#quote").bounding_box()
    assert clause
    assert bar
    assert mark
    assert clause["y"] >= bar["y"] + bar["height"] - 1
    assert mark["y"] + mark["height"] <= 844


@pytest.mark.parametrize("name", ["document", "found"])
def test_the_entry_that_was_chosen_is_the_one_that_is_marked(opened: "BrowserContext", name: str) -> None:
    page = _open(opened, PAGES[name])
    entry = page.locator(".outline a", has_text="６.大力加强劳动和实践育人")
    entry.click()
    page.mouse.move(0, 0)
    page.locator(".outline a.here").filter(has_text="６.大力加强劳动和实践育人").wait_for()
    clause = page.locator("#c-2\\.1\\.6").bounding_box()
    assert clause
    assert clause["y"] < 200, "it stands at the top, not below the end of the one before"


def test_looking_for_words_needs_no_script(browser: "Browser", server: str) -> None:
    context = browser.new_context(base_url=server, java_script_enabled=False, **VIEWS["desk"])
    page = _open(context, PAGES["document"])
    page.get_by_label("在本文里查找").fill("体育")
    page.get_by_role("button", name="查找").click()
    page.get_by_text("“体育”共16处，这是第1处").wait_for()
    assert page.locator("mark.here").bounding_box()
    page.get_by_role("link", name="上一处").click()
    page.get_by_text("这是第16处").wait_for()
    page.get_by_role("link", name="下一处").click()
    page.get_by_text("这是第1处").wait_for()
    page.get_by_role("link", name="不再标出").click()
    page.wait_for_url("**/documents/*")
    assert page.locator("mark").count() == 0
    page.get_by_role("link", name="收录的文件").click()
    page.get_by_role("heading", name="收录的文件").wait_for()
    context.close()


def test_no_line_is_stretched_and_digits_stand_apart_as_in_the_chat(opened: "BrowserContext") -> None:
    page = _open(opened, PAGES["document"])
    styles = page.evaluate(
        "[...document.querySelectorAll('article p, article .run-in')].map((each) => {"
        " const s = getComputedStyle(each); return s.textAlign + ' ' + s.textAutospace; })"
    )
    assert {style.split()[0] for style in styles} <= {"start", "center"}
    assert {style.split()[1] for style in styles} == {"normal"}
    width = page.evaluate("Math.max(...[...document.querySelectorAll('.break')].map((e) => e.offsetWidth))")
    assert width == 0


def test_on_paper_the_text_is_whole_and_the_ways_on_are_gone(opened: "BrowserContext") -> None:
    page = _open(opened, PAGES["quotation"])
    with closing(pypdfium2.PdfDocument(page.pdf(format="A4"))) as paper:
        text = "".join("".join(each.get_textpage().get_text_range().split()) for each in paper)
    assert "重庆市加快推进教育现代化" in text
    assert "大力发展公办幼儿园" in text
    assert "现已届满" in text
    assert "SHA-256" in text
    for gone in ("返回问答", "目录", "在本文里查找"):
        assert gone not in text
    page.emulate_media(media="print")
    mark = page.locator("mark#quote")
    for name, most in (("color", 0), ("backgroundColor", 255)):
        colour = mark.evaluate(f"mark => getComputedStyle(mark).{name}").strip("rgb()").split(", ")
        assert len(set(colour)) == 1, "grey"
        assert int(colour[0]) <= most


def test_in_the_largest_type_what_was_found_is_read_whole_and_told_to_who_listens(
    browser: "Browser", server: str
) -> None:
    context = browser.new_context(base_url=server, viewport={"width": 320, "height": 568})
    context.add_init_script("localStorage['policy-qa:display'] = JSON.stringify({type: 'elder'})")
    page = _open(context, PAGES["document"])
    title = page.locator(".which").bounding_box()
    assert title
    assert title["y"] + title["height"] <= 568, "which document it is is told on the first screen"
    page.get_by_label("在本文里查找").fill("56人")
    drawn(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**q=56*")
    said = page.locator(".hits p")
    page.wait_for_function("document.activeElement.matches('.hits p')")
    assert "“56人”共1处" in said.inner_text()
    assert page.title().startswith("“56人”共1处")
    uncovered = said.evaluate(
        "e => { const b = e.getBoundingClientRect();"
        " return e.contains(document.elementFromPoint(b.left + 20, b.top + 8)) }"
    )
    assert uncovered, "nothing lies over its first line"
    hits, mark = page.locator(".hits").bounding_box(), page.locator("mark.here").bounding_box()
    assert hits
    assert mark
    assert hits["y"] + hits["height"] <= mark["y"] <= 568 - mark["height"]
    context.close()
