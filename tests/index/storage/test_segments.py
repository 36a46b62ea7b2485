"""Segments: what is put in comes out, alone, in parts and put together."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from index.storage.array_file import write_arrays
from index.storage.entries import COLLECTIONS, NOTHING, PASSAGES, QUESTIONS, Entries
from index.storage.segments import EditionEntries, Segment, edition_arrays, merge_segments, open_segment
from index.storage.tables import Tables


def edition(key: str, *texts: str, lay: Sequence[str] = ()) -> EditionEntries:
    """An edition of these sentences, the first of which is the heading of all; `lay` are about the last."""

    def held(texts: Sequence[str], mark: str) -> Entries:
        vectors = np.asarray([[len(text), at + 1] for at, text in enumerate(texts)], dtype=np.float32)
        metadatas = tuple({"edition": key, "ordinal": at} for at in range(len(texts)))
        ids = tuple(f"{key}{mark}{at}" for at in range(len(texts)))
        return Entries(ids, tuple(texts), metadatas, vectors)

    entries = dict.fromkeys(COLLECTIONS, NOTHING)
    entries[PASSAGES] = held(texts, "#") if texts else NOTHING
    entries[QUESTIONS] = held(lay, "?") if lay else NOTHING
    words = {PASSAGES: [list(text) for text in texts], QUESTIONS: [list(text) for text in lay]}
    answering = [len(texts) - 1] * len(lay)
    return EditionEntries(key, entries, words, [0] * len(texts), answering, sorted(texts))


A = edition("a@1", "标题", "甲乙", "丙", lay=["甲吗", "丙吗"])
AB = edition("a-b@1", "丁", "戊戊")
EMPTY = edition("e@1")
SURROGATE = edition("s@1", "坏\ud800字")


def segment(*editions: EditionEntries) -> Segment:
    return Segment(merge_segments([(Segment(edition_arrays(each)), (each.key,)) for each in editions]))


def texts(tables: Tables, name: str = PASSAGES) -> list[str]:
    table = tables.tables[name]
    return [table.entry(at)[1] for at in range(len(table))]


@pytest.mark.parametrize("each", [A, AB, EMPTY, SURROGATE])
def test_an_edition_comes_back(each: EditionEntries) -> None:
    tables = Tables([(Segment(edition_arrays(each)), (each.key,))])
    for name in COLLECTIONS:
        table, wanted = tables.tables[name], each.entries[name]
        assert len(table) == len(wanted)
        for at in range(len(table)):
            key, text, meta = table.entry(at)
            assert (key, text, dict(meta)) == (wanted.ids[at], wanted.texts[at], dict(wanted.metadatas[at]))
            row = wanted.vectors[at]
            assert table.vector(at) == pytest.approx(row / np.linalg.norm(row))


def test_entries_come_by_edition_however_they_lie() -> None:
    """As strings a-b@1 would stand before a@1."""
    wanted = ["标题", "甲乙", "丙", "丁", "戊戊", "坏\ud800字"]
    together, apart = segment(SURROGATE, AB, EMPTY, A), [segment(each) for each in (AB, SURROGATE, A, EMPTY)]
    for tables in (
        Tables([(together, together.editions)]),
        Tables([(each, each.editions) for each in apart]),
        Tables([(segment(AB, A), ("a@1", "a-b@1")), (segment(SURROGATE), ("s@1",))]),
    ):
        assert texts(tables) == wanted
        assert texts(tables, QUESTIONS) == ["甲吗", "丙吗"]
        assert list(tables.headings()) == [0, 0, 0, 3, 3, 5]
        assert list(tables.answering(QUESTIONS)) == [2, 2]
        assert tables.vocabulary() == set(wanted)
        scores = tables.tables[PASSAGES].bm25().scores(["戊"])
        assert list(np.flatnonzero(scores)) == [4]


def test_an_edition_that_does_not_count_is_as_if_it_were_not_there() -> None:
    both, alone = segment(A, AB), segment(AB)
    masked, merged = Tables([(both, ("a-b@1",))]), Segment(merge_segments([(both, ("a-b@1",))]))
    expected = Tables([(alone, ("a-b@1",))])
    for tables in (masked, Tables([(merged, merged.editions)])):
        assert texts(tables) == texts(expected) == ["丁", "戊戊"]
        assert texts(tables, QUESTIONS) == []
        assert tables.vocabulary() == {"丁", "戊戊"}
        for word in ("戊", "甲"):
            scores = tables.tables[PASSAGES].bm25().scores([word, "丁"])
            assert list(scores) == pytest.approx(list(expected.tables[PASSAGES].bm25().scores([word, "丁"])))


def test_nothing_at_all_is_a_version_too() -> None:
    tables = Tables([])
    assert tables.editions == ()
    assert [len(table) for table in tables.tables.values()] == [0, 0, 0, 0]
    assert len(tables.headings()) == len(tables.answering(QUESTIONS)) == 0


def test_one_file_is_opened_once_under_whatever_name(tmp_path: Path) -> None:
    write_arrays(tmp_path / "one", edition_arrays(A))
    (tmp_path / "two").hardlink_to(tmp_path / "one")
    first = open_segment(tmp_path / "one")
    assert open_segment(tmp_path / "two") is first
    write_arrays(tmp_path / "three", edition_arrays(A))
    assert open_segment(tmp_path / "three") is not first
