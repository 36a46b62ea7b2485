"""What the route of the MCP server says of a body that is no message."""

from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from assistant.api.app import create_app
from assistant.mcp.http import PATH, mount_mcp
from tests.assistant.api.problem import CHINESE, LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.service import Assistant

HEADERS = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}


@pytest.fixture(scope="module")
def endpoint(assistant: "Assistant") -> "Iterator[TestClient]":
    app = create_app(lambda: assistant, assistant.store)
    mount_mcp(app, app.state.opening.assistant)
    with TestClient(app, base_url=LOOPBACK) as client:
        yield client


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{secret", -32700),
        ("[" * 20_000, -32700),
        ("{}", -32600),
        ('"secret"', -32600),
        ('[{"jsonrpc": "2.0", "id": 1, "method": "secret"}]', -32600),
    ],
)
def test_it_is_said_in_chinese_and_nothing_of_it_repeated(endpoint: TestClient, body: str, code: int) -> None:
    response = endpoint.post(PATH, content=body, headers=HEADERS)
    told = response.json()
    assert response.status_code == 400
    assert (told["jsonrpc"], told["id"], told["error"]["code"]) == ("2.0", None, code)
    assert CHINESE.search(told["error"]["message"])
    for inside in ("secret", "pydantic", "JSONRPCRequest", "line 1"):
        assert inside not in response.text


def test_a_message_passes(endpoint: TestClient) -> None:
    body = {"jsonrpc": "2.0", "id": 7, "method": "tools/list"}
    told = endpoint.post(PATH, json=body, headers=HEADERS).json()
    assert told["id"] == 7
    assert told["result"]["tools"]
