"""Faults as pages: a problem object that goes out to a browser becomes a page that says what to do.

All that goes wrong anywhere in the application leaves as a problem object (`assistant.api.problems`), and
here is the one place that all of them pass.
"""

import json
from typing import Any
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.api import problems
from assistant.api.negotiation import prefers_html
from assistant.api.paths import path_of

_FOR_PROGRAMS = ("/v1", "/mcp", "/wechat", "/gradio_api", "/healthz", "/readyz", "/metrics", "/openapi.json")
"""Whoever calls these, or what lies below them, gets the object, whatever it says it takes."""
_SAID = {
    problems.NOT_JSON.advice: "网页送来的内容不完整，没有办理。请返回上一页，刷新后再试。",
    problems.BROKEN_FORM.advice: "送来的表单不完整，没有办理。请返回上一页，刷新后再试。",
    problems.NO_KEY.advice: "这个地址要有访问密钥才能打开。请回到问答页，从那里操作。",
    problems.NOT_PUBLISHED.advice: "这里的网页没有对大家开放。请向给您这个网址的单位询问。",
    problems.FOREIGN_ORIGIN.advice: "这个请求来自别的网页，没有办理。请直接打开问答页再试。",
    problems.NOT_FOUND.advice: "没有这个网页。网址可能抄漏了字，或网页已经移走。请从下面选一处接着看。",
    problems.METHOD.advice: "这个网址不能直接打开。请回到问答页，从那里操作。",
    problems.TOO_LARGE.advice: "送来的内容太长，没有办理。请返回上一页，缩短后再发。",
    problems.MEDIA.advice: "网页送来的内容不是这里能认的格式，没有办理。请返回上一页，刷新后再试。",
    problems.CONFLICT.advice: "已有同一编号、同一版本的文件，但内容不同。请选择替换，或另填一个编号。",
    problems.FOREIGN_HOST.advice: (
        "请用提供服务的单位公布的网址打开。管理员要用现在这个网址，请把它的主机名加进设置。"
    ),
    problems.INVALID.advice: "送来的内容有不合要求的地方，没有办理。请返回上一页，改正后再发。",
    problems.TOO_MANY.advice: "您的请求太频繁了，请等{wait}再试。",
    problems.INTERNAL.advice: (
        "服务出错了，不是您的问题。请过一会儿再试；如果还是不行，请把编号{request_id}告诉提供服务的单位。"
    ),
}
"""For people, what is otherwise said to programs; every other detail serves both."""


class FaultPages:
    """The middleware (ASGI)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or connection (ASGI)."""
        if scope["type"] != "http" or not _for_people(scope):
            await self._app(scope, receive, send)
            return
        start: Message | None = None
        body = bytearray()

        async def send_page(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_problem(message):
                start = message
            elif start is None:
                await send(message)
            else:
                body.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    await _page(scope, start, json.loads(body))(scope, receive, send)

        await self._app(scope, receive, send_page)


def _for_people(scope: Scope) -> bool:
    """Whether a browser asks for a page, or the chat for a part of one."""
    path, request = path_of(scope), Request(scope)
    if any(path == root or path.startswith(f"{root}/") for root in _FOR_PROGRAMS):
        return False
    return prefers_html(request) or request.query_params.get("embed") == "1"


def _is_problem(start: Message) -> bool:
    return Headers(raw=start["headers"]).get("content-type", "") == problems.MEDIA_TYPE


def _page(scope: Scope, start: Message, problem: dict[str, Any]) -> ASGIApp:
    """The page in place of a problem object, with its status and its headers but those of the object."""
    from ui.pages.html import (  # the templates' engine is read where something goes wrong
        PageFault,
        fault_page,
    )

    status, sent = start["status"], MutableHeaders(raw=start["headers"])
    seconds = sent.get("retry-after")
    detail = _in_words(problem, int(seconds) if seconds else None)
    again = int(seconds) if seconds and scope["method"] == "GET" else None
    fault = PageFault(status, detail, "/" if again is None else _address(scope))
    page = fault_page(Request(scope), fault, again)
    for name, value in sent.items():
        if name not in ("content-type", "content-length"):
            page.headers.setdefault(name, value)
    page.headers["Vary"] = "Accept"
    return page


def _in_words(problem: dict[str, Any], seconds: int | None) -> str:
    """What `problem` says, for people; `seconds`: how long to wait."""
    detail: str = problem["detail"]
    if said := _SAID.get(detail):
        wait = "一会儿" if seconds is None else _wait(seconds)
        return said.format(wait=wait, request_id=problem["request_id"])
    wrong = "；".join(each["message"] for each in problem.get("errors", ()))
    return f"{wrong}。请返回上一页，改正后再发。" if wrong else detail


def _wait(seconds: int) -> str:
    """`seconds` as a person says it, never less."""
    if seconds < 120:
        return f"{seconds}秒"
    return f"{-(-seconds // 60)}分钟" if seconds < 7200 else f"{-(-seconds // 3600)}小时"


def _address(scope: Scope) -> str:
    """The address that was asked for, which stays on this server: no path begins with two strokes."""
    query = scope["query_string"].decode("latin-1")
    return "/" + quote(scope["path"]).lstrip("/") + (f"?{query}" if query else "")
