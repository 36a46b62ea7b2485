"""What browsers are told: the headers of every route, and pages that run under their own policy."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.ui.chat.test_chat import DESKTOP, QUESTION, Chat
from tests.ui.mount.client import filled, listed

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROUTES = [("GET" if method == "ANY" else method, filled(path)) for method, path in listed("open_routes.txt")]
REFUSED = [("GET", "/nowhere"), ("PUT", "/v1/ask"), ("POST", "/v1/ask"), ("GET", "/ui/static/none.css")]
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
    framed_by = "'none'" if path == "/widget" else "'self'"  # without a key nobody may show the widget
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
def watched(browser: "Browser", server: str) -> Iterator[Chat]:
    """A chat whose pages note each thing that their policy forbids."""
    chat = Chat(browser, server, DESKTOP)
    chat.context.add_init_script(_WATCH)
    chat.page.on("console", lambda said: chat.errors.append(said.text) if said.type == "error" else None)
    chat.page.goto(server)
    chat.box.wait_for()
    yield chat
    chat.context.close()
    assert chat.errors == []


def _violations(page: "Page") -> list[Any]:
    return [each for frame in page.frames for each in frame.evaluate("window.violations")]


def test_the_chat_does_all_it_does_within_its_policy(watched: Chat) -> None:
    answer = watched.ask(QUESTION)
    answer.locator("blockquote a").first.click()
    watched.original.locator("mark#quote").wait_for()
    watched.page.locator("#pq-chat .message-buttons button").first.click()
    watched.page.get_by_role("button", name="新对话").click()
    watched.page.get_by_text("您好，想了解哪项教育政策？").wait_for()
    assert len(watched.page.frames) == 2
    assert _violations(watched.page) == []


@pytest.mark.parametrize(
    ("path", "there"), [("/docs", "/v1/ask"), ("/documents", "目录"), ("/documents/none", "问答")]
)
def test_the_other_pages_keep_to_theirs(watched: Chat, server: str, path: str, there: str) -> None:
    watched.page.goto(server + path)
    watched.page.get_by_text(there).first.wait_for()
    assert _violations(watched.page) == []
    not_found = "the server responded with a status of 404"  # the page's own status, as the console tells it
    watched.errors = [error for error in watched.errors if not_found not in error]


def test_the_policy_is_in_force_in_the_chat(watched: Chat) -> None:
    tried = """() => new Promise((done) => setTimeout(() => {  // later: what is tried at once is let through
        const script = document.createElement("script");
        script.textContent = "window.ran = 'inline'";
        document.head.append(script);
        try { new Function("window.ran = 'evaluated'")(); } catch (error) { }
        document.body.setAttribute("onclick", "window.ran = 'attribute'");
        document.body.click();
        done(window.ran ?? "nothing");
    }))"""
    assert watched.page.evaluate(tried) == "nothing"
    assert len(_violations(watched.page)) == 3
    watched.errors.clear()
