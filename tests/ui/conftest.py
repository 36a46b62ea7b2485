"""The whole application, really served on a free loopback port, and a real browser."""

import logging
import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.serving import served

if TYPE_CHECKING:
    from fastapi import FastAPI
    from gradio.queueing import Queue
    from playwright.sync_api import Browser

    from assistant.service import Assistant
    from assistant.settings import Settings
    from tests.ui.chat.held import Held


@pytest.fixture(scope="session")
def application(assistant: "Assistant") -> "FastAPI":
    """The whole application."""
    from ui.serve import compose

    return compose(lambda: assistant, assistant.store, folder=assistant.settings.state_dir / "gradio")


@pytest.fixture(scope="session")
def server(application: "FastAPI") -> Iterator[str]:
    """Base address of the served application."""
    with served(application) as base:
        yield base


@pytest.fixture
def chat_queue(application: "FastAPI") -> "Queue":
    """Gradio's own queue of the served application."""
    queue: Queue = application.state.chat._queue
    return queue


class _Keeping(logging.Handler):
    """Keeps what is logged."""

    def __init__(self, records: list[logging.LogRecord]) -> None:
        super().__init__(logging.WARNING)
        self._records = records

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record."""
        self._records.append(record)


@pytest.fixture
def logged() -> "Iterator[list[logging.LogRecord]]":
    """Every warning, and what is worse, that the server logs meanwhile. uvicorn's own loggers hand nothing
    on to the root."""
    records: list[logging.LogRecord] = []
    handler = _Keeping(records)
    loggers = [logging.getLogger(name) for name in (None, "uvicorn", "uvicorn.error")]
    for logger in loggers:
        logger.addHandler(handler)
    yield records
    for logger in loggers:
        logger.removeHandler(handler)


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Debian's Chromium; where there is none the test is skipped, but on CI that is a failure."""
    from tests.chromium import MISSING, chromium

    if shutil.which("chromium") is None:
        if os.environ.get("CI"):
            pytest.fail(f"CI 上必须装有 chromium。{MISSING}")
        pytest.skip(f"网页测试跳过。{MISSING}")
    from playwright.sync_api import expect

    expect.set_options(timeout=60_000)  # by itself it waits five seconds, too few for a busy machine
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="session")
def held_server(settings: "Settings", tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Held]":
    """A chat whose model can be held."""
    from tests.ui.chat.held import held_chat

    with held_chat(settings, tmp_path_factory.mktemp("held")) as opened:
        yield opened


@pytest.fixture(scope="session")
def two_server(settings: "Settings", tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Base address of a chat over the plan and an invented document."""
    from tests.ui.proof.world import two_documents

    with two_documents(settings, tmp_path_factory.mktemp("two")) as base:
        yield base
