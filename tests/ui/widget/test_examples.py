"""The files of examples/ do what they say against a real server; docs/portals.md prints them as they are."""

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
import pytest

from assistant.settings import ROOT
from tests.ui.widget.conftest import MakeKey
from tests.ui.widget.portal import Portal, Visitor, portal_at

if TYPE_CHECKING:
    from playwright.sync_api import Browser

EXAMPLES = ROOT / "examples"
PAGE = (ROOT / "docs" / "portals.md").read_text(encoding="utf-8")
PRINTED = re.findall(r"`examples/([\w.]+)`[^\n`]*:\n\n```\w+\n(.*?)```\n", PAGE, re.DOTALL)
ROUTES = {
    "ask.sh": "/v1/ask",
    "ask.py": "/v1/ask",
    "stream.py": "/v1/ask",
    "openai_client.py": "/v1/models",
    "langchain_chat.py": "/v1/models",
    "mcp_client.py": "/mcp",
}
"""What each program needs of the server."""
FACTS = {"ask.sh": ["50", "2022"], "ask.py": ["占比达到50％以上", "2022"], "langchain_chat.py": ["50"]}
"""What each prints of the answers; the others ask about sports."""


@pytest.mark.parametrize("name", ROUTES)
def test_a_program_asks_and_prints_the_answer(name: str, base: str, make_key: MakeKey) -> None:
    key = make_key()
    shown = {"Authorization": f"Bearer {key}"}
    if httpx.get(base + ROUTES[name], headers=shown).status_code == 404:
        pytest.skip(f"this server has no {ROUTES[name]}; {name} was not run")
    program = ["sh"] if name.endswith(".sh") else [sys.executable]
    done = subprocess.run(
        [*program, str(EXAMPLES / name)],
        capture_output=True,
        text=True,
        timeout=120,
        env={"PATH": os.environ["PATH"], "POLICY_QA_URL": base, "POLICY_QA_KEY": key},
    )
    assert done.returncode == 0, done.stderr
    for fact in FACTS.get(name, ["１小时"]):
        assert fact in done.stdout


@pytest.mark.parametrize("name", ["ask.sh", "ask.py", "stream.py"])
def test_without_a_key_the_program_ends_with_what_to_do(name: str, base: str) -> None:
    program = ["sh"] if name.endswith(".sh") else [sys.executable]
    done = subprocess.run(
        [*program, str(EXAMPLES / name)],
        capture_output=True,
        text=True,
        timeout=120,
        env={"PATH": os.environ["PATH"], "POLICY_QA_URL": base},
    )
    assert done.returncode != 0
    assert "密钥" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_the_page_that_asks_by_itself_works_on_its_origin_and_on_no_other(
    browser: "Browser", portal: Portal, base: str
) -> None:
    page = (EXAMPLES / "portal_fetch.html").read_text(encoding="utf-8")
    portal.html = page.replace("http://127.0.0.1:8000", base).replace("pqa_…", portal.key)
    visitor = Visitor(browser, portal)
    for question, fact in (
        ("公办幼儿园的占比要达到多少？", "占比达到50％以上"),
        ("这个比例要到哪年？", "2022"),
    ):
        visitor.page.get_by_label("您的问题").fill(question)
        visitor.page.get_by_role("button", name="提问").click()
        visitor.page.get_by_text("仅供参考").wait_for()
        assert fact in (visitor.page.locator("#answer").text_content() or "")
    assert visitor.page.locator("#answer a").first.get_attribute("href")
    assert visitor.asked[1]["conversation_id"]
    visitor.context.close()
    with portal_at("localhost", base) as foreign:
        foreign.html = portal.html
        stranger = Visitor(browser, foreign)
        stranger.page.get_by_label("您的问题").fill("公办幼儿园的占比要达到多少？")
        stranger.page.get_by_role("button", name="提问").click()
        stranger.page.get_by_text("连不上服务").wait_for()
        stranger.context.close()


def test_the_static_page_shows_the_widget(browser: "Browser", portal: Portal, base: str) -> None:
    page = (EXAMPLES / "portal.html").read_text(encoding="utf-8")
    portal.html = page.replace("http://127.0.0.1:8000", base).replace("pqa_…", portal.key)
    visitor = Visitor(browser, portal)
    visitor.open()
    assert "50％" in visitor.ask("公办幼儿园的占比要达到多少？").inner_text()
    visitor.context.close()


def test_the_documentation_prints_the_examples_as_they_are() -> None:
    assert {name for name, _ in PRINTED} >= {*ROUTES, "portal_fetch.html", "portal.html"}
    for name, printed in PRINTED:
        assert printed == (EXAMPLES / name).read_text(encoding="utf-8"), name
