"""The thread that erases outlives whatever one of its sweeps raises."""

import json
import logging
import threading

import pytest

from assistant.api import housekeeping
from assistant.api.housekeeping import Housekeeping
from assistant.api.problems import not_ready
from assistant.storage.store import Store


def test_what_one_sweep_raises_keeps_none_from_the_next(caplog: pytest.LogCaptureFixture) -> None:
    swept: list[str] = []

    def broken() -> None:
        json.loads("")

    def not_yet() -> None:
        raise not_ready()

    store = Store("sqlite://")
    Housekeeping(store, 30, [broken, not_yet, lambda: swept.append("the last")]).sweep()
    store.close()
    assert swept == ["the last"]
    said = [(each.levelno, bool(each.exc_info)) for each in caplog.records if "not swept" in each.message]
    assert said == [(logging.ERROR, True), (logging.WARNING, False)]


def test_the_thread_sweeps_again_after_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "_FIRST_SECONDS", 0.01)
    monkeypatch.setattr(housekeeping, "_PAUSE_SECONDS", 0.01)
    times, often = [0], threading.Event()

    def broken() -> None:
        times[0] += 1
        if times[0] > 2:
            often.set()
        raise KeyError("made_at")

    store = Store("sqlite://")
    keeping = Housekeeping(store, 30, [broken])
    keeping.start()
    assert often.wait(60)
    keeping.stop()
    store.close()


def test_the_thread_sweeps_though_the_database_could_not_be_opened_at_first(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(housekeeping, "_FIRST_SECONDS", 0.01)
    swept = threading.Event()

    store = Store("sqlite://")

    def broken() -> None:
        raise KeyError("made_at")

    monkeypatch.setattr(store.database, "open", broken)
    keeping = Housekeeping(store, 30, [swept.set])
    keeping.start()
    assert swept.wait(60)
    keeping.stop()
    store.close()
    said = [each.message for each in caplog.records if each.levelno >= logging.WARNING]
    assert said == ["not opened"]
