"""The assistant on its way: opened beside the server, so that /healthz answers at once.

Opening takes seconds and can fail. Requests that come before it is done get a 503 problem; after a
failure a later request starts another try, at most one every few seconds. Once documents were added
or removed, the new index version is opened beside the running requests and takes their place for the
next ones; the old one is let go of when its last request is done, since nobody holds it any more.
"""

import gc
import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.requests import Request

from assistant.api.problems import RETRY_AFTER_SECONDS, ProblemError, not_ready
from assistant.errors import IndexError_, PolicyQAError

if TYPE_CHECKING:
    from assistant.service import Assistant

_log = logging.getLogger(__name__)
_CHECK_SECONDS = 0.5


class Opening:
    """Holds the assistant once `open_assistant` has returned it. Safe to share between threads."""

    def __init__(
        self,
        open_assistant: "Callable[[], Assistant]",
        retry_seconds: float = RETRY_AFTER_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        check_seconds: float = _CHECK_SECONDS,
    ) -> None:
        self._open = open_assistant
        self._retry_seconds = retry_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._assistant: Assistant | None = None
        self._failure: str | None = None
        self._failed_at = 0.0
        self._check_seconds = check_seconds
        self._catching_up = threading.Lock()
        self._stopped = threading.Event()

    def start(self) -> None:
        """Begin to open, unless that is under way, done, or failed only just now."""
        with self._lock:
            if self._assistant is not None or (self._thread and self._thread.is_alive()):
                return
            if self._failure is not None and self._clock() - self._failed_at < self._retry_seconds:
                return
            self._thread = threading.Thread(target=self._run, name="open-assistant", daemon=True)
            self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Wait until this try has ended; whether the assistant is there then."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)
        return self._assistant is not None

    def assistant(self) -> "Assistant":
        """The opened assistant. Raises a 503 problem that says what is the matter until it is there."""
        ready = self._assistant
        if ready is not None:
            return ready
        self.start()
        raise self._problem()

    def unable(self) -> str | None:
        """Why questions cannot be answered now, in a sentence; None where they can."""
        try:
            self.assistant()
        except ProblemError as problem:
            return problem.detail
        return None

    def follow(self) -> None:
        """Look for a new index version, twice a second, until `stop`."""
        self._stopped.clear()
        threading.Thread(target=self._follow, name="follow-index", daemon=True).start()

    def stop(self) -> None:
        """Follow no longer."""
        self._stopped.set()

    def _follow(self) -> None:
        pause = self._check_seconds
        while not self._stopped.wait(pause):
            pause = self._check_seconds if self.catch_up() else self._retry_seconds

    def catch_up(self) -> bool:
        """Open the new version where there is one; False where that failed, and the old one stays."""
        with self._catching_up:
            return self._catch_up()

    def _catch_up(self) -> bool:
        ready = self._assistant
        if ready is None:
            return True
        ready.expire()
        try:
            if ready.outdated():
                self._assistant = ready.reopened()
                _settle()
                _log.info("switched to a new index version")
        except IndexError_ as error:
            _log.warning("new index version not usable: %s", type(error).__name__)
            return False
        except Exception:  # noqa: BLE001 - logged; the version that is open goes on answering
            _log.exception("a new index version could not be opened")
            return False
        return True

    def _problem(self) -> ProblemError:
        return not_ready(self._failure)

    def _run(self) -> None:
        try:
            opened = self._open()
        except PolicyQAError as error:
            _log.warning("not usable: %s", type(error).__name__)
            self._fail(error.message)
        except Exception:  # noqa: BLE001 - logged; every request says that opening failed
            _log.exception("the assistant could not be opened")
            self._fail("服务没能启动，请管理员查看服务日志，排除故障后会自动恢复。")
        else:
            _settle()
            self._assistant = opened

    def _fail(self, sentence: str) -> None:
        with self._lock:
            self._failure = sentence
            self._failed_at = self._clock()


def _settle() -> None:
    """Take what is open now out of the garbage collector's rounds. Otherwise each round that a large
    request causes walks through the whole index, while nothing else runs."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def opening_of(request: Request) -> Opening:
    """What opens the index for the application that serves `request`."""
    opening: Opening = request.app.state.opening
    return opening


def opened(request: Request) -> "Assistant":
    """The assistant of the application that serves `request`. Raises a 503 problem."""
    return opening_of(request).assistant()
