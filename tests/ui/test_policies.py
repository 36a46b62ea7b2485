"""What browsers are told: the headers of every route, and pages that run under their own policy."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.chromium import until
from tests.ui.chat.visit import QUESTION, Visit
from tests.ui.mount.client import filled, listed

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROUTES = [("GET" if method == "ANY" else method, filled(path)) for method, path in listed("open_routes.txt")]
REFUSED = [
    ("GET", "/nowhere"),
    ("PUT", "/v1/ask"),
    ("POST", "/v1/ask"),
    ("GET", "/ui/static/none.css"),
    ("GET", "/ask"),
    ("HEAD", "/"),
    ("GET", "/gradio_api/info"),
]
_WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.violations.push(
    [event.effectiveDirective, event.blockedURI, event.sourceFile, event.sample].join(" ")));
"""


@pytest.mark.parametrize(("method", "path"), sorted({*ROUTES, *REFUSED}))
def test_every_answer_carries_the_headers(server: str, method: str, path: str) -> None:
    with httpx.stream(method, server + path, timeout=60) as response:
        headers = response.headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "microphone=()" in headers["permissions-policy"]
    policy = _directives(headers["content-security-policy"])
    unframed = path == "/widget" or path.startswith("/admin")  # without a key nobody may show the widget
    framed_by = "'none'" if unframed else "'self'"
    assert policy["frame-ancestors"] == [framed_by]
    media = headers.get("content-type", "").partition(";")[0]
    if media in ("application/json", "application/problem+json", "text/event-stream"):
        assert headers["cache-control"] in ("no-store", "no-cache")
    if media == "text/html":
        assert policy["default-src"] == ["'none'"]
        allowed = [source for name in ("script-src", "connect-src") for source in policy.get(name, [])]
        assert all(source == "'self'" or source.startswith("'sha256-") for source in allowed)


def _directives(policy: str) -> dict[str, list[str]]:
    parts = [part.split() for part in policy.split(";") if part.strip()]
    assert len({part[0] for part in parts}) == len(parts), "a second directive of a name does not count"
    return {part[0]: part[1:] for part in parts}


@pytest.fixture
def watched(browser: "Browser", server: str) -> Iterator[Visit]:
    """A chat whose pages note each thing that their policy forbids."""
    visit = Visit(browser, server)
    visit.context.add_init_script(_WATCH)
    visit.page.goto(server)
    visit.ready()
    yield visit
    visit.close()


def _violations(page: "Page") -> list[Any]:
    return [each for frame in page.frames for each in frame.evaluate("window.violations")]


def test_the_chat_does_all_it_does_within_its_policy(watched: Visit) -> None:
    turn = watched.ask(QUESTION)
    turn.locator("figure a").first.click()
    watched.original.locator("mark#quote").wait_for()
    watched.tool(turn, "有用").click()
    turn.get_by_text("已记下您的评价").wait_for()
    watched.display("长者模式", "深色")
    watched.begin()
    assert watched.turns.count() == 0
    assert len(watched.page.frames) == 1
    assert _violations(watched.page) == []


@pytest.mark.parametrize(
    ("path", "there"),
    [("/docs", "/v1/ask"), ("/documents", "收录"), ("/documents/none", "问答"), ("/about", "关于")],
)
def test_the_other_pages_keep_to_theirs(watched: Visit, server: str, path: str, there: str) -> None:
    watched.page.goto(server + path)
    watched.page.get_by_text(there).first.wait_for()
    assert _violations(watched.page) == []
    watched.refused = [each for each in watched.refused if each != "404 /documents/none"]


def test_the_policy_is_in_force_in_the_chat(watched: Visit) -> None:
    tried = """() => new Promise((done) => setTimeout(() => {  // later: what is tried at once is let through
        const script = document.createElement("script");
        script.textContent = "window.ran = 'inline'";
        document.head.append(script);
        try { new Function("window.ran = 'evaluated'")(); } catch (error) { }
        document.body.setAttribute("onclick", "window.ran = 'attribute'");
        document.body.click();
        const style = document.createElement("style");
        style.textContent = "body { display: none }";
        document.head.append(style);
        done(window.ran ?? getComputedStyle(document.body).display);
    }))"""
    assert watched.page.evaluate(tried) == "block"
    until(watched.page, lambda: len(_violations(watched.page)) >= 4 and len(watched.errors) >= 3)
    assert len(_violations(watched.page)) == 4
    assert len(watched.errors) == 3, "the console tells of all but what is thrown"
    watched.errors.clear()
