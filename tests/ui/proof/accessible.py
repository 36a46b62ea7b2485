"""axe-core over a page, for WCAG 2.2 A and AA."""

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

LOOKS = ("color-contrast", "target-size")
"""Rules whose outcome depends on colours and sizes alone."""
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@lru_cache(maxsize=1)
def _axe() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


_LAID = """(() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('header.bar, #ask, .pane-bar { position: static !important }');
  document.adoptedStyleSheets = [sheet];
})()"""
"""Bars that stick cover whatever is scrolled below them just then, which says nothing about its size."""


def violations(page: "Page", rules: Sequence[str] = ()) -> list[str]:
    """What axe-core finds on `page`: rule, weight, elements. `rules`: only these."""
    page.evaluate(_LAID)
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(_axe())
    only = {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": _TAGS}
    options: dict[str, Any] = {"runOnly": only, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    page.evaluate("document.adoptedStyleSheets = []")
    return [
        f"{each['id']} ({each['impact']}): {', '.join(str(node['target'][0]) for node in each['nodes'][:4])} "
        f"{each['nodes'][0].get('failureSummary', '')[:200]}"
        for each in found
    ]


def violations_without_script(page: "Page", rules: Sequence[str] = ()) -> list[str]:
    """The same for a page whose scripts do not run, as axe-core itself has to: its HTML as it came, in
    another browser that gets no script from the server."""
    browser = page.context.browser
    assert browser
    context = browser.new_context(viewport=page.viewport_size)
    context.route("**/*.js*", lambda route: route.abort())
    copy = context.new_page()
    copy.route(page.url, lambda route: route.fulfill(body=page.content(), content_type="text/html"))
    copy.goto(page.url)
    found = violations(copy, rules)
    context.close()
    return found
