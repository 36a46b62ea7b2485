"""The evidence sheet and the page under which an answer is shared."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from assistant.service import Assistant

QUESTION = "公办幼儿园的占比要达到多少？<img src=x onerror=alert(1)> 我电话13883456789"


@pytest.fixture(scope="module")
def client(server: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server, timeout=60) as opened:
        yield opened


def test_the_sheet_says_what_was_asked_answered_and_quoted(
    client: httpx.Client, assistant: "Assistant"
) -> None:
    answer = client.post("/v1/ask", json={"question": QUESTION}).json()
    page = client.get(f"/v1/answers/{answer['id']}/evidence")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    text = page.text
    assert "<img" not in text
    assert "&lt;img src=x" in text
    assert "13883456789" not in text
    assert "[手机号]" in text
    for citation in answer["citations"]:
        assert f"<blockquote>{citation['quote']}</blockquote>" in text
        assert citation["clause_label"] in text
        assert citation["document_title"] in text
    assert answer["id"] in text
    digests = re.findall(r'class="digest">([0-9a-f]{64})<', text)
    assert len(digests) == 2
    assert "仅供参考，以正式文件原文为准" in text
    again = client.get(f"/v1/answers/{answer['id']}/evidence")
    assert again.text == text
    assert page.headers["cache-control"] == "no-store"


def test_faults_of_the_sheet_are_problem_objects(client: httpx.Client) -> None:
    response = client.get("/v1/answers/ans_none/evidence")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


def test_a_shared_page_shows_one_answer_until_it_is_withdrawn(client: httpx.Client) -> None:
    first = client.post("/v1/ask", json={"question": "公办幼儿园的占比要达到多少？"}).json()
    secret = {"X-Conversation-Secret": first["conversation_secret"]}
    further = {"question": "家庭教育怎么做？", "conversation_id": first["conversation_id"]}
    second = client.post("/v1/ask", json=further, headers=secret).json()
    share = f"/v1/answers/{second['id']}/share"
    url = client.post(share).json()["url"]
    page = client.get(url)
    assert page.status_code == 200
    assert "家庭教育怎么做？" in page.text
    assert "公办幼儿园的占比要达到多少？" not in page.text
    assert first["conversation_id"] not in page.text
    assert not re.search(r"(ans|cnv)_[0-9a-f]", page.text), "whoever reads it could share it on, or rate it"
    assert page.headers["cache-control"] == "no-store"
    client.delete(share).raise_for_status()
    gone = client.get(url)
    assert gone.status_code == 404
    assert "撤回" in gone.text
    assert client.get("/a/x").status_code == 404
