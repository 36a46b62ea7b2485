"""What exceptions mean to a client: each becomes a problem (`assistant.api.problems`).

A client never sees a traceback, a path on disk or the text of a foreign exception. Only errors of
the project's own tree speak for themselves, since their messages are written for people.
"""

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from assistant.api.problems import (
    BUILDING,
    BY_STATUS,
    CONFLICT,
    INTERNAL,
    INVALID,
    MAX_ERRORS,
    MAX_NAME,
    NOT_FOUND,
    NOT_JSON,
    OTHER,
    PAUSED,
    RETRY_AFTER_SECONDS,
    STORAGE,
    Fault,
    ProblemError,
    invalid_fields,
    not_ready,
    respond,
)
from assistant.api.wording import INVALID_FALLBACK, wording
from assistant.errors import (
    AddedElsewhere,
    BuildInProgress,
    ChangedSince,
    DocumentError,
    DuplicateDocument,
    EmbeddingError,
    IndexError_,
    InvalidQuestion,
    ModelNotConfigured,
    NotAdded,
    Paused,
    PolicyQAError,
    ShippedDocument,
    StorageFault,
    TooMuchToCheck,
    UnknownAnswer,
    UnknownClause,
    UnknownConversation,
    UnknownDocument,
)

PAUSED_SECONDS = 60
"""A pause lasts minutes at least."""
WHOLE_BODY = "请求正文"
"""The field that a problem names where the body as a whole is wrong."""
_log = logging.getLogger(__name__)
if TYPE_CHECKING:  # heavy, and not needed while the server starts
    from fastapi import FastAPI
    from fastapi.exceptions import RequestValidationError
    from pydantic import ValidationError


def add_handlers(app: "FastAPI") -> None:
    """Let `app` answer every fault with a problem object."""
    from fastapi.exceptions import RequestValidationError

    @app.exception_handler(ProblemError)
    async def _problem(request: Request, error: ProblemError) -> Response:
        return respond(request.scope, error)

    @app.exception_handler(PolicyQAError)
    async def _own(request: Request, error: PolicyQAError) -> Response:
        return respond(request.scope, from_own(error))

    @app.exception_handler(RequestValidationError)
    async def _validation(request: Request, error: RequestValidationError) -> Response:
        return respond(request.scope, from_validation(error))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        return respond(request.scope, _from_http(error))


def from_own(error: PolicyQAError) -> ProblemError:
    """The problem that an error of the project's tree means to a client."""
    if isinstance(error, UnknownAnswer | UnknownDocument | UnknownClause | UnknownConversation):
        return ProblemError(NOT_FOUND, error.message)
    if isinstance(error, ModelNotConfigured):
        return ProblemError(INVALID, error.message, errors=[("answerer", error.message)])
    if isinstance(error, TooMuchToCheck):
        return ProblemError(INVALID, error.message, errors=[("text", error.message)])
    if isinstance(error, Paused):
        return ProblemError(PAUSED, error.message, headers={"Retry-After": str(PAUSED_SECONDS)})
    if isinstance(error, InvalidQuestion):
        return ProblemError(INVALID, error.message, errors=[("question", error.message)])
    if isinstance(error, NotAdded):
        return ProblemError(NOT_FOUND, "没有添加过这份文件或这个版本，请从 /v1/documents 列出的里面选。")
    if isinstance(error, ShippedDocument):
        return ProblemError(
            CONFLICT, "这是随程序自带的文件，不能移除或替换；能移除的是添加的文件，另一份文件请另填 id。"
        )
    if isinstance(error, AddedElsewhere | ChangedSince):
        return ProblemError(CONFLICT, error.message)
    if isinstance(error, DuplicateDocument):
        return ProblemError(CONFLICT)
    if isinstance(error, BuildInProgress):
        return ProblemError(BUILDING, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
    if isinstance(error, DocumentError):
        return ProblemError(INVALID, error.message, errors=[("file", error.message)])
    if isinstance(error, StorageFault):
        return ProblemError(STORAGE, error.message, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
    if isinstance(error, IndexError_):
        return not_ready(error.message)
    _log.error("request failed: %s", type(error).__name__, exc_info=error)
    if isinstance(error, EmbeddingError):
        return not_ready("向量模型暂时没有应答，请过几秒再试；如果还是不行，请管理员查看服务日志。")
    return ProblemError(INTERNAL)


def _from_http(error: HTTPException) -> ProblemError:
    """By status only: `detail` may hold text that is not ours."""
    known = BY_STATUS.get(error.status_code)
    fault = known or Fault(error.status_code, OTHER.name, OTHER.title, OTHER.advice)
    return ProblemError(fault, headers=error.headers)


def invalid_body(error: "ValidationError") -> "RequestValidationError":
    """What a body that was read by hand and is not of its shape raises, as the framework would."""
    from fastapi.exceptions import RequestValidationError

    found = error.errors(include_url=False, include_input=False)
    return RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in found])


def from_validation(error: "RequestValidationError") -> ProblemError:
    """The problem that a body or a form of another shape means to a client."""
    found = error.errors()[:MAX_ERRORS]
    if any(item["type"] == "json_invalid" for item in found):
        return ProblemError(NOT_JSON)
    if any(item["loc"] == ("body",) and item["type"] == "missing" for item in found):
        return ProblemError(NOT_JSON, "请求没有正文，请发送 UTF-8 编码的 JSON 对象。")
    errors: dict[str, str] = {}
    for item in found:
        errors.setdefault(_field(item["loc"]), wording(item) or INVALID_FALLBACK)
    return invalid_fields(list(errors.items()))


def _field(location: Sequence[str | int]) -> str:
    """`documents[0]` for ("body", "documents", 0); 请求正文 for the body as a whole."""
    name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location[1:])
    return name.lstrip(".")[:MAX_NAME] or WHOLE_BODY
