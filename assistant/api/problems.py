"""Faults as problem objects (RFC 9457): what went wrong and what to do, in Chinese."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from starlette.responses import Response
from starlette.types import Scope

from assistant.api.events import json_bytes
from assistant.api.paths import path_of

MEDIA_TYPE = "application/problem+json"
REQUEST_ID_KEY = "policy_qa.request_id"
RETRY_AFTER_SECONDS = 5
READING_SECONDS = 30
"""Long files take about so long to be read."""
MAX_ERRORS = 20
"""Wrong fields that a problem names, the first ones."""
MAX_NAME = 80
"""Characters of a field's name, which a client may have made up."""
_OPENAI_PATHS = ("/v1/chat/", "/v1/models", "/v1/completions", "/v1/embeddings", "/v1/responses")
"""What OpenAI's clients call, whether it is here or not: they read `error` alone."""
_OPENAI_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
_TYPE_PREFIX = "urn:policy-qa:problem:"


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of problem: its HTTP status, the name in its `type`, its title and usual advice."""

    status: int
    name: str
    title: str
    advice: str

    @property
    def type(self) -> str:
        """The problem's `type`: a stable identifier, not an address."""
        return _TYPE_PREFIX + self.name


NOT_JSON = Fault(400, "not-json", "请求正文不是 JSON", "请检查请求正文：它要是 UTF-8 编码的 JSON 对象。")
NOT_FOUND = Fault(404, "not-found", "找不到", "没有这个地址，请对照 /docs 里的接口说明检查网址。")
METHOD = Fault(
    405, "method-not-allowed", "请求方法不对", "这个地址不支持这种请求方法，可用的方法见响应头 Allow。"
)
NO_KEY = Fault(
    401, "no-key", "需要访问密钥", "请在请求头 Authorization 里写上 Bearer 和访问密钥；密钥请向管理员索取。"
)
WRONG_KEY = Fault(
    401, "wrong-key", "访问密钥不对", "这把密钥不对、已过期或已停用，请核对后再发，或向管理员换一把。"
)
OTHER_SCOPE = Fault(403, "other-scope", "这把密钥没有这个权限", "请换一把有相应权限的密钥，或请管理员办理。")
NOT_PUBLISHED = Fault(
    403, "not-published", "网页没有开放", "这台服务器只对有密钥的程序开放；要开放网页，请管理员修改设置。"
)
FOREIGN_ORIGIN = Fault(
    403,
    "foreign-origin",
    "别的网页不能调用",
    "这个请求来自别的网页，没有办理；请直接打开本服务的网页再试。前面有代理时，请管理员让代理原样转发 Host。",
)
TOO_MANY = Fault(429, "too-many", "请求太频繁", "您的请求太频繁了，请等响应头 Retry-After 所写的秒数再发。")
CONFLICT = Fault(
    409,
    "conflict",
    "与已有的文件冲突",
    "已有同一编号、同一版本的文件，但内容不同；要替换请加上 replace=true，如是另一份文件请另填 id。",
)
BUILDING = Fault(409, "building", "正在收录别的文件", "正在收录或移除另一份文件，请等它结束后再试。")
BROKEN_FORM = Fault(
    400,
    "broken-form",
    "请求正文不是完整的表单",
    "请用 multipart/form-data 上传一个 file 和各项说明，例如 curl -F file=@通知.docx -F id=notice。",
)
LARGE_HEAD = Fault(431, "large-head", "请求头太大", "请求的网址和请求头合起来太长，请缩短后再发。")
SLOW = Fault(408, "too-slow", "请求正文来得太慢", "请求正文没有在限定时间内传完，请检查网络后再发。")
TOO_LARGE = Fault(
    413,
    "too-large",
    "请求正文太大",
    "请求正文最多 64 KiB（/v1/chat/completions 256 KiB，/v1/verify 2.5 MiB），请缩短后再发。",
)
MEDIA = Fault(
    415, "media-type", "请求正文的类型不对", "请把请求头 Content-Type 设为 application/json，正文写成 JSON。"
)
FOREIGN_HOST = Fault(
    421,
    "foreign-host",
    "没有用本服务的网址",
    "这里只认本机地址和设定过的网址；要用别的网址访问，请管理员把主机名加进 POLICY_QA_HOSTS。",
)
INVALID = Fault(422, "invalid-field", "有字段填得不对", "请对照 /docs 里的说明改正后再发。")
INTERNAL = Fault(
    500, "internal", "服务出错了", "服务内部出错，请稍后再试；如果还是不行，请把 request_id 告诉管理员。"
)
NOT_READY = Fault(503, "not-ready", "服务还没准备好", "服务正在打开索引，请过几秒再试。")
STORAGE = Fault(503, "storage", "对话记录存取不了", "对话记录暂时存取不了，请过几秒再试。")
BUSY = Fault(503, "busy", "提问的人太多", "现在提问的人多，请过几秒再试。")
READING = Fault(503, "reading", "正在读取别的文件", "服务器正在读取别人交来的文件，请等半分钟再试。")
INTERRUPTED = Fault(503, "interrupted", "办理中断了", "办理这个请求的进程中断了，请过几秒再发一次。")
PAUSED = Fault(503, "paused", "问答暂停", "问答服务暂停，请稍后再来。文件原文仍可查阅。")
OTHER = Fault(0, "other", "请求没有办成", "请稍后再试。")

