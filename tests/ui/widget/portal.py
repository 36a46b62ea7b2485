"""A portal: a web server of its own whose pages hold the widget, and one that is open in a browser."""

import html
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.chromium import drawn

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Frame, FrameLocator, Locator, Page

TITLE = "教育政策问答"
DESKTOP = (1280, 860)
PHONE = (390, 780)

_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>某区教育委员会</title><link rel="stylesheet" href="/portal.css"></head>
<body><h1>通知公告</h1><p><a href="#top">链接</a></p><p>请按要求做好新学期的准备工作。</p>
<script src="{base}/widget.js" {attributes} defer></script></body></html>"""
_STYLE = "html { font-size: 100px } body { font-size: 16px } button, dialog, iframe { border: 9px solid red }"


class Portal:
    """A portal that serves one page at one origin, under a policy that lets in nothing but the widget."""

    def __init__(self, origin: str, base: str) -> None:
        self.origin = origin
        self.base = base
        self.key = ""
        """The token that stands in the page."""
        self.attributes: dict[str, str] = {}
        """Attributes of the script besides the key."""
        self.html: str | None = None
        """Another page in place of the one with the widget, without a policy."""

    @property
    def key_id(self) -> str:
        """The part of the key that is no secret."""
        return self.key.split("_")[1]

    def page(self) -> str:
        """The page's HTML."""
        if self.html is not None:
            return self.html
        given = {"data-key": self.key, **self.attributes}
        attributes = " ".join(f'{name}="{html.escape(value)}"' for name, value in given.items())
        return _PAGE.format(base=self.base, attributes=attributes)

    @property
    def policy(self) -> str:
        """The page's Content-Security-Policy: neither inline script nor inline style."""
        return f"default-src 'none'; style-src 'self'; script-src {self.base}; frame-src {self.base}"


@contextmanager
def portal_at(host: str, base: str) -> Iterator[Portal]:
    """A portal under `host` on a free port; `base` is the assistant's address."""

    class Handler(BaseHTTPRequestHandler):
        """Serves the page and its style sheet."""

        def do_GET(self) -> None:
            css = self.path == "/portal.css"
            body = (_STYLE if css else portal.page()).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/css" if css else "text/html; charset=utf-8")
            if portal.html is None:
                self.send_header("Content-Security-Policy", portal.policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    portal = Portal(f"http://{host}:{server.server_address[1]}", base)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield portal
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Visitor:
    """Somebody with a browser of their own on a portal's page."""

    def __init__(
        self, browser: "Browser", portal: Portal, size: tuple[int, int] = DESKTOP, **options: Any
    ) -> None:
        viewport: Any = {"width": size[0], "height": size[1]}
        self.context = browser.new_context(
            **{"viewport": viewport, "reduced_motion": "reduce", "locale": "en-US", **options}
        )
        self.hosts: set[str | None] = set()
        self.asked: list[dict[str, Any]] = []
        """Bodies of the questions that were sent."""
        self.errors: list[str] = []
        self.context.on("request", self._requested)
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(error.message))
        self.page.on("console", lambda message: self._said(message.type, message.text))
        self.page.goto(portal.origin)
        drawn(self.page)

    def _requested(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob"):
            self.hosts.add(parts.hostname)
        if parts.path == "/v1/ask":
            self.asked.append(request.post_data_json)

    def _said(self, kind: str, text: str) -> None:
        if kind == "error" and "favicon" not in text and "Failed to load resource" not in text:
            self.errors.append(text)

    @property
    def button(self) -> "Locator":
        return self.page.locator("policy-qa-widget .launch")

    @property
    def panel(self) -> "Locator":
        return self.page.get_by_role("dialog")

    @property
    def frame(self) -> "FrameLocator":
        return self.page.frame_locator("policy-qa-widget iframe")

    @property
    def box(self) -> "Locator":
        return self.frame.get_by_label("您的问题")

    @property
    def turns(self) -> "Locator":
        return self.frame.locator("article")

    def open(self) -> None:
        """Open the panel and wait for its frame."""
        self.button.click()
        self.box.wait_for()
        drawn(self.inner)

    def ask(self, question: str) -> "Locator":
        """What is shown of a question, once its answer is all there."""
        before = self.turns.count()
        self.box.fill(question)
        self.box.press("Enter")
        turn = self.turns.nth(before)
        turn.get_by_role("group", name="这个回答有用吗").wait_for()
        return turn

    @property
    def inner(self) -> "Frame":
        """The frame's page."""
        return next(frame for frame in self.page.frames if "/widget?" in frame.url)

    def inside(self, script: str) -> Any:
        """What `script` gives in the frame's page."""
        return self.inner.evaluate(script)
