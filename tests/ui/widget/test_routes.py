"""What /widget.js and /widget give, and which pages may frame them."""

import html
import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from assistant.access.areas import Area, target_of
from assistant.schema import Status
from assistant.settings import ROOT
from assistant.statuses import STATUSES
from prompts.first_questions import widget_questions
from tests.ui.widget.conftest import MakeKey
from tests.ui.widget.portal import Portal
from ui.widget.routes import frame_ancestors

if TYPE_CHECKING:
    from assistant.storage.store import Store

SCRIPT_BYTES = 30_000
"""A portal's page loads this much for every visitor, before anybody asks anything."""


def ancestors(response: httpx.Response) -> str:
    """The policy's `frame-ancestors`, without the name."""
    found = re.findall(r"frame-ancestors ([^;]+)", response.headers["content-security-policy"])
    assert len(found) == 1
    return str(found[0])


def test_the_frame_may_be_shown_by_the_keys_origins_alone(base: str, portal: Portal) -> None:
    assert ancestors(httpx.get(f"{base}/widget", params={"key_id": portal.key_id})) == portal.origin


@pytest.mark.parametrize("key_id", ["abcdefghij23", "", "*", "a'", "a\r\nX: y", "ａ", "a" * 5000])
def test_with_no_key_that_is_known_no_page_may_show_it(base: str, portal: Portal, key_id: str) -> None:
    response = httpx.get(f"{base}/widget", params={"key_id": key_id})
    assert ancestors(response) == "'none'"
    assert "x" not in response.headers
    assert ancestors(httpx.get(f"{base}/widget")) == "'none'"


def test_a_key_that_ended_or_is_for_programs_lets_no_page_show_it(
    base: str, portal: Portal, make_key: MakeKey, store: "Store"
) -> None:
    ended = datetime.now(UTC) - timedelta(seconds=1)
    for token in (make_key(origins=(portal.origin,), expires_at=ended), make_key()):
        assert ancestors(httpx.get(f"{base}/widget", params={"key_id": token.split("_")[1]})) == "'none'"
    store.keys.revoke(portal.key_id, ended)
    assert ancestors(httpx.get(f"{base}/widget", params={"key_id": portal.key_id})) == "'none'"


def test_it_is_open_where_other_pages_need_a_key() -> None:
    assert target_of("GET", "/widget").area is target_of("GET", "/widget.js").area is Area.FILES
    assert target_of("GET", "/widgets").area is Area.PAGES


def test_the_same_page_comes_whoever_asks(base: str, portal: Portal) -> None:
    known, unknown = (httpx.get(f"{base}/widget", params={"key_id": key}) for key in (portal.key_id, "none"))
    assert known.text == unknown.text
    assert known.headers["cache-control"] == "no-store"


def test_other_pages_may_be_framed_by_our_own_alone(base: str, portal: Portal) -> None:
    for path in ("/documents", "/", "/docs"):
        assert ancestors(httpx.get(base + path, follow_redirects=True)) == "'self'"


def test_what_is_no_origin_never_reaches_the_policy() -> None:
    odd = (
        "*",
        "https:",
        "https://*.example.cn",
        "https://a.cn/x",
        "https://a.cn; script-src *",
        "'self'",
        "",
    )
    assert frame_ancestors(odd) == "frame-ancestors 'none'"
    good = ("https://www.example.cn", "http://localhost:8080", "http://[2001:db8::1]:8080")
    assert frame_ancestors((*odd, *good)) == "frame-ancestors " + " ".join(good)


def test_the_frames_page_holds_nothing_inline_and_its_files_are_there(base: str) -> None:
    response = httpx.get(f"{base}/widget")
    policy = response.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert not re.search(r"<style|style=|\son[a-z]+=|<script(?![^>]* src=)", response.text)
    files = re.findall(r'(?:src|href)="(/ui/static/[^"]+)"', response.text)
    assert len(files) == 7
    assert all(httpx.get(base + name).status_code == 200 for name in files)


def test_the_frame_offers_the_questions_and_heads_of_everywhere_else(base: str) -> None:
    page = httpx.get(f"{base}/widget").text
    given = {
        name: json.loads(html.unescape(value))
        for name, value in re.findall(r"data-(offered|words)='([^']*)'", page)
    }
    assert given["offered"] == list(widget_questions())
    told = {each.value: STATUSES[each].head for each in Status if STATUSES[each].head}
    assert given["words"]["heads"] == {**told, "correction": "更正"}
    for path in (ROOT / "ui").rglob("*.js"):
        script = path.read_text(encoding="utf-8")
        assert not [words for words in (*told.values(), *given["offered"]) if words in script], path


def test_the_script_is_small_and_names_no_host(base: str) -> None:
    response = httpx.get(f"{base}/widget.js")
    assert response.headers["content-type"].startswith("text/javascript")
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert len(response.content) < SCRIPT_BYTES
    assert set(re.findall(r"https?://[\w.]+", response.text)) <= {"https://host", "http://www.w3.org"}
