"""The whole application over documents, a store and a clock of its own, and admin keys for it."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from pydantic import SecretStr

from assistant.access.keys import Key, Scope, new_token
from tests.assistant.wechat import callers
from tests.serving import served

if TYPE_CHECKING:
    from fastapi import APIRouter, FastAPI

    from assistant.service import Assistant
    from assistant.settings import Settings
    from assistant.storage.store import Store

CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


@dataclass
class Hand:
    """A clock that a test sets forward; seconds since 1970. It begins at the true time, by which the server
    sweeps what is over."""

    now: float = field(default_factory=time.time)

    def __call__(self) -> float:
        """The time."""
        return self.now


@dataclass
class Site:
    """A served application."""

    base: str
    store: "Store"
    clock: Hand
    settings: "Settings"
    app: "FastAPI"

    def key(self, scope: Scope = Scope.ADMIN, **fields: Any) -> str:
        """A new key's token."""
        token, identifier, digest = new_token()
        given = {"name": "测试", "created_at": self.now(), **fields}
        self.store.keys.add(Key(id=identifier, scopes=frozenset({scope}), digest=digest, **given))
        return token

    def now(self) -> datetime:
        """The time of its clock."""
        return datetime.fromtimestamp(self.clock(), UTC)

    def visitor(self) -> "Visitor":
        """A browser that is not logged in."""
        return Visitor(self)


@dataclass
class Visitor:
    """What a browser does: keeps cookies, says where its forms come from, follows nothing by itself."""

    site: Site
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        base = self.site.base
        self.http = httpx.Client(base_url=base, timeout=60, headers={"Origin": base})

    def log_in(self, token: str | None = None, **fields: str) -> httpx.Response:
        """Send the form of the login; by default with a new key."""
        return self.http.post("/admin/login", data={"key": token or self.site.key(), **fields})

    def get(self, path: str) -> httpx.Response:
        """Open a page."""
        return self.http.get(path)

    def csrf(self) -> str:
        """What this login's forms hold."""
        found = CSRF.search(self.get("/admin/acts").text)
        assert found is not None
        return found[1]

    def post(self, path: str, **fields: str) -> httpx.Response:
        """Send a form of one of its pages."""
        return self.http.post(path, data={"csrf": self.csrf(), **fields})


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, settings: "Settings") -> Iterator[Site]:
    """The application over one short document."""
    from assistant.service import Assistant
    from assistant.settings import Settings
    from assistant.storage.store import Store
    from assistant.wechat.routes import wechat_router
    from index.build.build_index import build_index
    from ui.serve import compose

    home = tmp_path_factory.mktemp("admin")
    made = Settings(
        state_dir=home / "state",
        corpus_dir=_corpus(home / "corpus"),
        wechat_token=SecretStr(callers.TOKEN),
        wechat_app_id=callers.APP_ID,
        wechat_aes_key=SecretStr(callers.KEY),
    )
    build_index(made.index())
    clock = Hand()
    store = Store(made.conversations_url(), clock)

    def opened() -> "Assistant":
        return Assistant.open(made, store=store)

    def wechat(get_assistant: "Callable[[], Assistant]") -> "APIRouter":
        return wechat_router(made, store, get_assistant, clock)

    app = compose(opened, store, folder=settings.state_dir / "gradio", groups=[wechat])
    with served(app) as base:
        yield Site(base, store, clock, made, app)
    store.close()


@pytest.fixture
def visitor(site: Site) -> Iterator[Visitor]:
    """A browser that is not logged in, from whose address nobody has tried keys yet."""
    site.store.counters.reset()
    made = site.visitor()
    with made.http:
        yield made


@pytest.fixture
def maintainer(visitor: Visitor) -> Visitor:
    """A browser that is logged in."""
    assert visitor.log_in().status_code == 303
    return visitor


def _corpus(folder: Path) -> Path:
    folder.mkdir()
    (folder / "rules.toml").write_text(
        'id = "rules"\nversion = "2024-05-01"\nfile = "rules.txt"\ntitle = "图书馆开放办法"\n',
        encoding="utf-8",
    )
    text = "图书馆开放办法\n一、平日\n平日开放八小时。\n二、周末\n周末开放十小时。\n"
    (folder / "rules.txt").write_text(text, encoding="utf-8")
    return folder
