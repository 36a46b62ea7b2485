"""How the time of some work grows with how much there is of it, whatever else the machine does."""

import gc
import time
from collections.abc import Callable

TIMES = 8
"""Between the small and the large work; with the square it would be sixty-four times the time."""
_MOST = 3 * TIMES
_LEAST_SECONDS = 0.01
"""Below, what the clock tells of the small work is chance."""
_TRIES = 3


def assert_in_proportion(
    work: Callable[[int], object], large: int, clock: Callable[[], float] = time.thread_time
) -> None:
    """Fails where `work` of the size `large` takes far more than its share of what a small part of it takes.

    `clock`: by default the processor's time of this thread, which neither load nor a pause of the machine
    changes. Of several measurements the least counts: what else adds to time, adds now and then.
    """
    collecting = gc.isenabled()
    gc.disable()  # what it costs depends on all that other tests have left
    try:
        small = min(_seconds(work, large // TIMES, clock) for _ in range(_TRIES))
        most = _MOST * max(small, _LEAST_SECONDS)
        spent: list[float] = []
        while len(spent) < _TRIES:
            spent.append(_seconds(work, large, clock))
            if spent[-1] < most:
                return
    finally:
        if collecting:
            gc.enable()
    raise AssertionError(f"{min(spent):.2f} s for {large}, {small:.2f} s for {large // TIMES}")


def _seconds(work: Callable[[int], object], size: int, clock: Callable[[], float]) -> float:
    began = clock()
    work(size)
    return clock() - began
