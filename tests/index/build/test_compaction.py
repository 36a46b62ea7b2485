"""Segments stay few, are seldom written again, and let go of what no longer counts."""

import random

from index.build.compaction import compact
from index.storage.segments import Segment, edition_arrays
from tests.index.storage.test_segments import edition


def one(number: int) -> Segment:
    return Segment(edition_arrays(edition(f"d{number}@1", "标题", "一句话")))


Held = dict[str, tuple[Segment, tuple[str, ...]]]


def changed(held: Held, fresh: list[Segment], step: int) -> tuple[Held, int]:
    """The segments after one change, and how many editions were written."""
    kept, arrays = compact(held, fresh)
    now: Held = {each.name: (held[each.name][0], each.keys) for each in kept}
    if arrays is None:
        return now, 0
    new = Segment(arrays)
    return {**now, f"s{step}": (new, new.editions)}, len(new.editions)


def test_many_additions_leave_few_segments_and_little_is_written_again() -> None:
    held: Held = {}
    written = 0
    for number in range(200):
        held, more = changed(held, [one(number)], number)
        written += more
        assert len(held) <= 9  # the binary logarithm of 200, and one
    assert sorted(key for _, keys in held.values() for key in keys) == sorted(f"d{n}@1" for n in range(200))
    assert written <= 200 * 9


def test_what_no_longer_counts_goes_once_it_is_half() -> None:
    chance = random.Random(1)
    held: Held = {}
    for number in range(50):
        held, _ = changed(held, [one(number)], number)
    counting = {f"d{number}@1" for number in range(50)}
    while counting:
        counting.remove(chance.choice(sorted(counting)))
        left: Held = {
            name: (segment, tuple(key for key in keys if key in counting))
            for name, (segment, keys) in held.items()
        }
        held, _ = changed(left, [], 1000 + len(counting))
        assert sorted(key for _, keys in held.values() for key in keys) == sorted(counting)
        stored = sum(len(segment.editions) for segment, _ in held.values())
        assert stored <= 2 * len(counting)
    assert held == {}


def test_removing_one_of_many_writes_nothing() -> None:
    held: Held = {}
    for number in range(64):
        held, _ = changed(held, [one(number)], number)
    name, (segment, keys) = max(held.items(), key=lambda each: len(each[1][1]))
    kept, arrays = compact({**held, name: (segment, keys[1:])}, [])
    assert arrays is None
    assert {each.name for each in kept} == held.keys()
