"""Each request leaves one line in the log, with its route as the code has it."""

import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.types import Receive, Scope, Send

from assistant.access.caller import CALLER_KEY, Caller
from assistant.access.keys import Key
from assistant.api.middleware import RequestContext
from assistant.logs import FIELDS, LineFormatter
from tests.assistant.api.problem import PLAN


class _Keeping(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the fields of a request's line, and its request id."""
        if record.getMessage() == "request":
            self.lines.append({**getattr(record, FIELDS), **_named(record)})


def _named(record: logging.LogRecord) -> dict[str, Any]:
    found = re.search('"request": "([^"]*)"', LineFormatter().format(record))
    return {"request": found[1] if found else None, "level": record.levelname}


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    """The fields of each request's line."""
    handler, logger = _Keeping(), logging.getLogger("assistant.api.middleware")
    level = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    yield handler.lines
    logger.removeHandler(handler)
    logger.setLevel(level)


def test_a_request_is_one_line_with_its_route_and_size(
    client: TestClient, lines: list[dict[str, Any]]
) -> None:
    response = client.get(f"/v1/documents/{PLAN}", params={"version": "2020-10-22"})
    line = lines.pop()
    assert not lines
    assert line.pop("ms") > 0
    assert line == {
        "method": "GET",
        "route": "/v1/documents/{id}",
        "status": 200,
        "bytes": len(response.content),
        "key": None,
        "request": response.headers["x-request-id"],
        "level": "INFO",
    }


@pytest.mark.parametrize(
    ("method", "path", "route", "status"),
    [
        ("GET", "/healthz", "/healthz", 200),
        ("GET", "/v1/documents/139123/clauses/2.1?version=1", "/v1/documents/{id}/clauses/{address}", 404),
        ("GET", "/v1/13912345678", "/v1/{rest:path}", 404),
        ("GET", "/13912345678", None, 404),
        ("POST", "/v1/ask", "/v1/ask", 415),
    ],
)  # fmt: skip
def test_no_part_of_an_address_is_written(
    client: TestClient, lines: list[dict[str, Any]], method: str, path: str, route: str | None, status: int
) -> None:
    client.request(method, path)
    assert [(line["route"], line["status"]) for line in lines] == [(route, status)]


def test_a_stream_is_one_line_once_it_is_through(client: TestClient, lines: list[dict[str, Any]]) -> None:
    asked = {"question": "公办幼儿园的占比要达到多少？"}
    response = client.post("/v1/ask", json=asked, headers={"Accept": "text/event-stream"})
    assert [(line["status"], line["bytes"]) for line in lines] == [(200, len(response.content))]


def test_what_a_guard_refuses_is_written_too(client: TestClient, lines: list[dict[str, Any]]) -> None:
    client.get("/healthz", headers={"Host": "evil.example"})
    assert [(line["route"], line["status"]) for line in lines] == [(None, 421)]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("trace-0a1b2c3d", True),
        ("4bf92f3577b34da6a3ce929d0e0e4736", True),
        ("550e8400-e29b-41d4-a716-446655440000", True),
        ("13912345678f00d1", True),  # hexadecimal: told from a telephone number by its letters
        ("13912345678", False),
        ("call-13912345678", False),
        ("11010119900307771X", False),
    ],
)
def test_a_callers_id_is_kept_unless_it_is_personal_data(
    client: TestClient, lines: list[dict[str, Any]], given: str, kept: bool
) -> None:
    response = client.get("/healthz", headers={"X-Request-ID": given})
    assert (response.headers["x-request-id"] == given) is kept
    assert lines[0]["request"] == response.headers["x-request-id"]


def test_the_keys_id_is_written_and_a_fault_is_a_warning(lines: list[dict[str, Any]]) -> None:
    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        scope[CALLER_KEY] = Caller(key=Key("abcdefabcdef", "门户", frozenset(), "0" * 64))
        raise ValueError("13912345678")

    assert TestClient(RequestContext(failing)).get("/").status_code == 500
    assert [(line["status"], line["key"], line["level"]) for line in lines] == [
        (500, "abcdefabcdef", "WARNING")
    ]
