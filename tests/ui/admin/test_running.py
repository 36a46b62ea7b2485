"""The switch that stops answering: every way of asking, all processes, and what goes on meanwhile."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.errors import Paused
from assistant.service import Assistant
from assistant.settings import Settings
from assistant.storage.pause import NOTE, Pause
from assistant.storage.store import Store
from tests.assistant.wechat.callers import Caller
from tests.ui.admin.conftest import Site, Visitor
from tests.ui.admin.test_documents import text_of
from tests.ui.mount.client import Page

MESSAGE = "系统升级，下午三点恢复；急事请打学校总机。"
QUESTION = "平日开放几小时？"
ASK = {"question": QUESTION}
CHAT = {"model": "policy-qa", "messages": [{"role": "user", "content": QUESTION}]}
MCP = {"Accept": "application/json, text/event-stream"}


@pytest.fixture
def switch(site: Site, maintainer: Visitor) -> Iterator[Visitor]:
    """A maintainer; questions are answered again in the end."""
    yield maintainer
    site.store.pause.end()


def asked(site: Site) -> dict[str, str]:
    """What each way of asking says to one question."""
    said: dict[str, str] = {}
    with httpx.Client(base_url=site.base, timeout=60) as client:
        models = client.get("/v1/models").json()
        chat = {**CHAT, "model": models["data"][0]["id"]}
        for name, path, body, headers in (
            ("ask", "/v1/ask", ASK, {}),
            ("stream", "/v1/ask", ASK, {"Accept": "text/event-stream"}),
            ("completions", "/v1/chat/completions", chat, {}),
            ("completions streamed", "/v1/chat/completions", {**chat, "stream": True}, {}),
        ):
            response = client.post(path, json=body, headers=headers)
            said[name] = response.text
            if response.status_code == 503:
                problem = response.json()
                assert response.headers["content-type"] == "application/problem+json"
                assert (problem["type"], problem["detail"]) == ("urn:policy-qa:problem:paused", MESSAGE)
                assert response.headers["retry-after"] == "60"
            else:
                assert response.status_code == 200
        call: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
        call["params"] = {"name": "ask", "arguments": ASK}
        said["mcp"] = client.post("/mcp", json=call, headers=MCP).json()["result"]["content"][0]["text"]
        said["form"] = text_of(client.post("/ask", data=ASK))
        caller = Caller(client, site.clock)  # type: ignore[arg-type]
        said["wechat"] = caller.read(caller.text(QUESTION))
    page = Page(site.base)
    with page.http:
        joined = page.asks(QUESTION)
        assert joined.status_code == 200, joined.text
        told = [json.loads(line[6:]) for line in page.told().splitlines() if line.startswith("data: ")]
        said["chat"] = json.dumps(told, ensure_ascii=False)
    return said


def test_while_it_is_off_nothing_answers_whichever_way_it_is_asked(site: Site, switch: Visitor) -> None:
    before = asked(site)
    for name, text in before.items():
        assert "八小时" in text, name
        assert MESSAGE not in text
    response = switch.post("/admin/running/pause", message=MESSAGE)
    assert response.headers["location"] == "/admin/running?done=paused"
    said = asked(site)
    assert said.keys() == before.keys()
    for name, text in said.items():
        assert "八小时" not in text, name
        assert MESSAGE in text, name


def test_documents_are_read_search_and_readiness_go_on_and_metrics_tell(site: Site, switch: Visitor) -> None:
    assert "policy_qa_paused 0.0" in httpx.get(f"{site.base}/metrics").text
    switch.post("/admin/running/pause", message=MESSAGE)
    assert "/v1/search 和 MCP 的检索" in text_of(switch.get("/admin/running"))
    for path in ("/documents/rules", "/v1/documents", "/v1/documents/rules/text", "/readyz", "/healthz"):
        assert httpx.get(site.base + path).status_code == 200, path
    assert httpx.post(f"{site.base}/v1/search", json={"query": QUESTION}).status_code == 200
    assert "policy_qa_paused 1.0" in httpx.get(f"{site.base}/metrics").text


def test_it_holds_for_other_processes_within_two_seconds_and_over_restarts(
    site: Site, switch: Visitor
) -> None:
    now = [0.0]
    other = Store(site.settings.conversations_url())
    other.pause = Pause(other.database, lambda: now[0])
    assert other.pause.message() is None
    switch.post("/admin/running/pause", message=MESSAGE)
    now[0] += 2
    assert other.pause.message() == MESSAGE
    other.close()
    restarted = Store(site.settings.conversations_url())
    assert restarted.pause.message() == MESSAGE
    restarted.close()
    switch.post("/admin/running/resume")
    now[0] += 2
    assert other.pause.message() is None
    other.close()


def test_what_is_said_is_text_on_one_line_and_in_the_trail(site: Site, switch: Visitor) -> None:
    said = '停\r\n一下\u202e <b onclick="x()">三点</b>'
    switch.post("/admin/running/pause", message=said)
    line = '停 一下 <b onclick="x()">三点</b>'
    assert site.store.pause.message() == line
    page = switch.get("/admin/running")
    assert "<b onclick" not in page.text
    assert line in text_of(page)
    assert "“测试”暂停" in text_of(page)
    switch.post("/admin/running/pause", message="  ")
    assert site.store.pause.message() == "问答服务暂停，请稍后再来。文件原文仍可查阅。"
    assert switch.post("/admin/running/pause", message="长" * 201).status_code == 422
    switch.post("/admin/running/resume")
    switch.post("/admin/running/resume")  # twice: one act
    acts = [(act.act, act.what) for act in reversed(site.store.trail.acts()) if act.act.startswith("pause.")]
    assert acts[-3:] == [
        ("pause.begin", line),
        ("pause.change", "问答服务暂停，请稍后再来。文件原文仍可查阅。"),
        ("pause.end", ""),
    ]
    shown = text_of(switch.get("/admin/acts"))
    assert re.search(r"恢复问答 测试 [a-z2-7]{12}", shown)
    assert "修改暂停说明 问答服务暂停，请稍后再来。" in shown


def test_where_the_database_cannot_be_read_it_stays_as_it_was_seen(tmp_path: Any) -> None:
    settings = Settings(state_dir=tmp_path)
    store = Store(settings.conversations_url())
    now = [0.0]
    pause = Pause(store.database, lambda: now[0])
    pause.begin(None, MESSAGE)
    assert pause.message() == MESSAGE
    store.close()
    file = tmp_path / "conversations.sqlite"
    for path in tmp_path.glob("conversations.sqlite*"):
        path.unlink()
    file.mkdir()  # nobody can open that as a database
    now[0] += 60
    assert pause.message() == MESSAGE
    assert Pause(store.database, lambda: now[0]).message() is None


def test_who_starts_without_the_database_goes_by_what_was_seen_last(tmp_path: Path) -> None:
    url, file = f"sqlite:///{tmp_path / 'c.sqlite'}", tmp_path / "c.sqlite"
    state = tmp_path / "state"
    first = Store(url, state_dir=state)
    first.pause.begin("abcdefghijkl", MESSAGE)
    first.close()
    kept = tmp_path / "away"
    kept.mkdir()
    for path in tmp_path.glob("c.sqlite*"):
        path.replace(kept / path.name)
    file.mkdir()  # nobody can open that as a database
    restarted = Store(url, state_dir=state)
    assert restarted.pause.message() == MESSAGE
    file.rmdir()
    for path in kept.iterdir():
        path.replace(tmp_path / path.name)
    back = Store(url, state_dir=state)
    assert back.pause.message() == MESSAGE
    assert back.pause.end()
    back.close()
    for path in tmp_path.glob("c.sqlite*"):
        path.unlink()
    file.mkdir()
    assert Store(url, state_dir=state).pause.message() is None
    (state / NOTE).write_text("half of it")
    assert Store(url, state_dir=state).pause.message() is None


def test_who_asks_without_a_server_notes_it_too_and_goes_by_it(site: Site, switch: Visitor) -> None:
    switch.post("/admin/running/pause", message=MESSAGE)
    unreadable = site.settings.state_dir / "unreadable.sqlite"
    unreadable.mkdir()
    for settings in (
        site.settings,
        site.settings.model_copy(update={"database_url": f"sqlite:///{unreadable}"}),
    ):
        assistant = Assistant.open(settings)
        with pytest.raises(Paused):
            assistant.ask(QUESTION)
        assistant.store.close()
        assert MESSAGE in (site.settings.state_dir / NOTE).read_text(encoding="utf-8")
    unreadable.rmdir()
    (site.settings.state_dir / NOTE).unlink()


def test_a_process_that_only_looks_notes_what_it_sees_and_one_in_memory_nothing(tmp_path: Path) -> None:
    url, now = f"sqlite:///{tmp_path / 'c.sqlite'}", [0.0]
    looking, elsewhere = Store(url), Store(url)
    looking.pause = Pause(looking.database, lambda: now[0], tmp_path / NOTE)
    assert looking.pause.message() is None
    elsewhere.pause.begin(None, MESSAGE)
    now[0] += 1
    assert looking.pause.message() == MESSAGE
    assert MESSAGE in (tmp_path / NOTE).read_text(encoding="utf-8")
    assert Store("sqlite://", state_dir=tmp_path).pause.message() is None
    assert (tmp_path / NOTE).exists(), "that is another database's"
    elsewhere.pause.end()
    now[0] += 1
    assert looking.pause.message() is None
    assert not (tmp_path / NOTE).exists()
    for each in (looking, elsewhere):
        each.close()
