"""Beside the running server: the database is opened at once, so that no request has to bring an old one to
today's form; once an hour what was to be kept for a time only is erased."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from assistant.api.problems import ProblemError
from assistant.errors import StorageFault
from assistant.storage.retention import sweep
from assistant.storage.store import Store

_PAUSE_SECONDS = 3600.0
_FIRST_SECONDS = 30.0
_log = logging.getLogger(__name__)


class Housekeeping:
    """A thread that sweeps the store and whatever else is given. Several processes may sweep the same."""

    def __init__(self, store: Store, retention_days: int, further: Sequence[Callable[[], None]] = ()) -> None:
        """`further`: called each time, each on its own: what one raises keeps none from the next."""
        self._store = store
        self._days = retention_days
        self._further = further
        self._stopped = threading.Event()

    def start(self) -> None:
        """Begin, a little after the server."""
        self._stopped.clear()
        threading.Thread(target=self._run, name="housekeeping", daemon=True).start()

    def stop(self) -> None:
        """End after what is under way."""
        self._stopped.set()

    def sweep(self) -> None:
        """Erase what is over now. What cannot be erased waits for the next time."""
        for each in (self._erase, *self._further):
            try:
                each()
            except (StorageFault, ProblemError) as error:  # not now; the database has logged why
                _log.warning("not swept: %s", type(error).__name__)
            except Exception:  # noqa: BLE001 - the thread has to outlive it, or nothing is ever erased again
                _log.exception("not swept")

    def _erase(self) -> None:
        erased = sweep(self._store.database, datetime.now(UTC), self._days)
        if erased:
            _log.info("erased %d conversations that were over", erased)

    def _run(self) -> None:
        try:
            self._store.database.open()
        except StorageFault:  # the database has logged why
            pass
        except Exception:  # noqa: BLE001 - as in `sweep`, which opens it again
            _log.exception("not opened")
        pause = _FIRST_SECONDS
        while not self._stopped.wait(pause):
            pause = _PAUSE_SECONDS
            self.sweep()
