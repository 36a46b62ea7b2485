"""A running server takes up a new index version by itself, without harm to running requests."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from assistant.api.app import create_app
from assistant.api.opening import Opening
from assistant.errors import IndexDamaged
from assistant.storage.store import Store
from tests.assistant.api.problem import LOOPBACK

if TYPE_CHECKING:
    from assistant.service import Assistant
    from assistant.settings import Settings

NOTICE = "夜间阅览室开放通知\n一、时间\n夜间阅览室每晚开放到十一点。\n"


@pytest.fixture
def small(tmp_path: Path) -> "Settings":
    """Settings over one short document, its index built."""
    from tests.assistant.small import small_settings

    return small_settings(tmp_path)


def add(settings: "Settings", name: str = "a.txt", text: str = NOTICE) -> None:
    from index.build.add_documents import add_documents
    from index.readers.find_files import find_sources

    path = settings.state_dir / name
    path.write_text(text, encoding="utf-8")
    assert len(add_documents(settings.index(), find_sources([path])[0]).added) == 1


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def versions(settings: "Settings") -> set[str]:
    return {path.name for path in settings.index().directory.glob("v-*")}


@pytest.fixture
def client(small: "Settings") -> Iterator[TestClient]:
    from assistant.service import Assistant

    store = Store("sqlite://")
    app = create_app(lambda: Assistant.open(small, store=store), store)
    with TestClient(app, base_url=LOOPBACK) as client:
        assert app.state.opening.wait(30)
        yield client


def test_an_added_document_is_served_without_a_restart(client: TestClient, small: "Settings") -> None:
    def titles() -> list[str]:
        return [each["title"] for each in client.get("/v1/documents").json()["documents"]]

    assert titles() == ["图书馆开放办法"]
    begun = client.post("/v1/ask", json={"question": "图书馆平日开放多久？"}).json()
    add(small)
    assert within(20, lambda: "夜间阅览室开放通知" in titles())
    found = client.post("/v1/search", json={"query": "夜间阅览室开放到几点？"}).json()["hits"]
    assert any("十一点" in hit["quote"] for hit in found)
    asked = {"question": "那夜间呢？", "conversation_id": begun["conversation_id"]}
    secret = {"X-Conversation-Secret": begun["conversation_secret"]}
    assert client.post("/v1/ask", json=asked, headers=secret).status_code == 200


def test_a_running_request_keeps_its_version_and_the_last_one_lets_it_go(
    client: TestClient, small: "Settings"
) -> None:
    opening: Opening = client.app.state.opening  # type: ignore[attr-defined]
    requests = [opening.assistant()]
    before = versions(small)
    add(small)
    assert within(20, lambda: opening.assistant() is not requests[0])
    assert requests[0].search("开放", 5)[0][0].passage.document_id == "rules"
    add(small, "b.txt", "第二份通知\n一、内容\n内容是二。\n")
    assert before < versions(small)
    following = opening.assistant()
    requests.clear()
    add(small, "c.txt", "第三份通知\n一、内容\n内容是三。\n")
    assert not before & versions(small)
    assert within(20, lambda: opening.assistant() is not following)


def test_a_new_version_that_cannot_be_opened_leaves_the_old_one_serving(
    assistant: "Assistant", caplog: pytest.LogCaptureFixture
) -> None:
    class Outdated:
        tries = 0

        def expire(self) -> None:
            self.expired = True

        def outdated(self) -> bool:
            return True

        def reopened(self) -> "Assistant":
            self.tries += 1
            if self.tries == 1:
                raise IndexDamaged("索引坏了，请重建。")
            if self.tries == 2:
                raise RuntimeError("unexpected")
            return assistant

    old = Outdated()
    opening = Opening(lambda: old, retry_seconds=0.02, check_seconds=0.01)  # type: ignore[arg-type,return-value]
    opening.start()
    assert opening.wait(60)
    opening.follow()
    try:
        assert within(60, lambda: opening.assistant() is assistant)
    finally:
        opening.stop()
    assert old.tries == 3
    assert "not usable" in caplog.text
    assert "could not be opened" in caplog.text
