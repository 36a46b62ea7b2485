"""axe-core over a page, for WCAG 2.2 A and AA."""

from typing import TYPE_CHECKING, Any

from axe_playwright_python.base import AXE_SCRIPT

if TYPE_CHECKING:
    from playwright.sync_api import Page

_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def violations(page: "Page") -> list[str]:
    """What axe-core finds on `page`: rule, weight, elements."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE_SCRIPT)
    options: dict[str, Any] = {"runOnly": {"type": "tag", "values": _TAGS}, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [
        f"{each['id']} ({each['impact']}): {', '.join(str(node['target'][0]) for node in each['nodes'][:4])} "
        f"{each['nodes'][0].get('failureSummary', '')[:200]}"
        for each in found
    ]
