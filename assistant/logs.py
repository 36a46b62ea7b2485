"""What the process writes about itself: one line a record, and nothing in it that people wrote.

A record of ours is written whole, since its words stand in our code. Of another library's record only the
words before its arguments were put in are written, and of an exception its type, its code (`SQLITE_FULL`,
`ENOSPC`) and where it was raised: its message may quote a question, an address or a row of the database.
`POLICY_QA_LOG_QUESTIONS` adds the questions and those messages, with personal data masked.
"""

import errno
import json
import logging
import os
import re
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from types import TracebackType
from typing import Any, TextIO

from index.text.obeyed import CONTROL, DIRECTION
from index.text.personal_data import mask

REQUEST_ID: ContextVar[str] = ContextVar("policy_qa_request_id", default="")
"""Id of the request at hand; every record written meanwhile carries it."""
FIELDS = "policy_qa_fields"
"""Name under which `extra` carries a record's own fields, see `fields`."""
OURS = frozenset({"assistant", "evals", "index", "prompts", "ui"})
_WHOLE = OURS | {"uvicorn"}
"""Loggers whose messages hold nothing that people wrote."""
_MAX_TEXT = 2000
_MAX_ERRORS = 6
"""Exceptions of one chain that are written, the last raised first."""
_MAX_FRAMES = 20
_CODE = re.compile(r"[A-Za-z0-9_]{1,40}")
_ESCAPED = {code: f"\\u{code:04x}" for code in (*CONTROL, *DIRECTION, 0x2028, 0x2029)}
"""What JSON leaves as it is, and readers of lines take for an end of one, or terminals obey."""
_CODES = ("sqlite_errorname", "sqlstate", "status_code", "kind")
_log = logging.getLogger(__name__)


class LogFormat(StrEnum):
    """How a record is written."""

    JSON = "json"
    TEXT = "text"


class LogLevel(StrEnum):
    """From which level on our own records are written; other libraries' are from `warning` on."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def fields(**values: Any) -> dict[str, Any]:
    """`extra` for a call of a logger: the record's own fields, in which nothing stands that people wrote."""
    return {FIELDS: values}


def set_up(form: LogFormat, level: LogLevel, questions: bool = False, stream: TextIO | None = None) -> None:
    """Send the records of the whole process, its warnings and its uncaught exceptions to `stream` (stderr).

    `questions`: with the messages of other libraries and of exceptions, masked.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(LineFormatter(form, questions))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        theirs = logging.getLogger(name)
        theirs.handlers.clear()
        theirs.propagate = True
        theirs.setLevel(logging.NOTSET)
    logging.raiseExceptions = False  # what cannot be written would be shown with its arguments
    warnings.showwarning = _log_warning
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda failed: _log_uncaught(
        failed.exc_type, failed.exc_value, failed.exc_traceback
    )
    sys.unraisablehook = lambda failed: _log_uncaught(failed.exc_type, failed.exc_value, failed.exc_traceback)


class LineFormatter(logging.Formatter):
    """A record as one line of JSON or text."""

    def __init__(self, form: LogFormat = LogFormat.JSON, questions: bool = False) -> None:
        super().__init__()
        self._form = form
        self._questions = questions

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line = self._fields(record)
        if self._form is LogFormat.JSON:
            return _json(line)
        return " ".join(_shown(name, value) for name, value in line.items())

    def _fields(self, record: logging.LogRecord) -> dict[str, Any]:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        whole = _package(record.name) in _WHOLE
        if message := self._message(record, whole):
            line["message"] = message
        if not whole:
            line["at"] = f"{record.module}:{record.lineno}"
        line["pid"] = os.getpid()
        if request := REQUEST_ID.get():
            line["request"] = request
        line.update(getattr(record, FIELDS, {}))
        if record.exc_info and record.exc_info[1] is not None:
            line["errors"] = [self._error(error) for error in _chain(record.exc_info[1])]
        return line

    def _message(self, record: logging.LogRecord, whole: bool) -> str:
        if whole or self._questions:
            try:
                text = record.getMessage()
            except (TypeError, ValueError, KeyError):  # arguments that do not fit their words
                text = str(record.msg)
        else:  # without arguments the words may have been put together before
            text = record.msg if record.args and isinstance(record.msg, str) else ""
        return _masked(text)

    def _error(self, error: BaseException) -> Mapping[str, Any]:
        kind = type(error)
        described: dict[str, Any] = {"type": f"{kind.__module__}.{kind.__qualname__}"}
        if code := code_of(error):
            described["code"] = code
        if self._questions:
            described["message"] = _masked(str(error))
        return {**described, "at": _places(error.__traceback__)}


def code_of(error: BaseException) -> str | None:
    """What an exception says of itself by a name or number that is no text: a database's, the system's, an
    answer's status."""
    error = getattr(error, "orig", None) or error  # SQLAlchemy's hold the driver's
    for name in _CODES:
        value = getattr(error, name, None)
        if isinstance(value, str | int) and _CODE.fullmatch(str(value)):
            return str(value)
    if isinstance(error, OSError) and error.errno is not None:
        return errno.errorcode.get(error.errno)
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """`error`, what is in it where it is a group, and what it came from."""
    waiting, seen = [error], 0
    while waiting and seen < _MAX_ERRORS:
        found = waiting.pop(0)
        yield found
        seen += 1
        if isinstance(found, BaseExceptionGroup):
            waiting += found.exceptions
        before = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
        if before is not None:
            waiting.append(before)


def _places(trace: TracebackType | None) -> list[str]:
    """Module, line and function of each frame of ours, and of the one that raised; no path, no values."""
    frames = [
        (str(frame.f_globals.get("__name__", "?")), line, frame.f_code.co_name)
        for frame, line in traceback.walk_tb(trace)
    ]
    last = len(frames) - 1
    kept = [frame for number, frame in enumerate(frames) if number == last or _package(frame[0]) in OURS]
    return [f"{module}:{line} {function}" for module, line, function in kept[-_MAX_FRAMES:]]


def _package(name: str) -> str:
    return name.partition(".")[0]


def _masked(text: str) -> str:
    return mask(text[: 2 * _MAX_TEXT])[:_MAX_TEXT]


def _shown(name: str, value: Any) -> str:
    if name in ("time", "level", "logger"):
        return str(value)
    if isinstance(value, str) and re.fullmatch(r"[\w./{}:+-]+", value):
        return f"{name}={value}"
    return f"{name}={_json(value)}"


def _json(value: Any) -> str:
    """On one line, whoever reads lines."""
    return json.dumps(value, ensure_ascii=False, default=_unwritten).translate(_ESCAPED)


def _unwritten(value: object) -> str:
    """In place of a value that is no plain one."""
    return type(value).__name__


def _log_warning(
    message: Warning | str,  # noqa: ARG001 - it may quote values
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,  # noqa: ARG001
    line: str | None = None,  # noqa: ARG001
) -> None:
    place = "/".join(filename.split("/")[-2:])
    _log.warning("Python warns", extra=fields(warning=category.__name__, place=f"{place}:{lineno}"))


def _log_uncaught(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    _log.critical("an exception was caught by nobody", exc_info=(kind, error or kind(), trace))
