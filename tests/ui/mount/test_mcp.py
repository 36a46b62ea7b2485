"""/mcp of the served application: the official client, and what an attacker would try."""

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import anyio
import httpx
import pytest
from mcp import Client

from tests.assistant.api.problem import PLAN, check_problem

HEADERS = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
QUESTION = {"question": "娃儿一天在学校能运动好久？"}


def body(method: str, params: Any = None, **more: Any) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}, **more}).encode()


def post(server: str, content: bytes, **headers: str) -> httpx.Response:
    return httpx.post(f"{server}/mcp", content=content, headers={**HEADERS, **headers}, timeout=60)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_official_client_can_use_it(server: str, mode: str) -> None:
    async def run() -> tuple[list[str], Any, str]:
        async with Client(f"{server}/mcp", mode=mode) as client:
            names = [tool.name for tool in (await client.list_tools()).tools]
            asked = await client.call_tool("ask", QUESTION)
            content = (await client.read_resource("policy://documents")).contents[0]
            return names, asked.structured_content, content.model_dump()["text"]

    with ThreadPoolExecutor(1) as apart:  # the browser of other tests runs a loop in this thread
        names, answer, documents = apart.submit(anyio.run, run).result()
    assert names == ["ask", "search_clauses", "get_clause", "verify_quotes"]
    url = answer["citations"][0]["url"]
    assert url.startswith(f"{server}/documents/{PLAN}?")
    assert httpx.get(url).status_code == 200
    assert json.loads(documents)["documents"][0]["id"] == PLAN


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "PATCH", "OPTIONS"])
def test_only_post_is_open_so_that_no_stream_and_no_session_can_be_held(server: str, method: str) -> None:
    headers = {"Accept": "text/event-stream", "Mcp-Session-Id": "x", "Last-Event-ID": "1"}
    response = httpx.request(method, f"{server}/mcp", headers=headers)
    check_problem(response, 405, "method-not-allowed")
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize(
    "path",
    [
        "/mcp/", "/mcp/sse", "/sse", "/messages", "/messages/", "/register", "/authorize", "/token", "/MCP",
        "//mcp", "/.well-known/oauth-authorization-server", "/.well-known/oauth-protected-resource/mcp",
    ],
)  # fmt: skip
def test_nothing_else_that_the_library_could_serve_is_there(server: str, path: str) -> None:
    target = httpx.URL(server).copy_with(raw_path=path.encode())
    with httpx.Client() as client:
        for method in ("GET", "POST"):
            response = client.send(httpx.Request(method, target, headers=HEADERS))
            assert response.status_code in {404, 405}
            check_problem(response, response.status_code)


def test_no_session_is_given_and_one_that_is_named_is_nothing(server: str) -> None:
    first = post(server, body("tools/list"))
    assert first.status_code == 200
    assert "mcp-session-id" not in first.headers
    assert post(server, body("tools/list"), **{"Mcp-Session-Id": "guess"}).status_code == 200


def test_events_are_never_answered_even_to_who_would_listen(server: str) -> None:
    listen = body("subscriptions/listen", {"_meta": meta()})
    for content, headers in (
        (body("tools/call", {"name": "search_clauses", "arguments": {"query": "体育"}}), {}),
        (listen, {"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "subscriptions/listen"}),
        (body("resources/subscribe", {"uri": "policy://documents"}), {}),
        (body("logging/setLevel", {"level": "debug"}), {}),
    ):
        began = time.monotonic()
        response = post(server, content, **headers)
        assert response.headers["content-type"].startswith("application/json"), response.text
        assert time.monotonic() - began < 20


def meta() -> dict[str, Any]:
    return {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "t", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    }


def test_foreign_pages_and_foreign_names_are_refused(server: str) -> None:
    check_problem(post(server, body("tools/list"), Origin="https://evil.example"), 403, "foreign-origin")
    check_problem(post(server, body("tools/list"), Origin="null"), 403, "foreign-origin")
    check_problem(post(server, body("tools/list"), Host="evil.example"), 421, "foreign-host")
    assert post(server, body("tools/list"), Origin=server).status_code == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_what_a_page_may_send_without_asking_is_refused(server: str, kind: str) -> None:
    check_problem(post(server, body("tools/list"), **{"Content-Type": kind}), 415, "media-type")


def test_a_huge_body_is_refused_unread(server: str) -> None:
    check_problem(post(server, b"[" * 70_000), 413, "too-large")


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[" * 60_000, b"[1," * 20_000, b'{"a":' * 10_000, b"\xff\xfe", b"null", b"[]",
        b"1" * 60_000,
        b'[{"jsonrpc":"2.0","id":1,"method":"tools/list"}]',
        b'{"jsonrpc":"2.0","id":{},"method":"tools/list"}',
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"ask","arguments":[1]}}',
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":[]}',
        b'{"jsonrpc":"2.0","id":1,"method":"\\ud800"}',
        b'{"jsonrpc":"2.0","id":1,"result":{}}',
    ],
)  # fmt: skip
@pytest.mark.parametrize("version", ["2025-06-18", "2026-07-28", "9999", "x" * 300])
def test_broken_messages_end_in_an_answer_without_details(
    server: str, content: bytes, version: str, logged: list[Any]
) -> None:
    response = post(server, content, **{"MCP-Protocol-Version": version})
    assert response.status_code < 500, response.text
    assert "Traceback" not in response.text
    assert "site-packages" not in response.text
    assert not [record for record in logged if record.exc_info]


def test_a_lone_surrogate_in_a_question_is_told(server: str) -> None:
    call = body("tools/call", {"name": "ask", "arguments": {"question": "\ud800"}})
    response = post(server, call)
    assert response.status_code < 500
    assert "Traceback" not in response.text


def test_many_at_once_are_all_answered_and_the_server_stays_well(server: str) -> None:
    call = body("tools/call", {"name": "search_clauses", "arguments": {"query": "公办园占比"}})
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: post(server, call), range(24)))
    assert all(answer.json()["result"]["structuredContent"]["hits"] for answer in answers)
    assert httpx.get(f"{server}/healthz").status_code == 200


def test_who_hangs_up_leaves_nothing_behind(server: str, logged: list[Any]) -> None:
    call = body("tools/call", {"name": "ask", "arguments": QUESTION})
    where = urlsplit(server)
    lines = [f"Host: {where.netloc}", f"Content-Length: {len(call)}", *map(": ".join, HEADERS.items())]
    for _ in range(5):
        with socket.create_connection((where.hostname, where.port or 80)) as connection:
            connection.sendall(b"POST /mcp HTTP/1.1\r\n" + "\r\n".join([*lines, "", ""]).encode() + call)
    assert post(server, body("ping")).status_code == 200
    assert post(server, call).json()["result"]["structuredContent"]["citations"]
    assert not [record for record in logged if record.levelname == "ERROR"]
