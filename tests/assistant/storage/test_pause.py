"""The note of the switch, which all processes of a machine share."""

import logging
import threading
from pathlib import Path

import pytest

from assistant.storage.pause import NOTE, Pause, Stopped
from assistant.storage.store import Store

MESSAGE = "系统维护，下午三点恢复。"


def stores(folder: Path, number: int) -> list[Store]:
    """Stores over one database and one folder, as so many processes have them."""
    return [Store(f"sqlite:///{folder / 'c.sqlite'}", state_dir=folder) for _ in range(number)]


def test_many_that_note_the_same_at_once_are_not_in_each_others_way(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    now, switch = [0.0], stores(tmp_path, 1)[0]
    looking = stores(tmp_path, 8)
    for each in looking:
        each.pause = Pause(each.database, lambda: now[0], tmp_path / NOTE)
    for round_ in range(5):
        switch.pause.begin(None, f"{MESSAGE}{round_}")
        (tmp_path / NOTE).unlink()
        now[0] += 2
        barrier = threading.Barrier(len(looking))

        def look(store: Store, barrier: threading.Barrier = barrier) -> None:
            barrier.wait()
            store.pause.message()

        threads = [threading.Thread(target=look, args=(each,)) for each in looking]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert f"{MESSAGE}{round_}" in (tmp_path / NOTE).read_text(encoding="utf-8")
    assert not [each for each in caplog.records if each.levelno >= logging.ERROR]
    assert not list(tmp_path.glob(f"{NOTE}*.part"))
    for each in (switch, *looking):
        each.close()


def test_what_was_seen_before_the_end_is_not_noted_after_it(tmp_path: Path) -> None:
    switch, late = stores(tmp_path, 2)

    class Late(Pause):
        """Answering begins again between its first look and its note."""

        def now(self) -> Stopped | None:
            seen = super().now()
            if seen is not None:
                switch.pause.end()
            return seen

    switch.pause.begin(None, MESSAGE)
    (tmp_path / NOTE).unlink()
    assert Late(late.database, note=tmp_path / NOTE).message() is None
    assert not (tmp_path / NOTE).exists()
    for each in (switch, late):
        each.close()


def test_a_note_that_failed_or_went_is_written_by_the_next_look(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    now, (store,) = [0.0], stores(tmp_path, 1)
    note = tmp_path / "state" / NOTE
    note.parent.write_text("a file where the folder was to be")
    store.pause = Pause(store.database, lambda: now[0], note)
    store.pause.begin(None, MESSAGE)
    now[0] += 1
    assert store.pause.message() == MESSAGE
    assert len([each for each in caplog.records if "cannot be noted" in each.message]) == 1
    note.parent.unlink()
    for broken in (None, "half of it"):
        if broken is not None:
            note.write_text(broken)
        now[0] += 1
        assert store.pause.message() == MESSAGE
        assert MESSAGE in note.read_text(encoding="utf-8")
    note.unlink()
    now[0] += 1
    store.pause.message()
    assert MESSAGE in note.read_text(encoding="utf-8")
    store.pause.end()
    note.write_text("left by somebody")
    now[0] += 1
    store.pause.message()
    assert not note.exists()
    store.close()
