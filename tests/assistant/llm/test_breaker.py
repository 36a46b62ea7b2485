"""The circuit breaker, by a clock that the test turns."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from assistant.llm.breaker import Breaker


class Clock:
    """Shows the time that it was set to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(failures=3, rest_seconds=30, clock=clock)


def fail(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        breaker.failed()


def test_it_opens_at_the_third_fault_in_a_row(breaker: Breaker) -> None:
    fail(breaker, 2)
    assert (breaker.allows(), breaker.rests()) == (True, False)
    fail(breaker, 1)
    assert (breaker.allows(), breaker.rests()) == (False, True)


def test_an_answer_between_faults_starts_the_count_again(breaker: Breaker) -> None:
    fail(breaker, 2)
    breaker.succeeded()
    fail(breaker, 2)
    assert breaker.allows()


def test_after_the_rest_one_call_tries_and_the_others_wait_for_it(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 29.9
    assert not breaker.allows()
    clock.now += 0.1
    assert not breaker.rests()
    assert not breaker.rests()  # asking changes nothing
    assert [breaker.allows() for _ in range(3)] == [True, False, False]


@pytest.mark.parametrize("works", [True, False])
def test_the_try_decides_whether_it_closes_or_rests_again(
    breaker: Breaker, clock: Clock, works: bool
) -> None:
    fail(breaker, 3)
    clock.now += 30
    assert breaker.allows()
    (breaker.succeeded if works else breaker.failed)()
    assert breaker.allows() is works
    clock.now += 30
    assert breaker.allows()


def test_late_faults_of_calls_under_way_do_not_prolong_the_rest(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 20
    fail(breaker, 5)
    clock.now += 10
    assert breaker.allows()


def test_of_many_threads_one_tries(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 30
    with ThreadPoolExecutor(8) as pool:
        allowed = list(pool.map(lambda _: breaker.allows(), range(200)))
    assert allowed.count(True) == 1
