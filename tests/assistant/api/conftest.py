"""The HTTP application over the real assistant."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from assistant.api.app import create_app
from tests.assistant.api.problem import LOOPBACK, PLAN

if TYPE_CHECKING:
    from assistant.service import Assistant


@pytest.fixture(scope="session")
def client(assistant: "Assistant") -> Iterator[TestClient]:
    app = create_app(lambda: assistant, assistant.store)
    with TestClient(app, base_url=LOOPBACK, raise_server_exceptions=False) as opened:
        assert app.state.opening.wait(30)
        yield opened


@pytest.fixture(scope="session")
def stored(client: TestClient) -> str:
    return client.get(f"/v1/documents/{PLAN}/text").text
