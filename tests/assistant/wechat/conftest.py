"""Applications with WeChat's addresses over the real assistant, and a clock that the tests turn."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from assistant.api.app import create_app
from assistant.settings import Settings
from assistant.storage.counters import Counters
from assistant.storage.store import Store
from assistant.wechat.routes import wechat_router
from tests.assistant.api.problem import LOOPBACK
from tests.assistant.wechat.callers import APP_ID, KEY, TOKEN, Caller

if TYPE_CHECKING:
    from assistant.schema import Answer
    from assistant.service import Assistant


@dataclass
class Clock:
    """Seconds since 1970; the tests move it."""

    now: float = field(default_factory=time.time)

    def __call__(self) -> float:
        return self.now


class Watched:
    """The real assistant; counts what is asked of it, and answers only while `gate` is open."""

    def __init__(self, assistant: "Assistant") -> None:
        self._assistant = assistant
        self.gate = threading.Event()
        self.gate.set()
        self.asked: list[str] = []
        self.conversations_asked: list[str | None] = []

    def ask(self, question: str, **given: Any) -> "Answer":
        answer = self._assistant.ask(question, **given)
        self.asked.append(question)
        self.conversations_asked.append(answer.conversation_id)
        assert self.gate.wait(30)
        return answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._assistant, name)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watched(assistant: "Assistant") -> Watched:
    return Watched(assistant)


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'wechat.sqlite'}"


MakeClient = Callable[..., TestClient]


@pytest.fixture
def make_client(watched: Watched, clock: Clock, database: str) -> Iterator[MakeClient]:
    """Makes applications, each a worker of its own, over one database; what the assistant keeps is in its
    own."""
    opened: list[TestClient] = []

    def make(**given: Any) -> TestClient:
        store = Store(database)
        store.counters = Counters(store.database, clock)
        store.shares = watched.store.shares
        app = create_app(lambda: watched, store)  # type: ignore[arg-type, return-value]
        settings = Settings.model_validate({"public_url": "https://qa.example.cn/"} | given)
        app.include_router(wechat_router(settings, store, app.state.opening.assistant, clock))
        client = TestClient(app, base_url=LOOPBACK, raise_server_exceptions=False)
        client.__enter__()
        opened.append(client)
        assert app.state.opening.wait(30)
        return client

    yield make
    for client in opened:
        client.__exit__(None, None, None)


OFFICIAL = {"wechat_token": TOKEN, "wechat_app_id": APP_ID, "wechat_aes_key": KEY}


@pytest.fixture
def caller(make_client: MakeClient, clock: Clock) -> Caller:
    """An official account in the safe mode."""
    return Caller(make_client(**OFFICIAL), clock)
