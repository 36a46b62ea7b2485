"""What goes wrong, as a page for people and as an object for programs."""

import json
import re
from typing import TYPE_CHECKING

import httpx
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from assistant.access.rules import Rules
from assistant.api import problems
from assistant.api.problems import BY_STATUS, MEDIA_TYPE, REQUEST_ID_KEY, Fault, ProblemError, respond
from tests.assistant.api.problem import check_problem
from tests.serving import served
from tests.ui.mount.test_access import application as limited
from ui.pages.faults import FaultPages

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from assistant.service import Assistant

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"}
EVERY_FAULT = [each for each in vars(problems).values() if isinstance(each, Fault) and each.status]
_LETTERS = re.compile(r"[A-Za-z]{2,}")


def _seen(page: str) -> str:
    """What a person reads of a page."""
    body = page[page.index("<body") :]
    return re.sub(r"<[^>]*>", " ", body)


def _check_page(response: httpx.Response, status: int) -> None:
    assert response.status_code == status
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert response.headers["content-security-policy"].count("frame-ancestors") == 1
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "no-store"
    assert not _LETTERS.findall(_seen(response.text)), "words that people cannot read"
    assert 'href="/"' in response.text


@pytest.mark.parametrize("path", ["/nothing", "/documents/", "/about/us", "/docs/none", "/a", "/%E4%BD%A0"])
def test_a_browser_gets_a_page_with_ways_on(server: str, path: str) -> None:
    response = httpx.get(server + path, headers=BROWSER)
    _check_page(response, 404)
    assert 'href="/documents"' in response.text
    head = httpx.head(server + path, headers=BROWSER)
    assert head.status_code == 404
    assert head.headers["content-type"] == response.headers["content-type"]
    assert head.content == b""


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html;q=0.1, application/json", ""])
def test_programs_get_the_object(server: str, accept: str) -> None:
    check_problem(httpx.get(f"{server}/nothing", headers={"Accept": accept}), 404, "not-found")


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1", "/mcp", "/gradio_api/x", "/v1/answers/x/evidence"])
def test_below_the_interface_there_are_objects_only(server: str, path: str) -> None:
    response = httpx.get(server + path, headers=BROWSER)
    assert response.status_code in (404, 405)
    check_problem(response, response.status_code)


def test_a_wrong_method_is_told_in_words(server: str) -> None:
    response = httpx.post(f"{server}/about", headers=BROWSER)
    _check_page(response, 405)
    assert "GET" in response.headers["allow"]
    assert {"Accept", "Accept-Encoding"} <= set(response.headers["vary"].split(", "))


def test_above_a_limit_the_page_says_how_long_to_wait(assistant: "Assistant") -> None:
    rules = Rules(keys_needed=True, pages_open=True, address_minute="2/minute")
    with served(limited(assistant, rules)) as base, httpx.Client(base_url=base, headers=BROWSER) as client:
        for _ in range(2):
            assert client.get("/about").status_code == 200
        response = client.get("/about?x=1")
        _check_page(response, 429)
        wait = response.headers["retry-after"]
        assert f"请等{wait}秒再试" in response.text
        assert response.headers["refresh"] == wait
        assert 'href="/about?x=1"' in response.text
        part = client.get("/documents?embed=1", headers={"Accept": "*/*"})
        assert part.status_code == 429
        assert part.text.strip().startswith("<section")


def test_where_pages_are_shut_the_page_says_so(assistant: "Assistant") -> None:
    with served(limited(assistant, Rules(keys_needed=True, pages_open=False))) as base:
        _check_page(httpx.get(f"{base}/", headers=BROWSER), 403)


def test_under_a_foreign_name_there_is_a_page_too(server: str) -> None:
    response = httpx.get(f"{server}/", headers={**BROWSER, "Host": "evil.example"})
    assert response.status_code == 421
    assert response.headers["content-type"].startswith("text/html")
    assert "evil" not in response.text


def _failing(fault: Fault, headers: dict[str, str]) -> TestClient:
    async def app(scope: "Scope", receive: "Receive", send: "Send") -> None:
        scope[REQUEST_ID_KEY] = "20260302-1234"
        await respond(scope, ProblemError(fault, headers=headers))(scope, receive, send)

    outer = Starlette()
    outer.mount("/", FaultPages(app))
    return TestClient(outer)


@pytest.mark.parametrize("fault", EVERY_FAULT, ids=lambda fault: fault.name)
def test_every_fault_has_words_for_people(fault: Fault) -> None:
    response = _failing(fault, {}).get("/x", headers=BROWSER)
    assert response.status_code == fault.status
    seen = _seen(response.text)
    assert not _LETTERS.findall(seen), seen
    assert "请" in seen


@pytest.mark.parametrize(("seconds", "told"), [(5, "5秒"), (119, "119秒"), (121, "3分钟"), (80000, "23小时")])
def test_a_wait_is_told_as_people_say_it(seconds: int, told: str) -> None:
    fault = BY_STATUS[429]
    response = _failing(fault, {"Retry-After": str(seconds)}).get("//evil.example/x", headers=BROWSER)
    assert f"请等{told}再试" in response.text
    assert 'href="//' not in response.text


def test_what_was_sent_is_not_sent_again_by_itself() -> None:
    fault = BY_STATUS[503]
    response = _failing(fault, {"Retry-After": "5"}).post("/ask", headers=BROWSER)
    assert response.status_code == 503
    assert "refresh" not in response.headers
    assert "没有办成" in response.text


def test_an_object_that_is_no_fault_passes(server: str) -> None:
    response = httpx.get(f"{server}/openapi.json", headers=BROWSER)
    assert response.status_code == 200
    assert json.loads(response.text)["openapi"]
    assert response.headers["content-type"] != MEDIA_TYPE
