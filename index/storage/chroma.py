"""Chroma as the store of record: passages, lay questions and open questions with their vectors.

Used directly: its LangChain wrapper hides the configuration (the default space is l2) and does not
split batches. No embedding function is ever given to it, since the default one downloads a model.
"""

import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from index.encoder.embedder import Vectors
from index.errors import IndexDamaged, IndexNotWritten
from index.schema import LayQuestion, OpenQuestion, Passage, PassageKind

STORE_VERSION = 3
"""Raise when the same passages are stored in another shape."""

PASSAGES, QUESTIONS, OPEN = "passages", "questions", "open"
_BATCH = 1000
_SEARCH_WIDTH = 1000  # ef_search: keeps the approximate search exact to .95 at 20,000 (measured)
_PATH_SEPARATOR = "\n"


class ChromaStore:
    """One index version's Chroma database.

    It is closed by `close`, or once nobody holds it any more; `on_close` is called after that.
    """

    def __init__(self, directory: Path, on_close: Callable[[], None] = lambda: None) -> None:
        import chromadb
        from chromadb.config import Settings

        self._client: Any = chromadb.PersistentClient(
            str(directory), settings=Settings(anonymized_telemetry=False, allow_reset=False)
        )
        self._opened: dict[str, tuple[Any, int]] = {}
        self._closing = weakref.finalize(self, _close, self._client, on_close)
        self._closing.atexit = False  # the system frees it all then

    def close(self) -> None:
        """Let go of the database's files. May be called again."""
        self._closing()

    def add(
        self,
        name: str,
        ids: Sequence[str],
        texts: Sequence[str],
        vectors: Vectors,
        metadatas: Sequence[dict[str, Any]],
        on_done: Callable[[int], None] = lambda count: None,
    ) -> None:
        """Create collection `name` and fill it."""
        self._opened.pop(name, None)
        collection = self._client.create_collection(
            name,
            embedding_function=None,
            configuration={"hnsw": {"space": "cosine", "ef_search": _SEARCH_WIDTH, "ef_construction": 200}},
        )
        for at in range(0, len(ids), _BATCH):
            part = slice(at, at + _BATCH)
            collection.add(
                ids=list(ids[part]),
                documents=list(texts[part]),
                embeddings=vectors[part],
                metadatas=list(metadatas[part]),
            )
            on_done(len(ids[part]))

    def load(self) -> None:
        """Have Chroma load every collection's graph now rather than at its first question."""
        for name in (PASSAGES, QUESTIONS, OPEN):
            collection, _ = self._collection(name)
            for vector in collection.get(include=["embeddings"], limit=1)["embeddings"]:
                collection.query(query_embeddings=[vector], n_results=1, include=[])

    def nearest(
        self, name: str, vector: Vectors, count: int, editions: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """Ids and cosines of the `count` nearest entries, best first; ties by id. `editions` limits them
        to documents in these versions (`id@version`)."""
        collection, held = self._collection(name)
        size = min(count, held)
        if size == 0:
            return []
        where: Any = {"edition": {"$in": list(editions)}} if editions is not None else None
        found = collection.query(
            query_embeddings=np.asarray([vector], dtype=np.float32),
            n_results=size,
            where=where,
            include=["distances"],
        )
        distances = (found["distances"] or [[]])[0]
        pairs = [(key, 1.0 - float(d)) for key, d in zip(found["ids"][0], distances, strict=True)]
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))

    def _collection(self, name: str) -> tuple[Any, int]:
        """A collection and its size, looked up once: a finished version does not change."""
        if name not in self._opened:
            collection = self._client.get_collection(name, embedding_function=None)
            self._opened[name] = collection, collection.count()
        return self._opened[name]

    def passages(self) -> tuple[Passage, ...]:
        """All passages, by document and place."""
        found = [_passage(*entry) for entry in self._entries(PASSAGES)]
        return tuple(sorted(found, key=lambda p: (p.document_id, p.document_version, p.ordinal)))

    def lay_questions(self) -> tuple[tuple[str, LayQuestion], ...]:
        """All lay questions with their ids, by id."""
        return tuple(
            (key, LayQuestion(str(meta["passage_id"]), text, meta.get("holds"), str(meta["value"])))
            for key, text, meta in sorted(self._entries(QUESTIONS), key=lambda entry: entry[0])
        )

    def open_questions(self) -> tuple[tuple[str, OpenQuestion], ...]:
        """All open questions with their ids, by id."""
        return tuple(
            (key, OpenQuestion(str(m["document_id"]), str(m["address"]), text, str(m["missing"])))
            for key, text, m in sorted(self._entries(OPEN), key=lambda entry: entry[0])
        )

    def vectors(self, name: str) -> dict[str, Vectors]:
        """The vector of every entry of collection `name`, by id."""
        collection, held = self._collection(name)
        found: dict[str, Vectors] = {}
        for at in range(0, held, _BATCH):
            part = collection.get(include=["embeddings"], limit=_BATCH, offset=at)
            found.update(zip(part["ids"], part["embeddings"], strict=True))
        return found

    def _entries(self, name: str) -> Iterable[tuple[str, str, dict[str, Any]]]:
        collection = self._client.get_collection(name, embedding_function=None)
        found = collection.get(include=["documents", "metadatas"])
        return zip(found["ids"], found["documents"] or [], found["metadatas"] or [], strict=True)


def question_metadata(question: LayQuestion, edition: str) -> dict[str, Any]:
    """What is stored with a lay question; Chroma has no null, so a plain question has no `holds`."""
    claimed = {} if question.holds is None else {"holds": question.holds}
    return {"passage_id": question.passage_id, "edition": edition, "value": question.value, **claimed}


def _close(client: Any, then: Callable[[], None]) -> None:
    client.close()
    then()


@contextmanager
def damage_reported() -> Iterator[None]:
    """Turn whatever Chroma or the file system says of a broken directory into IndexDamaged."""
    import sqlite3

    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, sqlite3.Error, OSError, KeyError, ValueError) as error:
        raise IndexDamaged("索引不完整或已损坏，请运行 policy-qa index build 重建。") from error


@contextmanager
def refusal_reported() -> Iterator[None]:
    """Turn what the file system, SQLite or Chroma say of a full or closed disk into IndexNotWritten."""
    import sqlite3

    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, sqlite3.Error, OSError) as error:
        raise IndexNotWritten(
            "写入没有成功，请检查磁盘空间和目录权限后再试；原有的文件和索引没有变，照常可用。"
        ) from error


def passage_metadata(passage: Passage) -> dict[str, Any]:
    """What Chroma keeps of a passage beside its text and vector."""
    return {
        "edition": passage.edition,
        "document_id": passage.document_id,
        "document_version": passage.document_version,
        "address": passage.address,
        "label": passage.label,
        "path": _PATH_SEPARATOR.join(passage.path),
        "kind": passage.kind.value,
        "start": passage.start,
        "end": passage.end,
        "ordinal": passage.ordinal,
        "context": passage.context,
        "page": passage.page or 0,
    }


def _passage(key: str, text: str, meta: dict[str, Any]) -> Passage:
    return Passage(
        id=key,
        document_id=meta["document_id"],
        document_version=meta["document_version"],
        address=meta["address"],
        label=meta["label"],
        path=tuple(meta["path"].split(_PATH_SEPARATOR)) if meta["path"] else (),
        kind=PassageKind(meta["kind"]),
        start=meta["start"],
        end=meta["end"],
        text=text,
        ordinal=meta["ordinal"],
        context=meta["context"],
        page=meta["page"] or None,
    )
