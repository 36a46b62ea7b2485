"""Chroma as the store of record: the entries of every edition with their vectors.

It stores; what is searched is read from segments (`index.storage.segments`), which `policy-qa index verify`
compares with it: Chroma's graph gives other neighbours in each process, and answers must not depend on that.

Each edition has collections of its own, one a kind of entry, under a name that was never used before. A
collection is written once, by the build that makes it, and taken away once no version on disk names it. So a
version costs nothing here but what is new in it, and whatever a killed build left is a collection that nobody
names. Used directly: its LangChain wrapper hides the configuration (the default space is l2) and does not
split batches. No embedding function is ever given to it, since the default one downloads a model.
"""

import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from index.errors import IndexDamaged, IndexNotWritten, StoreUnreachable
from index.settings import IndexSettings
from index.storage.atomic_files import replace_file
from index.storage.chroma_files import (
    collection_sizes,
    graph_files,
    is_readable,
    remove_forgotten_graphs,
)
from index.storage.entries import NOTHING, Entries
from index.storage.manifest import FileMark, agree, mark_files

STORE_VERSION = 6
"""Raise when the same passages are stored in another shape."""

CHROMA = "chroma"
"""The directory of the database beside the versions, where Chroma is no server."""
_OWNER = "chroma-owner"
"""Holds what begins the names of this index's collections: a server may hold those of others too."""
_BATCH = 1000
_MOST_GRAPHS = 64
_LEAST_THRESHOLD, _GRAPH_BATCH = 2, 100
"""Of Chroma: the least that it takes, and its default."""


class ChromaStore:
    """An open Chroma, in a directory or as a server. Writing needs the index's build lock."""

    def __init__(self, connect: Callable[[], Any], owner: str, directory: Path | None = None) -> None:
        """`connect` makes a client; `owner` begins the names of the collections that are ours."""
        self._connect = connect
        self._client = connect()
        self._owner = owner
        self._directory = directory
        self._used = 0

    def close(self) -> None:
        """Let go of the database's files."""
        self._client.close()

    def _bound_memory(self) -> None:
        """Start anew after some collections: in a directory Chroma keeps the graph of each that it has used,
        some 3 MB."""
        self._used += 1
        if self._directory is not None and self._used % _MOST_GRAPHS == 0:
            self._client.close()
            self._client = self._connect()

    def put(self, edition: str, entries: Mapping[str, Entries]) -> str:
        """Store what one edition has in each collection; what these are called by."""
        stem = f"{self._owner}-{secrets.token_hex(8)}"
        for name, held in entries.items():
            if not len(held):
                continue
            self._bound_memory()
            collection = self._client.create_collection(
                f"{stem}-{name}",
                embedding_function=None,
                configuration={"hnsw": _graph(len(held))},
                metadata={"edition": edition},
            )
            for at in range(0, len(held), _BATCH):
                part = slice(at, at + _BATCH)
                collection.add(
                    ids=list(held.ids[part]),
                    documents=list(held.texts[part]),
                    embeddings=held.vectors[part],
                    metadatas=[dict(each) for each in held.metadatas[part]],
                )
        return stem

    def graph(self, stem: str) -> FileMark:
        """The files of the graphs of one edition's collections, as they are now."""
        if self._directory is None:
            return mark_files(())
        return mark_files(graph_files(self._directory, stem).get(stem, ()))

    def entries(self, stem: str, name: str) -> Entries:
        """What one edition has in collection `name`, by ordinal, read in pages: Chroma breaks where it is
        asked for too much."""
        self._bound_memory()
        collection = self._client.get_collection(f"{stem}-{name}", embedding_function=None)
        found: list[tuple[str, str, Mapping[str, Any], Any]] = []
        for at in range(0, collection.count(), _BATCH):
            page = collection.get(include=["documents", "metadatas", "embeddings"], limit=_BATCH, offset=at)
            found += zip(page["ids"], page["documents"], page["metadatas"], page["embeddings"], strict=True)
        found.sort(key=lambda entry: entry[2]["ordinal"])
        if not found:
            return NOTHING
        ids, texts, metadatas, vectors = zip(*found, strict=True)
        return Entries(ids, texts, metadatas, np.asarray(vectors, dtype=np.float32))

    def names(self) -> frozenset[str]:
        """The names of the collections that are ours."""
        if self._directory is not None:
            found = list(collection_sizes(self._directory))
        else:
            found = [collection.name for collection in self._client.list_collections()]
        return frozenset(name for name in found if name.startswith(f"{self._owner}-"))

    def keep_only(self, names: Set[str]) -> None:
        """Take away every collection of ours but these, and what else a dead build left."""
        for name in self.names() - names:
            self._client.delete_collection(name)
        if self._directory is not None:
            remove_forgotten_graphs(self._directory)


