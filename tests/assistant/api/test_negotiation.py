"""What the headers of a request decide."""

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from assistant.api.negotiation import accepts_events
from tests.assistant.api.problem import PLAN, check_problem


def taken(*accept: str) -> bool:
    headers = [(b"accept", value.encode("latin-1")) for value in accept]
    return accepts_events(Request({"type": "http", "headers": headers}))


@pytest.mark.parametrize(
    "accept",
    ["text/event-stream", "TEXT/Event-Stream", "text/event-stream;q=0.1", "text/event-stream; charset=utf-8",
     "text/event-stream, */*", "text/event-stream;q=0.5, */*;q=0.5", "text/event-stream, application/*",
     "application/json;q=0.5, text/event-stream;q=0.9", "text/event-stream,application/json;q=0",
     "text/event-stream ; q=1.000", "image/png, text/event-stream"],
)  # fmt: skip
def test_events_are_sent_to_who_would_rather_have_them(accept: str) -> None:
    assert taken(accept)


@pytest.mark.parametrize(
    "accept",
    ["", "*/*", "application/json", "text/event-stream;q=0", "text/event-stream;q=0.000, */*", "text/*",
     "application/json, text/event-stream", "text/event-stream, application/json",
     "text/event-stream;q=0.5, application/json;q=0.6", "text/event-stream;q=0.5, */*;q=0.6",
     "text/html, application/xhtml+xml, */*;q=0.8", "text/event-stream;q=high", "text/event-stream;q=1.5",
     "text/event-stream;q=", "text/event-streams", "nothing", ",;,=", "text/html"],
)  # fmt: skip
def test_json_is_sent_to_everybody_else(accept: str) -> None:
    assert not taken(accept)


def test_several_headers_are_one() -> None:
    assert taken("application/json;q=0.1", "text/event-stream")
    assert not taken("text/event-stream;q=0.1", "application/json")
    assert not taken()


@given(st.lists(st.text("text/event-stream*application/json;q=01., ", max_size=40), max_size=3))
def test_no_header_is_too_odd(accept: list[str]) -> None:
    assert taken(*accept) in {True, False}


def test_who_refuses_events_gets_the_object_and_nobody_is_refused_for_it(client: TestClient) -> None:
    for accept, kind in (("text/event-stream;q=0", "application/json"), ("image/png", "application/json"),
                         ("text/event-stream", "text/event-stream; charset=utf-8")):  # fmt: skip
        response = client.post("/v1/ask", json={"question": "您好"}, headers={"Accept": accept})
        assert response.status_code == 200
        assert response.headers["content-type"] == kind
        assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    ["/v1/documents", f"/v1/documents/{PLAN}", f"/v1/documents/{PLAN}/text", f"/v1/documents/{PLAN}/original",
     f"/v1/documents/{PLAN}/clauses/2.2.1", "/v1/models", "/healthz", "/readyz", "/metrics", "/docs",
     "/openapi.json", "/docs/start.js"],
)  # fmt: skip
def test_head_has_the_head_of_get_and_no_body(client: TestClient, path: str) -> None:
    whole, head = client.get(path), client.head(path)
    assert (whole.status_code, head.status_code, head.content) == (200, 200, b"")
    same = ("content-type", "content-length", "cache-control", "content-security-policy")
    if path != "/metrics":  # which counts what is asked
        assert [whole.headers.get(name) for name in same] == [head.headers.get(name) for name in same]


def test_head_is_refused_as_get_is(client: TestClient) -> None:
    for path, status in (("/v1/ask", 405), ("/v1/nothing", 404), (f"/v1/documents/{PLAN}?version=1", 404)):
        response = client.head(path)
        assert (response.status_code, response.content) == (status, b"")
        assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/v1/documents", "/v1/models", "/healthz", "/openapi.json", "/v1/nothing"])
def test_what_programs_are_told_is_kept_nowhere(client: TestClient, path: str) -> None:
    assert client.get(path).headers["cache-control"] == "no-store"


def test_the_right_methods_of_what_can_be_read_name_head(client: TestClient) -> None:
    response = client.delete("/v1/documents")
    check_problem(response, 405)
    assert response.headers["allow"] == "GET, HEAD, POST"
