"""Which segments a version keeps and which it puts together: few files, and each change costs little.

As in a log-structured merge tree (O'Neil et al., 1996): a new segment is put together with the one before it
while that one is less than twice as large, so each is at least twice the next, and an entry is written
again about as often as the library doubles. A segment of whose entries less than half still count is
written anew without the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.storage.array_file import Arrays
from index.storage.segments import Segment, merge_segments

_RATIO = 2
_LEAST_COUNTING = 0.5


@dataclass(frozen=True, slots=True)
class Kept:
    """A segment that stays, under its name, and the editions that count in it."""

    name: str
    keys: tuple[str, ...]


def compact(
    held: Mapping[str, tuple[Segment, Sequence[str]]], fresh: Sequence[Segment]
) -> tuple[list[Kept], Arrays | None]:
    """The segments that stay as they are of those `held` (by name, with the editions that count), and the
    arrays of a new one with all else that counts and all of `fresh`; None where there is nothing else."""
    ordered = sorted(
        ((name, segment, tuple(keys)) for name, (segment, keys) in held.items() if keys),
        key=lambda each: (-_size(each[1], each[2]), each[0]),
    )
    staying = [each for each in ordered if _size(each[1], each[2]) >= _LEAST_COUNTING * _whole(each[1])]
    together = [(segment, keys) for each in ordered if each not in staying for segment, keys in [each[1:]]]
    together += [(segment, segment.editions) for segment in fresh]
    while together and staying:
        _, segment, keys = staying[-1]
        if _size(segment, keys) >= _RATIO * sum(_size(*each) for each in together):
            break
        staying.pop()
        together.insert(0, (segment, keys))
    kept = [Kept(name, keys) for name, _, keys in staying]
    return kept, merge_segments(together) if together else None


def _size(segment: Segment, keys: Sequence[str]) -> int:
    """How many entries count, and one for each edition."""
    return sum(segment.count(key) + 1 for key in keys)


def _whole(segment: Segment) -> int:
    return _size(segment, segment.editions)
