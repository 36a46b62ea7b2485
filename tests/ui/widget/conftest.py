"""The whole application with a key for two portals, these portals, and one that the key does not know."""

import socket
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.ui.widget.portal import KEY_ID, Portal, Visitor, portal_at

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from assistant.service import Assistant

ORIGINS: dict[str, tuple[str, ...]] = {}
"""The origins of each key of the application below, by the key's id."""


@pytest.fixture(scope="package")
def base(assistant: "Assistant") -> Iterator[str]:
    """Address of the application; it knows a public key."""
    from ui.serve import compose, server_for

    folder = assistant.settings.state_dir / "gradio"
    application = compose(lambda: assistant, folder=folder, origins_of=lambda key: ORIGINS.get(key, ()))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        running = server_for(application, 1)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            with httpx.Client(transport=httpx.HTTPTransport(retries=20), timeout=60) as client:
                assert client.get(f"{address}/readyz").status_code == 200
            yield address
        finally:
            running.should_exit = True
            thread.join()


@pytest.fixture
def portal(base: str) -> Iterator[Portal]:
    """A portal on another site, where the key may be used."""
    with portal_at("localhost", base) as opened:
        ORIGINS[KEY_ID] = (opened.origin,)
        yield opened
        ORIGINS.clear()


@pytest.fixture
def near_portal(base: str) -> Iterator[Portal]:
    """A portal on the assistant's own site, to whose frames every browser grants storage."""
    with portal_at("127.0.0.1", base) as opened:
        ORIGINS[KEY_ID] = (opened.origin,)
        yield opened
        ORIGINS.clear()


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
