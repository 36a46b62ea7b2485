"""Beside the running server, once an hour: what was to be kept for a time only is erased."""

import logging
import threading
from datetime import UTC, datetime

from assistant.errors import StorageFault
from assistant.storage.retention import sweep
from assistant.storage.store import Store

_PAUSE_SECONDS = 3600.0
_FIRST_SECONDS = 30.0
_log = logging.getLogger(__name__)


class Housekeeping:
    """A thread that sweeps the store. Several processes may sweep one store."""

    def __init__(self, store: Store, retention_days: int) -> None:
        self._store = store
        self._days = retention_days
        self._stopped = threading.Event()

    def start(self) -> None:
        """Begin, a little after the server."""
        self._stopped.clear()
        threading.Thread(target=self._run, name="housekeeping", daemon=True).start()

    def stop(self) -> None:
        """End after what is under way."""
        self._stopped.set()

    def _run(self) -> None:
        pause = _FIRST_SECONDS
        while not self._stopped.wait(pause):
            pause = _PAUSE_SECONDS
            try:
                erased = sweep(self._store.database, datetime.now(UTC), self._days)
            except StorageFault:
                continue  # the database has logged why; the next hour tries again
            if erased:
                _log.info("erased %d conversations that were over", erased)
