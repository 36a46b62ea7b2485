"""The whole application, which asks for keys, and portals for whose pages it has one."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.serving import served
from tests.ui.widget.portal import Portal, Visitor, portal_at

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from assistant.service import Assistant
    from assistant.storage.store import Store

MakeKey = Callable[..., str]


@pytest.fixture(scope="package")
def store(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Store]":
    """A database of these tests' own: keys in the shared one would let others' servers start."""
    from assistant.storage.store import Store

    made = Store(f"sqlite:///{tmp_path_factory.mktemp('widget') / 'c.sqlite'}")
    yield made
    made.close()


@pytest.fixture(scope="package")
def base(assistant: "Assistant", store: "Store") -> Iterator[str]:
    """Address of the application; its API needs keys, its pages are open."""
    from assistant.access.rules import Rules
    from assistant.api.app import AppOptions
    from assistant.service import Assistant
    from ui.serve import compose

    own = Assistant(assistant._opened, store, assistant.settings, assistant.clock)
    rules = Rules(keys_needed=True, address_minute="100000/minute", address_day="100000/day")
    application = compose(
        lambda: own, store, AppOptions(rules), folder=assistant.settings.state_dir / "gradio"
    )
    with served(application) as address:
        yield address


@pytest.fixture(scope="package")
def make_key(store: "Store") -> MakeKey:
    """Makes a key and gives its token."""
    from assistant.access.keys import Key, Scope, new_token

    def make(**fields: Any) -> str:
        token, identifier, digest = new_token()
        now = datetime.now(UTC)
        store.keys.add(Key(identifier, "门户", frozenset({Scope.ASK}), digest, created_at=now, **fields))
        return token

    return make


@pytest.fixture
def portal(base: str, make_key: MakeKey) -> Iterator[Portal]:
    """A portal on another site, with a key for its pages."""
    with portal_at("localhost", base) as opened:
        opened.key = make_key(origins=(opened.origin,))
        yield opened


@pytest.fixture
def near_portal(base: str, make_key: MakeKey) -> Iterator[Portal]:
    """A portal on the assistant's own site, to whose frames every browser grants storage."""
    with portal_at("127.0.0.1", base) as opened:
        opened.key = make_key(origins=(opened.origin,))
        yield opened


@pytest.fixture
def visitor(browser: "Browser", portal: Portal) -> Iterator[Visitor]:
    """Somebody who opened the panel; what must never happen is looked for in the end."""
    opened = Visitor(browser, portal)
    opened.open()
    yield opened
    cookies = opened.context.cookies()
    opened.context.close()
    assert opened.hosts == {"127.0.0.1", "localhost"}
    assert cookies == []
    assert opened.errors == []
