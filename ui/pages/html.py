"""Pages of our own: templates in which everything is escaped, and what a reader sees where nothing can be
shown."""

import gzip
import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.types import Receive, Scope, Send

from prompts import reply
from ui.static_files import accepts_gzip, static_url

if TYPE_CHECKING:
    from assistant.service import Assistant

GetAssistant = Callable[[], "Assistant"]
"""Gives the opened assistant; raises while it is not there yet."""

_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
HEADERS = {"Content-Security-Policy": _CSP, "Cache-Control": "no-cache"}
_RETRY_SECONDS = 3
_WORTH_COMPRESSING = 1024


class PageFault(Exception):
    """Nothing can be shown under this address: an HTTP status and a sentence for the reader."""

    def __init__(self, status: int, message: str, link: str = "/") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.link = link


def serve(request: Request, get_assistant: GetAssistant, show: "Callable[[Assistant], Response]") -> Response:
    """What `show` gives, or the page that says why there is nothing."""
    from assistant.api.problems import ProblemError
    from assistant.errors import StorageFault

    try:
        return show(get_assistant())
    except PageFault as fault:
        return fault_page(request, fault)
    except ProblemError as problem:  # the index is not open yet, or cannot be opened
        return fault_page(request, PageFault(503, problem.detail, request.url.path), _RETRY_SECONDS)
    except StorageFault as fault:
        return fault_page(request, PageFault(503, fault.message, request.url.path), _RETRY_SECONDS)


class Page(HTMLResponse):
    """HTML that goes out compressed to a browser that takes it so."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it (ASGI)."""
        self.headers.add_vary_header("Accept-Encoding")
        if len(self.body) > _WORTH_COMPRESSING and accepts_gzip(Request(scope)):
            self.body = gzip.compress(self.body, 6)
            self.headers["Content-Encoding"] = "gzip"
            self.headers["Content-Length"] = str(len(self.body))
        await super().__call__(scope, receive, send)


def html(template: str, status: int = 200, **values: object) -> Page:
    """The page that a template makes of `values`."""
    return Page(rendered(template, **values), status_code=status, headers=HEADERS)


def card_of(request: Request) -> str:
    """The whole address of the picture that others show beside a link to a page of ours; "" where nobody has
    said under which address people reach this server, since it has to be whole."""
    public_url: str = getattr(request.app.state, "public_url", "")
    return public_url.rstrip("/") + static_url("card.png") if public_url else ""


def rendered(template: str, **values: object) -> str:
    """What a template makes of `values`; everything that is not written in it is escaped."""
    return _templates().get_template(template).render(**values)


def kept(request: Request, page: Page, seconds: int = 0) -> Response:
    """`page`, which holds nothing of one reader's alone, for a browser to keep: it asks again after
    `seconds`, and gets 304 where nothing has changed."""
    tag = f'W/"{hashlib.sha256(page.body).hexdigest()[:32]}"'
    page.headers["Cache-Control"] = f"private, max-age={seconds}" if seconds else "no-cache"
    page.headers["ETag"] = tag
    offered = {each.strip() for each in request.headers.get("if-none-match", "").split(",")}
    if tag not in offered:
        return page
    headers = {name: page.headers[name] for name in ("Cache-Control", "ETag", "Content-Security-Policy")}
    return Response(status_code=304, headers={**headers, "Vary": "Accept-Encoding"})


def embedded(request: Request) -> bool:
    """Whether the page is asked for as part of the chat's."""
    return request.query_params.get("embed") == "1"


def fault_page(request: Request, fault: PageFault, seconds: int | None = None) -> Page:
    """The page, or the part of one, that says why there is nothing; a page that may be there after `seconds`
    is asked for again by itself."""
    response = html(
        "fault_part.html" if embedded(request) else "fault.html",
        fault.status,
        fault=fault,
        again=seconds is not None,
        done=request.method in ("GET", "HEAD"),
    )
    response.headers["Cache-Control"] = "no-store"
    if seconds is not None:
        response.headers["Retry-After"] = response.headers["Refresh"] = str(seconds)
    return response


@lru_cache(maxsize=1)
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["static"] = static_url
    environment.globals["standing_line"] = reply("standing")
    return environment
