"""Chroma as the store of record: passages, lay questions, claims and open questions with their vectors.

It stores; what is near to a question is looked up in memory and exactly (`index.search.vector_table`): its
graph gives other neighbours in each process, and answers must not depend on that. Used directly: its
LangChain wrapper hides the configuration (the default space is l2) and does not split batches. No embedding
function is ever given to it, since the default one downloads a model.
"""

import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.encoder.embedder import Vectors
from index.errors import IndexDamaged, IndexNotWritten
from index.schema import (
    Claim,
    LayQuestion,
    OpenQuestion,
    Passage,
    PassageKind,
    edition_order,
)

STORE_VERSION = 5
"""Raise when the same passages are stored in another shape."""

PASSAGES, QUESTIONS, CLAIMS, OPEN = "passages", "questions", "claims", "open"
COLLECTIONS = (PASSAGES, QUESTIONS, CLAIMS, OPEN)
_BATCH = 1000
_SAMPLE = 100
_PATH_SEPARATOR = "\n"


@dataclass(frozen=True, slots=True)
class Entries:
    """A whole collection, by edition and in the order of its texts there. `vectors` has one row an entry,
    rounded as they were stored."""

    ids: tuple[str, ...]
    texts: tuple[str, ...]
    metadatas: tuple[Mapping[str, Any], ...]
    vectors: Vectors


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
        self._closing = weakref.finalize(self, _close, self._client, on_close)
        self._closing.atexit = False  # the system frees it all then

    def close(self) -> None:
        """Let go of the database's files. May be called again."""
        self._closing()

    def create(self) -> None:
        """Make every collection, empty."""
        for name in COLLECTIONS:
            self._client.create_collection(
                name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
            )

    def add(
        self,
        name: str,
        ids: Sequence[str],
        texts: Sequence[str],
        vectors: Vectors,
        metadatas: Sequence[Mapping[str, Any]],
    ) -> None:
        """Put entries into collection `name`."""
        collection = self._collection(name)
        for at in range(0, len(ids), _BATCH):
            part = slice(at, at + _BATCH)
            collection.add(
                ids=list(ids[part]),
                documents=list(texts[part]),
                embeddings=vectors[part],
                metadatas=list(metadatas[part]),
            )

    def remove(self, edition: str) -> int:
        """Take out every entry of one version of a document (`id@version`); how many there were."""
        removed = 0
        for name in COLLECTIONS:
            collection = self._collection(name)
            while ids := collection.get(where={"edition": edition}, limit=_BATCH, include=[])["ids"]:
                collection.delete(ids=ids)
                removed += len(ids)
        return removed

    def entries(self, name: str) -> Entries:
        """Everything in collection `name`, read in pages: Chroma breaks where it is asked for too much."""
        collection = self._collection(name)
        found: list[tuple[str, str, Mapping[str, Any], Any]] = []
        for at in range(0, collection.count(), _BATCH):
            page = collection.get(include=["documents", "metadatas", "embeddings"], limit=_BATCH, offset=at)
            found += zip(page["ids"], page["documents"], page["metadatas"], page["embeddings"], strict=True)
        found.sort(key=lambda entry: (edition_order(str(entry[2]["edition"])), entry[2]["ordinal"]))
        if not found:
            return Entries((), (), (), np.zeros((0, 0), dtype=np.float32))
        ids, texts, metadatas, vectors = zip(*found, strict=True)
        return Entries(ids, texts, metadatas, np.asarray(vectors, dtype=np.float32))

    def count(self, name: str) -> int:
        """How many entries collection `name` has."""
        return int(self._collection(name).count())

    def sample(self, name: str) -> Vectors:
        """Some vectors of collection `name`, from its beginning and its end."""
        collection = self._collection(name)
        places = {0, max(0, collection.count() - _SAMPLE)}
        pages = [collection.get(include=["embeddings"], limit=_SAMPLE, offset=at) for at in sorted(places)]
        return np.asarray([row for page in pages for row in page["embeddings"]], dtype=np.float32)

    def _collection(self, name: str) -> Any:
        return self._client.get_collection(name, embedding_function=None)


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


def passage_of(key: str, text: str, meta: Mapping[str, Any]) -> Passage:
    """The passage of an entry."""
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


def question_metadata(question: LayQuestion, edition: str, ordinal: int) -> dict[str, Any]:
    """What is kept of a lay question beside its text and vector; `ordinal` is its place in its edition."""
    return {"edition": edition, "ordinal": ordinal, "passage_id": question.passage_id}


def question_of(text: str, meta: Mapping[str, Any]) -> LayQuestion:
    """The lay question of an entry."""
    return LayQuestion(meta["passage_id"], text)


def claim_metadata(claim: Claim, edition: str, ordinal: int) -> dict[str, Any]:
    """What is kept of a claim beside its text and vector."""
    return {
        "edition": edition,
        "ordinal": ordinal,
        "passage_id": claim.passage_id,
        "holds": claim.holds,
        "value": claim.value,
    }


def claim_of(text: str, meta: Mapping[str, Any]) -> Claim:
    """The claim of an entry."""
    return Claim(meta["passage_id"], text, meta["holds"], meta["value"])


def open_metadata(question: OpenQuestion, edition: str, ordinal: int) -> dict[str, Any]:
    """What is kept of an open question beside its text and vector."""
    return {
        "edition": edition,
        "ordinal": ordinal,
        "document_id": question.document_id,
        "address": question.address,
        "missing": question.missing,
    }


def open_of(text: str, meta: Mapping[str, Any]) -> OpenQuestion:
    """The open question of an entry."""
    return OpenQuestion(meta["document_id"], meta["address"], text, meta["missing"])
