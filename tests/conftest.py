"""Fixtures that several packages' tests share: the real assistant over the real plan."""

import os
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from assistant.service import Assistant
    from assistant.settings import Settings
    from tests.postgresql import Server

TODAY = date(2026, 3, 2)
"""The day on which the tests take place."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session", autouse=True)
def _patient_clients() -> Iterator[None]:
    """httpx gives up an answer after five seconds, which a crowded machine may take; here after a minute."""
    from httpx._config import DEFAULT_TIMEOUT_CONFIG

    with pytest.MonkeyPatch.context() as patched:
        for kind in ("connect", "read", "write", "pool"):
            patched.setattr(DEFAULT_TIMEOUT_CONFIG, kind, 60.0)
        yield


@pytest.fixture(scope="session")
def state_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state directory of the test run's own, with the vectors that this checkout already has."""
    from assistant.settings import ROOT

    directory = tmp_path_factory.mktemp("state")
    cache = ROOT / "var" / "cache"
    if cache.is_dir():
        shutil.copytree(cache, directory / "cache")
    return directory


@pytest.fixture(scope="session")
def settings(state_dir: Path) -> "Settings":
    """Settings over `state_dir`, with its index built."""
    from assistant.settings import Settings
    from index.build.build_index import build_index

    made = Settings(state_dir=state_dir)
    build_index(made.index())
    return made


@pytest.fixture(scope="session")
def assistant(settings: "Settings") -> "Assistant":
    """The assistant over the plan, on `TODAY`."""
    from assistant.service import Assistant

    return Assistant.open(settings, clock=lambda: TODAY)


@pytest.fixture(scope="session")
def uncached(settings: "Settings") -> "Assistant":
    """The same, which makes every answer anew."""
    from assistant.service import Assistant

    return Assistant.open(settings.model_copy(update={"cache_seconds": 0}), clock=lambda: TODAY)


@pytest.fixture(scope="session")
def postgresql() -> "Iterator[Server]":
    """A PostgreSQL server of this test run. In CI its absence is a failure, elsewhere the test is skipped."""
    from tests.postgresql import programs, running

    if programs() is None and not os.environ.get("CI"):
        pytest.skip("Debian's package postgresql is not installed")
    with running() as server, pytest.MonkeyPatch.context() as patched:
        patched.setattr("assistant.storage.database._CONNECT_SECONDS", 30)  # a crowded machine takes long
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'folder' / 'made' / 'conversations.sqlite'}"
    server: Server = request.getfixturevalue("postgresql")
    return server.url()
