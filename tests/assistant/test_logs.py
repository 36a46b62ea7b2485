"""The log: one line a record, with what an administrator needs and nothing that people wrote."""

import asyncio
import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from pydantic import BaseModel
from sqlalchemy import create_engine, text

from assistant import logs
from assistant.errors import UnknownDocument
from assistant.logs import LogFormat, LogLevel, fields
from index.text.personal_data import mask
from tests.assistant.personal import PERSONAL, traces

SECRET = "，".join(PERSONAL.values())


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., io.StringIO]]:
    """Sets the process's log up as a server does, and puts everything back afterwards."""
    monkeypatch.setattr(logs, "OURS", logs.OURS | {"tests"})  # so that places in this file are written
    names = [None, "uvicorn", "uvicorn.error", "uvicorn.access", *logs.OURS]
    loggers = [logging.getLogger(name) for name in names]
    before = [(each.handlers[:], each.level, each.propagate) for each in loggers]
    hooks = sys.excepthook, sys.unraisablehook, threading.excepthook, warnings.showwarning
    raising = logging.raiseExceptions

    def set_up(
        form: LogFormat = LogFormat.JSON, level: LogLevel = LogLevel.INFO, questions: bool = False
    ) -> io.StringIO:
        stream = io.StringIO()
        logs.set_up(form, level, questions, stream)
        return stream

    yield set_up
    for each, (handlers, level, propagate) in zip(loggers, before, strict=True):
        each.handlers[:] = handlers
        each.setLevel(level)
        each.propagate = propagate
    sys.excepthook, sys.unraisablehook, threading.excepthook, warnings.showwarning = hooks
    logging.raiseExceptions = raising


def test_the_examples_are_what_the_mask_knows() -> None:
    for name, example in PERSONAL.items():
        assert f"[{name}]" in mask(f"请看{example}，谢谢")


class _Told(BaseModel):
    number: int


def _database() -> None:
    with create_engine("sqlite://").connect() as connection:
        connection.execute(text("INSERT INTO nothing VALUES (:question)"), {"question": SECRET})


def _shape() -> None:
    _Told.model_validate({"number": SECRET})


def _address() -> None:
    httpx.get(f"http://127.0.0.1:9/?q={SECRET}")


def _own() -> None:
    raise UnknownDocument(f"没有编号为“{SECRET}”的文件。")


def _chained() -> None:
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        raise RuntimeError(f"again: {SECRET}") from error


def _group() -> None:
    raise ExceptionGroup(SECRET, [KeyError(SECRET), OSError(28, SECRET, SECRET)])


FAULTS = {
    _database: ("sqlalchemy.exc.OperationalError", "SQLITE_ERROR"),
    _shape: ("pydantic_core._pydantic_core.ValidationError", None),
    _address: ("httpx.ConnectError", None),
    _own: ("assistant.errors.UnknownDocument", None),
    _chained: ("builtins.RuntimeError", None),
    _group: ("builtins.ExceptionGroup", None),
}


@pytest.mark.parametrize("form", LogFormat)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_by_kind_code_and_place_alone(
    written: Callable[..., io.StringIO], fault: Callable[[], None], form: LogFormat
) -> None:
    out = written(form)
    for name in ("assistant.service", "sqlalchemy.pool"):
        try:
            fault()
        except Exception:
            logging.getLogger(name).exception("it failed")
    lines = out.getvalue().splitlines()
    assert len(lines) == 2
    assert not [trace for trace in traces() if trace in out.getvalue()]
    kind, code = FAULTS[fault]
    for line in lines:
        assert kind in line
        assert fault.__name__ in line, "the place where it was raised"
        assert code is None or code in line


def test_a_group_and_a_chain_are_told_whole(written: Callable[..., io.StringIO]) -> None:
    out = written()
    for fault in (_group, _chained):
        try:
            fault()
        except Exception:
            logging.getLogger("assistant").exception("it failed")
    group, chain = (json.loads(line)["errors"] for line in out.getvalue().splitlines())
    assert [error["type"] for error in group] == [
        "builtins.ExceptionGroup",
        "builtins.KeyError",
        "builtins.OSError",
    ]
    assert group[2]["code"] == "ENOSPC"
    assert [error["type"] for error in chain] == ["builtins.RuntimeError", "builtins.ValueError"]


def test_what_other_libraries_say_stays_out_and_ours_is_masked(written: Callable[..., io.StringIO]) -> None:
    out = written()
    theirs = logging.getLogger("httpx")
    theirs.info("HTTP Request: GET http://127.0.0.1/?q=%s", SECRET)
    theirs.warning(f"a body of {SECRET} was not read")
    theirs.warning("a body of %s was not read", SECRET)
    logging.getLogger("index.build").warning("not usable: %r", ValueError(SECRET))
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line.get("message", "") for line in lines[:2]] == ["", "a body of %s was not read"]
    assert all(line["at"].startswith("test_logs:") for line in lines[:2])
    assert "[手机号]" in lines[2]["message"]
    assert not [trace for trace in traces() if trace in out.getvalue()]


def test_whoever_lets_questions_be_logged_gets_them_masked(written: Callable[..., io.StringIO]) -> None:
    out = written(questions=True)
    try:
        _chained()
    except RuntimeError:
        logging.getLogger("openai").exception("answer to %s", f"娃儿入学，打{SECRET}")
    line = json.loads(out.getvalue())
    assert line["message"].startswith("answer to 娃儿入学，打[邮箱]")
    assert line["errors"][0]["message"].startswith("again: [邮箱]")
    assert not [trace for trace in traces() if trace in out.getvalue()]


def test_what_nobody_catches_is_logged_the_same_way(written: Callable[..., io.StringIO], capfd: Any) -> None:
    out = written()
    thread = threading.Thread(target=_chained)
    thread.start()
    thread.join()

    async def forgotten() -> None:
        async def fail() -> None:
            _chained()

        task = asyncio.create_task(fail())
        await asyncio.sleep(0.01)
        del task

    asyncio.run(forgotten())
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = logs._log_warning
        warnings.warn(f"input was {SECRET}", UserWarning, stacklevel=1)
    said = out.getvalue()
    lines = [json.loads(line) for line in said.splitlines()]
    assert {line["logger"] for line in lines} == {"assistant.logs", "asyncio"}
    assert lines[-1]["warning"] == "UserWarning"
    assert not [trace for trace in traces() if trace in said + capfd.readouterr().err]


def test_a_record_is_one_line_whatever_stands_in_it(written: Callable[..., io.StringIO]) -> None:
    for form in LogFormat:
        out = written(form)
        told = fields(name="a\nb\u2028c\x1b[31m\x9b31m\u202e\u061c", thing=object())
        logging.getLogger("assistant").info('line\r\nlevel=critical "x"', extra=told)
        assert len(out.getvalue().splitlines()) == 1
        assert not set("\x1b\x9b\u202e\u061c") & set(out.getvalue())


def test_our_level_is_set_and_other_libraries_stay_at_warnings(written: Callable[..., io.StringIO]) -> None:
    out = written(level=LogLevel.DEBUG)
    for name in ("assistant.api", "index", "httpx", "openai"):
        logging.getLogger(name).debug("detail")
    names = [json.loads(line)["logger"] for line in out.getvalue().splitlines()]
    assert names == ["assistant.api", "index"]


def test_a_log_that_cannot_be_written_shows_no_arguments_elsewhere(
    written: Callable[..., io.StringIO], capfd: pytest.CaptureFixture[str]
) -> None:
    written().close()
    logging.getLogger("assistant").warning("told %s", SECRET)
    assert capfd.readouterr().err == ""
