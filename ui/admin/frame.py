"""The frame of the maintainers' pages: navigation, what they tell the browser, and faults as pages."""

import logging
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from fastapi.routing import APIRoute

from assistant.api.handlers import from_own, from_validation
from assistant.api.negotiation import accepts_events
from assistant.api.paths import path_of
from assistant.api.problems import INTERNAL, NO_KEY, NOT_FOUND, ProblemError, respond
from assistant.errors import PolicyQAError, UnknownDocument
from assistant.logs import REQUEST_ID
from ui.admin.session import CSRF, ENDED, ROOT, Login, LoginNeeded
from ui.admin.words import label_of
from ui.pages.html import html

PAGES = (
    ("概况", ROOT),
    ("文件", "/admin/documents"),
    ("提问", "/admin/questions"),
    ("评价", "/admin/ratings"),
    ("速度", "/admin/speed"),
    ("运行", "/admin/running"),
    ("操作记录", "/admin/acts"),
)
"""What the navigation names, and its addresses; a page below one of these belongs to it."""
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",  # with less, browsers would not say where a form comes from
}
_FAULT = "服务内部出错，没有办成。请再试一次；如果还是不行，请把编号 {id} 告诉管理服务器的人。"
NOT_THERE = "没有这份文件或这个版本，可能已被移除。请回到文件列表看一看。"
"""Said of a document that a page names and that is not there."""
_log = logging.getLogger(__name__)
FAULTS = (ProblemError, PolicyQAError, RequestValidationError)
"""What a page may raise, and is told to people."""


class AdminRoute(APIRoute):
    """A route of the maintainers' pages: who is not logged in is led to the login, faults are pages, and
    nothing is kept by the browser or shown in a frame."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, wrapped."""
        handle = super().get_route_handler()

        async def shown(request: Request) -> Response:
            try:
                response = await handle(request)
            except LoginNeeded:
                response = _to_login(request)
            except FAULTS as error:
                response = fault(request, problem_for(error))
            except Exception:  # noqa: BLE001 - logged; people get a page, and the number to tell of it
                _log.exception("a maintainers' page failed")
                response = fault(request, ProblemError(INTERNAL, _FAULT.format(id=REQUEST_ID.get())))
            response.headers.update(HEADERS)
            return response

        return shown


def render(request: Request, template: str, status: int = 200, **values: object) -> Response:
    """The page that `template` (of `ui/pages/templates`, extending `admin/frame.html`) makes of `values`.

    It also has `login` (None on the page of the login), `csrf` (what each form holds in a hidden field of
    this name), `root` (a proxy's prefix, before each address), `pages` and `here` for the navigation.
    """
    login: Login | None = getattr(request.state, "login", None)
    path = path_of(request.scope)
    below = (each for _, each in PAGES if path == each or (each != ROOT and path.startswith(f"{each}/")))
    return html(
        template,
        status,
        **{
            "embed": False,
            "login": login,
            CSRF: login.csrf if login else "",
            "root": root_of(request),
            "pages": PAGES,
            "here": next(below, None),
            **values,
        },
    )


def problem_for(error: Exception) -> ProblemError:
    """What one of `FAULTS` means to a maintainer, fields named in Chinese."""
    match error:
        case RequestValidationError():
            problem = from_validation(error)
        case UnknownDocument():
            return ProblemError(NOT_FOUND, NOT_THERE)
        case PolicyQAError():
            return from_own(error)
        case ProblemError():
            problem = error
        case _:
            raise error
    if not problem.errors:
        return problem
    errors = [(name, f"{label_of(name)}：{message}") for name, message in problem.errors]
    detail = f"{'；'.join(message for _, message in errors)}。请改正后再提交。"
    return ProblemError(problem.fault, detail, errors=errors, headers=problem.headers)


def fault(request: Request, problem: ProblemError) -> Response:
    """`problem` as a page, or as it is for a script that follows events."""
    if accepts_events(request):
        return respond(request.scope, problem)
    page = render(request, "admin/fault.html", problem.fault.status, problem=problem)
    page.headers.update(problem.headers)
    return page


def go(request: Request, path: str) -> Response:
    """To another page of ours, by GET; `path` begins with `/admin`."""
    return RedirectResponse(root_of(request) + path, status_code=303)


def root_of(request: Request) -> str:
    """The prefix under which a proxy mounts the service, "" where none does."""
    root: str = request.scope.get("root_path", "")
    return root


def number_of(text: str) -> int | None:
    """A number in an address; None for what is none, or longer than any of ours."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _to_login(request: Request) -> Response:
    """The page of the login, which leads back here afterwards; a script is told in words."""
    if accepts_events(request):
        return respond(request.scope, ProblemError(NO_KEY, ENDED))
    path = path_of(request.scope)
    if request.method != "GET":
        return go(request, f"{ROOT}/login?ended=1")
    query = f"?{request.url.query}" if request.url.query else ""
    return go(request, f"{ROOT}/login?next={quote(path + query, safe='/')}")