def _graph(size: int) -> dict[str, object]:
    """The settings of the graph of a collection that gets `size` entries: written to its files once, with the
    last entry. Until then entries wait in a queue, which Chroma reads through for each collection it uses."""
    threshold = max(_LEAST_THRESHOLD, size)
    return {"space": "cosine", "sync_threshold": threshold, "batch_size": min(_GRAPH_BATCH, threshold)}


def record_of(settings: IndexSettings) -> str:
    """What stands for the place where Chroma keeps the entries of this index."""
    return settings.chroma_url or CHROMA


@contextmanager
def open_record(settings: IndexSettings) -> Iterator[ChromaStore]:
    """Chroma as the settings name it. Raises StoreUnreachable where it is a server that does not answer."""
    import chromadb
    from chromadb.config import Settings

    options = Settings(anonymized_telemetry=False, allow_reset=False)
    owner = _owner(settings.directory)
    if settings.chroma_url is None:
        directory = settings.directory / CHROMA
        store = ChromaStore(
            lambda: chromadb.PersistentClient(str(directory), settings=options), owner, directory
        )
    else:
        url = urlsplit(settings.chroma_url)
        host, port, secure = url.hostname or "", url.port or 8000, url.scheme == "https"
        with _unreachable_reported():
            store = ChromaStore(lambda: chromadb.HttpClient(host, port, ssl=secure, settings=options), owner)
    try:
        yield store
    finally:
        store.close()


def check_record(settings: IndexSettings, wanted: Mapping[str, int]) -> None:
    """Raise IndexDamaged where Chroma lacks a collection, or holds another number of entries in one.

    A server is asked for the names alone. Raises StoreUnreachable.
    """
    if settings.chroma_url:
        with open_record(settings) as store, _unreachable_reported():
            missing = wanted.keys() - store.names()
        whole = not missing
    else:
        try:
            held = collection_sizes(settings.directory / CHROMA)
        except sqlite3.Error as error:
            raise _damaged() from error
        whole = all(held.get(name) == count for name, count in wanted.items())
    if not whole:
        raise _damaged()


def check_graphs(settings: IndexSettings, wanted: Mapping[str, FileMark]) -> None:
    """Raise IndexDamaged where files of Chroma's graphs are not what they were; `wanted` by what an edition's
    collections are called by. Those of a server are its own."""
    if settings.chroma_url:
        return
    try:
        found = graph_files(settings.directory / CHROMA)
        whole = all(agree(found.get(stem, ()), mark) for stem, mark in wanted.items())
    except (OSError, sqlite3.Error) as error:
        raise _damaged() from error
    if not whole:
        raise _damaged()


def forget_unreadable_record(settings: IndexSettings) -> None:
    """Take the database away where SQLite says that it is broken, so that all of it is made anew."""
    directory = settings.directory / CHROMA
    if settings.chroma_url is None and not is_readable(directory):
        shutil.rmtree(directory, ignore_errors=True)


def _owner(directory: Path) -> str:
    """What begins the names of this index's collections, made when it is first asked for."""
    path = directory / _OWNER
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        owner = f"policy-qa-{secrets.token_hex(6)}"
        replace_file(path, owner.encode())
        return owner


def _damaged() -> IndexDamaged:
    return IndexDamaged("索引不完整或已损坏，请运行 policy-qa index build 重建。")


@contextmanager
def _unreachable_reported() -> Iterator[None]:
    import httpx
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, httpx.HTTPError, ValueError) as error:
        raise StoreUnreachable(
            "Chroma 服务没有应答，请检查 POLICY_QA_CHROMA_URL 并确认服务在运行；已建好的索引照常可用。"
        ) from error


@contextmanager
def damage_reported() -> Iterator[None]:
    """Turn whatever Chroma or the file system says of a broken directory into IndexDamaged."""
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, sqlite3.Error, OSError, KeyError, ValueError) as error:
        raise _damaged() from error


@contextmanager
def refusal_reported() -> Iterator[None]:
    """Turn what the file system, SQLite or Chroma say of a full or closed disk into IndexNotWritten."""
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, sqlite3.Error, OSError) as error:
        raise IndexNotWritten(
            "写入没有成功，请检查磁盘空间和目录权限后再试；原有的文件和索引没有变，照常可用。"
        ) from error
