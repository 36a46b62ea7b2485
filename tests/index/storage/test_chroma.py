"""Chroma, in a directory and as a server: the same tests over both."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from chromadb.errors import InternalError

from index.errors import IndexDamaged, IndexNotWritten, StoreUnreachable
from index.settings import IndexSettings
from index.storage.chroma import (
    CHROMA,
    ChromaStore,
    check_graphs,
    check_record,
    damage_reported,
    forget_unreadable_record,
    open_record,
    record_of,
    refusal_reported,
)
from index.storage.entries import CLAIMS, COLLECTIONS, NOTHING, OPEN, PASSAGES, QUESTIONS, Entries
from tests.index.storage.chroma_server import chroma_server

BEYOND_ONE_STATEMENT = 33_000
"""SQLite takes 32,766 variables in a statement, and Chroma uses one an entry."""


def entries(*texts: str, first: int = 0) -> Entries:
    vectors = np.asarray([[0.25, -1, first + at] for at in range(len(texts))], dtype=np.float32)
    metadatas = tuple({"edition": "a@1", "ordinal": first + at, "holds": True} for at in range(len(texts)))
    return Entries(tuple(f"a@1#{text}" for text in texts), texts, metadatas, vectors)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with chroma_server(tmp_path_factory.mktemp("server") / "data") as url:
        yield url


@pytest.fixture(params=["directory", "server"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> IndexSettings:
    """An index that keeps its entries in a directory, or on a server that other indexes use too."""
    url = request.getfixturevalue("server") if request.param == "server" else None
    (tmp_path / "index").mkdir()
    return IndexSettings(tmp_path / "index", chroma_url=url)


@pytest.fixture
def store(settings: IndexSettings) -> Iterator[ChromaStore]:
    with open_record(settings) as made:
        yield made


def test_a_new_store_holds_nothing(store: ChromaStore) -> None:
    assert store.names() == frozenset()


def test_what_is_put_in_comes_back_in_its_order(store: ChromaStore) -> None:
    held = entries("一", "二", "三")
    shuffled = Entries(held.ids[::-1], held.texts[::-1], held.metadatas[::-1], held.vectors[::-1])
    stem = store.put("a@1", {PASSAGES: shuffled, QUESTIONS: NOTHING})
    found = store.entries(stem, PASSAGES)
    assert (found.ids, found.texts) == (held.ids, held.texts)
    assert [dict(each) for each in found.metadatas] == list(held.metadatas)
    assert found.vectors == pytest.approx(held.vectors)  # not scaled
    assert store.names() == {f"{stem}-{PASSAGES}"}  # of nothing there is no collection


def test_every_kind_has_a_collection_of_its_own(store: ChromaStore) -> None:
    stem = store.put("a@1", {name: entries(name) for name in COLLECTIONS})
    assert [store.entries(stem, name).texts for name in COLLECTIONS] == [(name,) for name in COLLECTIONS]


def test_the_same_edition_again_is_beside_the_first(store: ChromaStore) -> None:
    stems = [store.put("a@1", {PASSAGES: entries(text)}) for text in ("旧", "新")]
    assert len(set(stems)) == 2
    assert [store.entries(stem, PASSAGES).texts for stem in stems] == [("旧",), ("新",)]


def test_what_nobody_names_is_taken_away(settings: IndexSettings, store: ChromaStore) -> None:
    stem, other = (store.put("a@1", {CLAIMS: entries(text), OPEN: entries(text)}) for text in ("甲", "乙"))
    store.keep_only({f"{stem}-{CLAIMS}", "policy-qa-unknown-claims"})
    assert store.names() == {f"{stem}-{CLAIMS}"}
    assert store.entries(stem, CLAIMS).texts == ("甲",)
    if settings.chroma_url is None:  # nor do graphs of what is gone stay on the disk
        assert len([path for path in (settings.directory / CHROMA).iterdir() if path.is_dir()]) <= 1
    store.keep_only(frozenset())
    assert store.names() == frozenset()
    assert other != stem


def test_collections_of_others_are_never_touched(settings: IndexSettings, store: ChromaStore) -> None:
    if settings.chroma_url is None:
        pytest.skip("a directory of ours holds nothing of others")
    neighbour = replace(settings, directory=settings.directory.with_name("other"))
    neighbour.directory.mkdir()
    with open_record(neighbour) as others:
        stem = others.put("a@1", {PASSAGES: entries("邻居")})
        store.put("a@1", {PASSAGES: entries("自己")})
        store.keep_only(frozenset())
        assert others.entries(stem, PASSAGES).texts == ("邻居",)
        others.keep_only(frozenset())


def test_a_collection_that_is_gone_is_noticed(settings: IndexSettings) -> None:
    with open_record(settings) as store:
        stem = store.put("a@1", {PASSAGES: entries("一", "二"), OPEN: entries("三")})
    check_record(settings, {f"{stem}-{PASSAGES}": 2, f"{stem}-{OPEN}": 1})
    with pytest.raises(IndexDamaged):
        check_record(settings, {f"{stem}-{PASSAGES}": 2, f"{stem}-{CLAIMS}": 1})


def test_more_entries_than_one_statement_takes_come_back(tmp_path: Path, server: str) -> None:
    """Chroma's `get` without a limit fails from the 32,767th on. A directory is tested together with all that
    stands on it (tests/index/build/test_many_passages.py)."""
    settings, count = IndexSettings(tmp_path, chroma_url=server), BEYOND_ONE_STATEMENT
    metadatas = tuple({"ordinal": at} for at in range(count))
    vectors = np.random.default_rng(1).normal(size=(count, 4)).astype(np.float32)
    ids = tuple(f"a@1#{at}" for at in range(count))
    with open_record(settings) as store:
        stem = store.put("a@1", {PASSAGES: Entries(ids, ("文",) * count, metadatas, vectors)})
        found = store.entries(stem, PASSAGES)
        assert found.ids == ids
        assert found.vectors == pytest.approx(vectors)
        store.keep_only(frozenset())
        assert store.names() == frozenset()


def test_many_collections_are_written_and_read(settings: IndexSettings) -> None:
    with open_record(settings) as store:
        stems = [store.put("a@1", {PASSAGES: entries(f"第{number}份")}) for number in range(70)]
        assert [store.entries(stem, PASSAGES).texts for stem in stems] == [
            (f"第{number}份",) for number in range(70)
        ]
        store.keep_only(frozenset())


def test_an_entry_that_is_gone_from_the_directory_is_noticed(tmp_path: Path) -> None:
    settings = IndexSettings(tmp_path)
    with open_record(settings) as store:
        stem = store.put("a@1", {PASSAGES: entries("一", "二")})
    with closing(sqlite3.connect(tmp_path / CHROMA / "chroma.sqlite3")) as database, database:
        database.execute("DELETE FROM embeddings WHERE id = (SELECT min(id) FROM embeddings)")
    with pytest.raises(IndexDamaged):
        check_record(settings, {f"{stem}-{PASSAGES}": 2})


def test_graphs_stay_as_they_were_written_and_damage_is_noticed(tmp_path: Path) -> None:
    settings = IndexSettings(tmp_path)
    with open_record(settings) as store:
        stem = store.put("a@1", {PASSAGES: entries("一", "二"), OPEN: entries(*map(str, range(1500)))})
        wanted = {stem: store.graph(stem)}
    assert wanted[stem].size > 0
    for _ in range(2):  # whatever else is read, added and taken away
        with open_record(settings) as store:
            assert len(store.entries(stem, OPEN)) == 1500
            store.put("b@1", {PASSAGES: entries("三", "四")})
            store.keep_only({f"{stem}-{PASSAGES}", f"{stem}-{OPEN}"})
        check_graphs(settings, wanted)
    path = max((tmp_path / CHROMA).glob("*/data_level0.bin"), key=lambda path: path.stat().st_size)
    path.write_bytes(bytes(path.stat().st_size))
    with pytest.raises(IndexDamaged):
        check_graphs(settings, wanted)


def scribbled(path: Path) -> None:
    path.write_bytes(b"x" * path.stat().st_size)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [scribbled, emptied, Path.unlink, lambda path: shutil.rmtree(path.parent)])
def test_a_database_that_cannot_be_read_is_damage_and_can_be_made_anew(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    settings = IndexSettings(tmp_path)
    with open_record(settings) as store:
        stem = store.put("a@1", {PASSAGES: entries("一")})
    forget_unreadable_record(settings)  # which it is not
    check_record(settings, {f"{stem}-{PASSAGES}": 1})
    damage(tmp_path / CHROMA / "chroma.sqlite3")
    with pytest.raises(IndexDamaged):
        check_record(settings, {f"{stem}-{PASSAGES}": 1})
    forget_unreadable_record(settings)
    with open_record(settings) as store:
        assert store.names() == frozenset()
        assert store.entries(store.put("a@1", {PASSAGES: entries("二")}), PASSAGES).texts == ("二",)


def test_a_server_that_does_not_answer_is_a_sentence(tmp_path: Path) -> None:
    settings = IndexSettings(tmp_path, chroma_url="http://127.0.0.1:9")
    with pytest.raises(StoreUnreachable, match="POLICY_QA_CHROMA_URL"), open_record(settings):
        pass
    with pytest.raises(StoreUnreachable):
        check_record(settings, {})


def test_where_entries_are_kept_has_a_name(tmp_path: Path) -> None:
    places = [IndexSettings(tmp_path, chroma_url=url) for url in (None, "http://a:1", "http://b:1")]
    assert len(set(map(record_of, places))) == 3


@pytest.mark.parametrize(
    ("report", "error"), [(damage_reported, IndexDamaged), (refusal_reported, IndexNotWritten)]
)
@pytest.mark.parametrize(
    "cause", [sqlite3.DatabaseError("disk image is malformed"), OSError(28, "full"), InternalError("x")]
)
def test_what_goes_wrong_below_is_reported_for_people(
    report: Callable[[], AbstractContextManager[None]], error: type[Exception], cause: Exception
) -> None:
    with pytest.raises(error) as told, report():
        raise cause
    assert told.value.__cause__ is cause


def test_other_errors_are_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), damage_reported():
        raise ZeroDivisionError
    with pytest.raises(ValueError, match="no shape"), refusal_reported():
        raise ValueError("no shape")
