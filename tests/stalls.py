"""What a machine with too much to do adds to the time of everything, measured beside what a test measures."""

import subprocess
import sys
import time

_CANARY = """
import time
print(flush=True)
while True:
    due = time.monotonic() + 0.03
    time.sleep(0.02)
    enough = time.process_time() + 0.01
    while time.process_time() < enough:
        pass
    done = time.monotonic()
    if done > due + 0.01:
        print(due, done, flush=True)
"""
"""A process of its own that has nothing to do with the test: when a little work should have been done, and
when it was. It computes too, since who only sleeps is served first on a crowded machine."""
_LAST_SECONDS = 0.2
"""In which the canary tells of a pause that has just ended."""


class Stalls:
    """Watches, as a context, how long the machine keeps everybody waiting."""

    def __enter__(self) -> "Stalls":
        self._canary = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _CANARY], stdout=subprocess.PIPE, encoding="ascii"
        )
        assert self._canary.stdout is not None
        self._canary.stdout.readline()
        return self

    def __exit__(self, *_: object) -> None:
        time.sleep(_LAST_SECONDS)
        self._canary.terminate()
        told, _nothing = self._canary.communicate()
        lines = [line.split() for line in told.splitlines(keepends=True) if line.endswith("\n")]
        self._stalls = [(float(due), float(done)) for due, done in lines]

    def without(self, began: float, done: float) -> float:
        """The seconds from `began` to `done` without those that the machine took, once the watch is over."""
        taken = sum(max(0.0, min(end, done) - max(start, began)) for start, end in self._stalls)
        return done - began - taken
