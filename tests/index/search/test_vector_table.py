import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.search.vector_table import VectorTable
from index.storage.segments import unit_rows

EDITIONS = ["books@1", "books@2", "notice@1", "books@1"]


def vectors(*rows: list[float]) -> NDArray[np.float32]:
    return np.asarray(rows, dtype=np.float32)


QUERY = vectors([2, 0])[0]


def made(rows: NDArray[np.float32], editions: list[str]) -> VectorTable:
    """A table of one part with these rows, in their order."""
    names, numbers = np.unique(np.asarray(editions, dtype=object), return_inverse=True)
    return VectorTable([unit_rows(rows)], np.arange(len(rows)), [str(name) for name in names], numbers)


@pytest.fixture(scope="module")
def table() -> VectorTable:
    return made(vectors([0, 1], [3, 0], [1, 1], [0, 0]), EDITIONS)


def test_a_cosine_does_not_depend_on_length(table: VectorTable) -> None:
    assert len(table) == 4
    assert table.cosines(QUERY) == pytest.approx([0, 1, 0.5**0.5, 0])  # a row of zeros is near to nothing
    assert table.cosines(QUERY * 7) == pytest.approx(table.cosines(QUERY))


def test_the_nearest_come_first(table: VectorTable) -> None:
    assert table.nearest(QUERY, 2) == [(1, 1.0), (2, pytest.approx(0.5**0.5))]
    assert [at for at, _ in table.nearest(QUERY, 10)] == [1, 2, 0, 3]


def test_ties_keep_their_order() -> None:
    equal = made(vectors([1, 0], [0, 1], [2, 0], [1, 0], [3, 0]), ["a@1"] * 5)
    assert [at for at, _ in equal.nearest(QUERY, 2)] == [0, 2]
    assert [at for at, _ in equal.nearest(QUERY, 4)] == [0, 2, 3, 4]


@pytest.mark.parametrize(
    ("editions", "positions"),
    [
        (("books@1",), [0, 3]),
        (("notice@1", "books@2"), [1, 2]),
        (("unknown@1",), []),
        ((), []),
        (None, [1, 2, 0, 3]),
    ],
)
def test_only_the_named_editions_are_looked_at(
    table: VectorTable, editions: tuple[str, ...] | None, positions: list[int]
) -> None:
    assert [at for at, _ in table.nearest(QUERY, 4, editions)] == positions
    assert list(np.nonzero(table.within(editions))[0]) == sorted(positions)


def test_a_table_of_nothing_has_nothing_near() -> None:
    empty = made(np.zeros((0, 0), dtype=np.float32), [])
    assert len(empty) == 0
    assert empty.nearest(QUERY, 3) == []
    assert empty.nearest(QUERY, 3, ("books@1",)) == []


@settings(max_examples=50)
@given(st.integers(0, 10**6), st.integers(1, 12), st.integers(1, 12))
def test_the_nearest_are_those_of_a_full_sort(seed: int, size: int, count: int) -> None:
    rows = np.random.default_rng(seed).integers(-2, 3, (size, 3)).astype(np.float32)
    query = vectors([1, 1, -1])[0]
    table = made(rows, [f"{at % 2}@1" for at in range(size)])
    cosines = table.cosines(query)
    expected = sorted(range(size), key=lambda at: (-cosines[at], at))[:count]
    assert [at for at, _ in table.nearest(query, count)] == expected


def test_none_asked_for_and_a_vector_of_zeros_are_no_fault(table: VectorTable) -> None:
    assert table.nearest(QUERY, 0) == []
    assert table.nearest(vectors([0, 0])[0], 2) == [(0, 0.0), (1, 0.0)]


def test_parts_in_any_order_are_one_table() -> None:
    rows = unit_rows(np.random.default_rng(1).normal(size=(7, 3)).astype(np.float32))
    whole = made(rows, ["a@1"] * 7)
    order = np.asarray([5, 0, 2, 6, 3])  # of seven rows, two no longer count
    parts = VectorTable([rows[:2], rows[:0], rows[2:]], order, ["a@1", "b@1"], np.asarray([0, 0, 1, 1, 1]))
    assert len(parts) == 5
    assert parts.cosines(QUERY_3) == pytest.approx(whole.cosines(QUERY_3)[order])
    assert {at for at, _ in parts.nearest(QUERY_3, 5, ("b@1",))} == {2, 3, 4}


QUERY_3 = vectors([1, 1, -1])[0]


def test_a_cosine_depends_on_its_own_row_alone_to_the_last_bit() -> None:
    rows = unit_rows(np.random.default_rng(2).normal(size=(9000, 384)).astype(np.float32))
    query = rows[:2].sum(axis=0)
    whole = made(rows, ["a@1"] * len(rows)).cosines(query)
    for first, last in ((0, 1), (17, 5000), (4500, 9000)):
        part = made(rows[first:last], ["a@1"] * (last - first)).cosines(query)
        assert np.array_equal(part, whole[first:last])
