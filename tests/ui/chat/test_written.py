"""The chat with a language model that writes: what is seen while it does, and how an answer is rated."""

import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from assistant.llm.client import ChatModel
from assistant.schema import Answerer
from assistant.service import Assistant
from assistant.settings import ModelSettings
from assistant.storage.ratings import Rating
from assistant.storage.store import Store
from tests.assistant.llm.server import Messages, Reply, passages_of, scripted
from tests.conftest import TODAY
from ui.chat.markdown import STANDING_LINE
from ui.front.server import server_for
from ui.serve import compose

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from assistant.settings import Settings

WAYS = "山上娃儿少，单独开不起幼儿园，有啥子办法嘛？"


def slowly(messages: Messages) -> Reply:
    first = passages_of(messages)[0]
    return Reply(f"幼儿园一律免费。[1]\n{first}[1]\n" + "慢" * 30, wait=1.0, piece=6, pause=0.1)


@pytest.fixture(scope="module")
def written(
    settings: "Settings", tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Assistant]]:
    """Base address of an application whose chat lets a slow scripted model write, and its assistant."""
    from index.search.open_index import open_index

    folder: Path = tmp_path_factory.mktemp("written")
    with scripted(slowly) as model, socket.create_server(("127.0.0.1", 0)) as listener:
        assistant = Assistant(
            open_index(settings.index()),
            Store(f"sqlite:///{folder / 'c.sqlite'}"),
            settings.model_copy(update={"answerer": Answerer.LLM}),
            lambda: TODAY,
            model=ChatModel(ModelSettings(model.base_url, "scripted")),
        )
        app = compose(lambda: assistant, assistant.store, folder=settings.state_dir / "gradio")
        running = server_for(app, 1)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with httpx.Client(transport=httpx.HTTPTransport(retries=20), timeout=60) as client:
            assert client.get(f"{base}/readyz").status_code == 200
        yield base, assistant
        running.should_exit = True
        thread.join(20)


@pytest.fixture
def page(browser: "Browser", written: tuple[str, Assistant]) -> "Iterator[Page]":
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(written[0])
    page.get_by_placeholder("写下您想问的事").fill(WAYS)
    page.get_by_placeholder("写下您想问的事").press("Enter")
    yield page
    context.close()


def test_verified_sentences_are_seen_while_the_model_writes(page: "Page") -> None:
    talk = page.locator("#pq-chat")
    talk.get_by_text("正在逐句核对回答").wait_for()
    talk.get_by_text(re.compile("提升农村学前教育保教质量|达到50％以上")).first.wait_for()
    assert talk.get_by_text(STANDING_LINE).count() == 0, "the model is still writing"
    talk.get_by_text(STANDING_LINE).wait_for()
    assert "一律免费" not in talk.inner_text()
    assert "慢慢" not in talk.inner_text()


@pytest.mark.parametrize(("name", "rating"), [("赞", Rating.UP), ("踩", Rating.DOWN)])
def test_an_answer_is_rated(page: "Page", written: tuple[str, Assistant], name: str, rating: Rating) -> None:
    before = list(written[1].store.ratings.rated())
    page.locator("#pq-chat").get_by_text(STANDING_LINE).wait_for()
    page.locator("#pq-chat").get_by_role("button", name=name).click()
    page.get_by_text("已记下您的评价").wait_for()
    rated = list(written[1].store.ratings.rated())
    assert len(rated) == len(before) + 1
    assert rated[-1].rating is rating
    assert rated[-1].turns == (WAYS,)