BY_STATUS: Mapping[int, Fault] = {
    fault.status: fault
    for fault in (
        NOT_JSON,
        NO_KEY,
        FOREIGN_ORIGIN,
        NOT_FOUND,
        METHOD,
        CONFLICT,
        SLOW,
        TOO_LARGE,
        MEDIA,
        FOREIGN_HOST,
        INVALID,
        TOO_MANY,
        INTERNAL,
        NOT_READY,
    )
}
"""The fault that a status alone stands for; the others are raised by name."""


class ProblemError(Exception):
    """Raised by a route to answer with a problem object.

    `errors` names fields: (name, what is wrong with it).
    """

    def __init__(
        self,
        fault: Fault,
        detail: str | None = None,
        *,
        errors: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(fault.name)
        self.fault = fault
        self.detail = detail or fault.advice
        self.errors = tuple(errors)
        self.headers = dict(headers or {})


def invalid_fields(errors: Sequence[tuple[str, str]]) -> ProblemError:
    """The 422 problem that names each wrong field, the first ones of many."""
    errors = [(name[:MAX_NAME], message) for name, message in errors[:MAX_ERRORS]]
    detail = "；".join(f"{name}：{message}" for name, message in errors)
    return ProblemError(INVALID, f"{detail}。请改正后再发。", errors=errors)


def not_ready(detail: str | None = None) -> ProblemError:
    """The 503 problem that says when to come back."""
    return ProblemError(NOT_READY, detail, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


def busy() -> ProblemError:
    """The 503 problem of a server that has all the work it takes."""
    return ProblemError(BUSY, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


def reading() -> ProblemError:
    """The 503 problem of a server that reads as many files as it does at once."""
    return ProblemError(READING, headers={"Retry-After": str(READING_SECONDS)})


def interrupted() -> ProblemError:
    """The 503 problem of a request whose worker has gone."""
    return ProblemError(INTERRUPTED, headers={"Retry-After": "1"})


def refuse(scope: Scope, problem: ProblemError) -> Response:
    """`problem` as the response to a request whose body nobody will read: the connection ends with it."""
    response = respond(scope, problem)
    response.headers["Connection"] = "close"
    return response


def respond(scope: Scope, problem: ProblemError) -> Response:
    """`problem` as an HTTP response to the request of `scope`."""
    body = json_bytes(problem_object(scope, problem))
    return Response(body, problem.fault.status, problem.headers, MEDIA_TYPE)


def problem_object(scope: Scope, problem: ProblemError) -> dict[str, Any]:
    """`problem` as the object that answers the request of `scope`."""
    content: dict[str, Any] = {
        "type": problem.fault.type,
        "title": problem.fault.title,
        "status": problem.fault.status,
        "detail": problem.detail,
        "instance": quote(scope.get("path", ""), safe="/", errors="replace"),
        "request_id": scope.get(REQUEST_ID_KEY),
    }
    if wait := problem.headers.get("Retry-After"):  # an event of a stream has no headers
        content["retry_after"] = int(wait)
    if problem.errors:
        content["errors"] = [{"field": name, "message": message} for name, message in problem.errors]
    if path_of(scope).startswith(_OPENAI_PATHS):
        content["error"] = _openai_error(problem)
    return content


def _openai_error(problem: ProblemError) -> dict[str, Any]:
    """The same for OpenAI's clients, which read nothing else of a problem object."""
    kind = "server_error" if problem.fault.status >= 500 else "invalid_request_error"
    return {
        "message": problem.detail,
        "type": _OPENAI_TYPES.get(problem.fault.status, kind),
        "code": problem.fault.name,
        "param": problem.errors[0][0] if problem.errors else None,
    }
