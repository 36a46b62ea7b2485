"""The addresses that leave the service."""

from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from assistant.api.app import AppOptions, create_app
from assistant.mcp.http import mount_mcp
from tests.assistant.api.problem import LOOPBACK

if TYPE_CHECKING:
    from assistant.service import Assistant

QUESTION = "公办园占比要达到多少？"
HEADERS = {"Accept": "application/json, text/event-stream"}


@pytest.mark.parametrize(
    ("public_url", "base"),
    [("", f"{LOOPBACK}/"), ("https://qa.example.cn/", "https://qa.example.cn/")],
)
def test_they_begin_with_the_address_under_which_people_reach_it(
    assistant: "Assistant", public_url: str, base: str
) -> None:
    app = create_app(lambda: assistant, assistant.store, AppOptions(public_url=public_url))
    mount_mcp(app, app.state.opening.assistant)
    with TestClient(app, base_url=LOOPBACK) as client:
        assert app.state.opening.wait(30)
        answer = client.post("/v1/ask", json={"question": QUESTION}).json()
        shared = client.post(f"/v1/answers/{answer['id']}/share").json()["url"]
        asked = {"model": "policy-qa", "messages": [{"role": "user", "content": QUESTION}]}
        message = client.post("/v1/chat/completions", json=asked).json()["choices"][0]["message"]
        call = {"name": "ask", "arguments": {"question": QUESTION}}
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
        told = client.post("/mcp", json=body, headers=HEADERS).json()["result"]["structuredContent"]
    assert shared.startswith(f"{base}a/")
    assert message["annotations"][0]["url_citation"]["url"] == base + answer["citations"][0]["url"][1:]
    assert base + answer["citations"][0]["url"][1:] in message["content"]
    assert told["citations"][0]["url"] == base + answer["citations"][0]["url"][1:]
