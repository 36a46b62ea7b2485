"""A page of the mounted chat."""

from collections.abc import Iterator

import pytest

from tests.ui.mount.client import Page


@pytest.fixture
def page(server: str) -> Iterator[Page]:
    made = Page(server)
    with made.http:
        yield made
