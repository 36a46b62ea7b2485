"""The real assistant with a scripted model behind real HTTP."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from assistant.llm.breaker import Breaker
from assistant.llm.client import ChatModel
from assistant.schema import Answerer
from assistant.settings import ModelSettings
from assistant.storage.store import Store
from tests.assistant.llm.server import Scripted, copied, scripted
from tests.conftest import TODAY

if TYPE_CHECKING:
    from assistant.service import Assistant
    from assistant.settings import Settings
    from index.search.open_index import OpenIndex

PATIENT = 60.0
"""Seconds for a model that answers at once, on a machine that has other things to do."""
MakeAssistant = Callable[..., "Assistant"]


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted(copied) as running:
        yield running


@pytest.fixture(scope="session")
def opened(settings: "Settings") -> "OpenIndex":
    from index.search.open_index import open_index

    return open_index(settings.index())


@pytest.fixture
def with_model(opened: "OpenIndex", settings: "Settings", tmp_path: Path) -> MakeAssistant:
    """An assistant whose model is at an address, with settings of the test's choice."""

    def make(
        base_url: str,
        breaker: Breaker | None = None,
        answerer: Answerer = Answerer.EXTRACTIVE,
        **chosen: Any,
    ) -> "Assistant":
        from assistant.service import Assistant

        chosen = {"budget_seconds": PATIENT, "retries": 0, "api_key": "key-of-the-test", **chosen}
        model = ChatModel(ModelSettings(base_url, "scripted", **chosen), breaker)
        chosen_settings = settings.model_copy(update={"answerer": answerer})
        store = Store(f"sqlite:///{tmp_path / 'c.sqlite'}")
        return Assistant(opened, store, chosen_settings, lambda: TODAY, model=model)

    return make
