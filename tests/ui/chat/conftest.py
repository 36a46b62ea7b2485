"""The chat open in a browser: at a desk, on a phone, and with a model that takes its time."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.ui.chat.held import Held
from tests.ui.chat.visit import PHONE, Visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture
def visit(browser: "Browser", server: str) -> Iterator[Visit]:
    """Somebody at a desk."""
    opened = Visit(browser, server)
    yield opened
    opened.close()


@pytest.fixture
def phone(browser: "Browser", server: str) -> Iterator[Visit]:
    """Somebody with a phone."""
    opened = Visit(browser, server, PHONE, has_touch=True, is_mobile=True)
    yield opened
    opened.close()


@pytest.fixture
def held(held_server: Held) -> Iterator[Held]:
    """The same; its gate is open again in the end."""
    yield held_server
    held_server.gate.open()
