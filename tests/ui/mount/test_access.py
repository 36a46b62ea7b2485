"""The chat's routes are no way round keys and limits."""

import html
import re
from typing import TYPE_CHECKING

import httpx

from assistant.access.rules import Rules
from assistant.api.app import AppOptions
from tests.assistant.api.problem import PLAN
from tests.serving import served
from tests.ui.mount.client import QUESTION, Page
from ui.serve import compose
from ui.static_files import static_url

if TYPE_CHECKING:
    from fastapi import FastAPI

    from assistant.service import Assistant


def application(assistant: "Assistant", rules: Rules) -> "FastAPI":
    return compose(
        lambda: assistant, assistant.store, AppOptions(rules), folder=assistant.settings.state_dir / "gradio"
    )


def test_where_pages_are_not_published_the_chat_is_shut(assistant: "Assistant") -> None:
    with served(application(assistant, Rules(keys_needed=True, pages_open=False))) as base:
        page = Page(base)
        with page.http:
            assert page.asks(QUESTION).status_code == 403
            for path in ("/", "/documents", "/gradio_api/queue/data?session_hash=x", "/a/x", "/docs"):
                response = page.http.get(path)
                assert response.status_code == 403, path
                assert response.json()["type"].endswith("not-published")
            for path in ("/gradio_api/cancel", "/ask", "/chat/transcript", "/chat/delete", "/chat/share"):
                assert page.http.post(path, json={}).status_code == 403


def test_published_pages_take_so_many_questions_of_one_address(assistant: "Assistant") -> None:
    rules = Rules(keys_needed=True, pages_open=True, address_minute="6/minute")
    with served(application(assistant, rules)) as base:
        page = Page(base)
        with page.http:
            assert page.http.get("/").status_code == 200
            codes = [page.asks(QUESTION).status_code for _ in range(6)]
            assert codes[0] == 200
            assert codes[-1] == 429
            refused = page.asks(QUESTION)
            assert int(refused.headers["retry-after"]) > 0
            assert page.http.post("/ask", data={"question": QUESTION}).status_code == 429
            assert page.http.get(static_url("chat/main.js")).status_code == 200
            assert httpx.post(f"{base}/v1/ask", json={"question": QUESTION}).status_code == 401


def test_published_pages_give_the_originals_file(assistant: "Assistant") -> None:
    with served(application(assistant, Rules(keys_needed=True, pages_open=True))) as base:
        page = httpx.get(f"{base}/documents/{PLAN}").text
        link = re.search(r'<a href="([^"]+)" download>', page)
        assert link is not None
        file = httpx.get(base + html.unescape(link[1]))
        assert file.status_code == 200
        assert file.headers["content-disposition"].startswith("attachment")
        assert file.headers["x-content-type-options"] == "nosniff"
        shown = assistant.library.get(PLAN)
        assert shown is not None
        assert file.content == assistant.original(shown.document).read_bytes()


def test_a_conversation_in_the_chat_takes_so_many_questions(assistant: "Assistant") -> None:
    rules = Rules(keys_needed=True, pages_open=True, conversation_minute="1/minute")
    with served(application(assistant, rules)) as base:
        page = Page(base)
        with page.http:
            assert page.event(QUESTION)["kind"] == "answered"
            assert "太频繁" in page.event("那要到哪一年？")["text"]
            form = {"question": "还有呢？", "secret": page.secret}
            assert "太频繁" in page.http.post("/ask", data=form).text
