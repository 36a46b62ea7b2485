"""The cache in memory."""

from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given, settings
from hypothesis import strategies as st

from index.cache import MOST, Cache


def test_what_was_put_is_there_and_nothing_else() -> None:
    cache: Cache[str] = Cache()
    assert cache.get("借书") is None
    cache.put("借书", "五本")
    cache.put("借书", "十本")
    assert cache.get("借书") == "十本"
    assert cache.get("还书") is None


def test_an_empty_value_is_a_value_and_a_key_may_be_a_tuple() -> None:
    cache: Cache[str | int] = Cache(most=2)
    cache.put(("问", ("甲", "乙")), "")
    cache.put(("问", ("甲",)), 0)
    assert cache.get(("问", ("甲", "乙"))) == ""
    assert cache.get(("问", ("甲",))) == 0


def test_the_entry_that_was_not_used_for_longest_goes_first() -> None:
    cache: Cache[int] = Cache(most=2)
    cache.put("甲", 1)
    cache.put("乙", 2)
    assert cache.get("甲") == 1
    cache.put("丙", 3)
    assert [cache.get(key) for key in "甲乙丙"] == [1, None, 3]


def test_it_holds_as_many_as_it_says() -> None:
    cache: Cache[int] = Cache()
    for key in range(MOST + 1):
        cache.put(key, key)
    assert cache.get(0) is None
    assert [cache.get(key) for key in (1, MOST)] == [1, MOST]


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 4), st.lists(st.tuples(st.booleans(), st.integers(0, 6)), max_size=30))
def test_it_does_as_the_plain_model_does(most: int, calls: list[tuple[bool, int]]) -> None:
    cache: Cache[int] = Cache(most)
    model: OrderedDict[int, int] = OrderedDict()
    for turn, (puts, key) in enumerate(calls):
        if puts:
            cache.put(key, turn)
            model[key] = turn
            model.move_to_end(key)
            model = OrderedDict(list(model.items())[-most:])
        else:
            assert cache.get(key) == model.get(key)
            if key in model:
                model.move_to_end(key)


def test_threads_may_share_it() -> None:
    cache: Cache[int] = Cache(most=3)

    def use(key: int) -> bool:
        cache.put(key % 7, key % 7)
        return cache.get(key % 7) in (None, key % 7)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(use, range(500)))
    assert sum(cache.get(key) is not None for key in range(7)) == 3


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_is_too_old_is_gone_whether_it_is_asked_for_or_not() -> None:
    clock = Clock()
    cache: Cache[int] = Cache(seconds=60, clock=clock)
    cache.put("甲", 1)
    clock.now = 59
    cache.put("乙", 2)
    assert cache.get("甲") == 1  # being used makes nothing younger
    clock.now = 60
    assert cache.get("甲") is None
    clock.now = 119
    assert len(cache) == 1
    cache.expire()
    assert len(cache) == 0


def test_together_they_are_no_larger_than_they_may_be() -> None:
    cache: Cache[int] = Cache(most_size=10)
    cache.put("甲", 1, size=4)
    cache.put("乙", 2, size=4)
    cache.put("甲", 3, size=6)  # in the place of the first
    assert [cache.get(key) for key in "甲乙"] == [3, 2]
    cache.put("丙", 4, size=5)
    assert [cache.get(key) for key in "甲乙丙"] == [None, 2, 4]
    cache.put("丁", 5, size=11)
    assert [cache.get(key) for key in "甲乙丙丁"] == [None, 2, 4, None]
