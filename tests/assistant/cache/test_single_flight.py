"""Several threads that want the same have it made once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from assistant.cache.single_flight import SingleFlight


def test_who_comes_while_it_is_made_gets_what_is_made() -> None:
    flight: SingleFlight[str] = SingleFlight()
    begun, go = threading.Event(), threading.Event()

    def make() -> str:
        begun.set()
        assert go.wait(60)
        return "五本"

    assert flight.joined("借书") is None
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(flight.made, "借书", make)
        assert begun.wait(60)
        others = [pool.submit(flight.joined, "借书") for _ in range(2)]
        assert flight.joined("还书") is None
        go.set()
        assert [first.result(60), *(other.result(60) for other in others)] == ["五本"] * 3
    assert flight.joined("借书") is None  # nothing is kept


def test_a_failure_is_raised_where_it_happened_and_the_others_are_told_nothing() -> None:
    flight: SingleFlight[str] = SingleFlight()
    begun, go = threading.Event(), threading.Event()

    def fail() -> str:
        begun.set()
        assert go.wait(60)
        raise ValueError("broken")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(flight.made, "借书", fail)
        assert begun.wait(60)
        other = pool.submit(flight.joined, "借书")
        go.set()
        with pytest.raises(ValueError, match="broken"):
            first.result(60)
        assert other.result(60) is None
    assert flight.made("借书", lambda: "五本") == "五本"
