"""A cache of vectors keyed by model, kind and text, so that a rebuild embeds only what is new.

Two layers: the shipped file beside the corpus (read-only, made by `policy-qa index ship-vectors`)
and a SQLite file in the state directory. Vectors are rounded to half precision in both, and fresh
ones too before use, so that the index is the same wherever its vectors came from.
"""

import hashlib
import sqlite3
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encoder.embedder import Embedder, Vectors
from index.errors import DocumentError

PASSAGE, QUESTION = "passage", "query"
_BATCH = 16


def content_key(model_id: str, kind: str, text: str) -> bytes:
    """16 bytes that stand for one text under one model and role."""
    return hashlib.sha256(f"{model_id}\0{kind}\0{text}".encode("utf-8", "replace")).digest()[:16]


class VectorCache:
    """Embeds through `embedder`, remembering every vector it has seen."""

    def __init__(self, embedder: Embedder, path: Path, shipped: Sequence[Path] = ()) -> None:
        self._embedder = embedder
        self._path = path
        self._shipped: dict[bytes, NDArray[np.float16]] = {}
        for file in shipped:
            self._shipped.update(read_shipped(file))
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._prepare()
        except sqlite3.OperationalError:
            raise  # locked or no permission: not the file's fault
        except sqlite3.DatabaseError:
            self._make_anew()

    def embed(self, kind: str, texts: Sequence[str], on_done: Callable[[int], None]) -> Vectors:
        """One row a text; `on_done(n)` is told how many more texts have their vector.

        Each finished batch is kept at once, so that a build that dies loses at most one batch.
        """
        keys = [content_key(self._embedder.model_id, kind, text) for text in texts]
        try:
            known = self._look_up(keys)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:  # damaged where nobody has read before
            self._make_anew()
            known = self._look_up(keys)
        on_done(sum(key in known for key in keys))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        wanted = Counter(keys)  # a text may come more than once
        for batch in _batches(list(missing.items())):
            known.update(self._compute(kind, batch))
            on_done(sum(wanted[key] for key, _ in batch))
        rows = [known[key] for key in keys]
        return np.asarray(rows, dtype=np.float32) if rows else np.zeros((0, 0), np.float32)

    def _compute(self, kind: str, batch: list[tuple[bytes, str]]) -> dict[bytes, NDArray[np.float16]]:
        texts = [text for _, text in batch]
        embed = self._embedder.embed_documents if kind == PASSAGE else self._embedder.embed_queries
        vectors = np.asarray(embed(texts), dtype=np.float16)
        fresh = {key: vector for (key, _), vector in zip(batch, vectors, strict=True)}
        with closing(self._connect()) as connection, connection:
            connection.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?)",
                [(key, vector.tobytes()) for key, vector in fresh.items()],
            )
        return fresh

    def _look_up(self, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float16]]:
        found = {key: self._shipped[key] for key in keys if key in self._shipped}
        wanted = [key for key in keys if key not in found]
        with closing(self._connect()) as connection:
            for at in range(0, len(wanted), 500):
                part = wanted[at : at + 500]
                marks = ",".join("?" * len(part))
                query = f"SELECT key, value FROM vectors WHERE key IN ({marks})"  # noqa: S608 only ? signs
                for key, value in connection.execute(query, part):
                    found[key] = np.frombuffer(value, dtype=np.float16)
        return found

    def _prepare(self) -> None:
        with closing(self._connect()) as connection, connection:
            connection.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, value BLOB)")

    def _make_anew(self) -> None:
        """Begin with an empty file: this is only a cache, and all of it can be made again."""
        self._path.unlink(missing_ok=True)
        self._prepare()

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=30)


def read_shipped(path: Path) -> dict[bytes, NDArray[np.float16]]:
    """The vectors in a shipped file, by content key. Raises DocumentError where it is damaged."""
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            return {bytes(key): vector for key, vector in zip(file["keys"], file["vectors"], strict=True)}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise DocumentError(f"向量文件“{path.name}”已损坏，请删除它，或重新取得后再试。") from error


def write_shipped(path: Path, vectors: Mapping[bytes, NDArray[np.floating[Any]]]) -> None:
    """Write vectors by content key, in the order of the keys: the same vectors give the same bytes."""
    order = sorted(vectors)
    rows = np.asarray([vectors[key] for key in order], dtype=np.float16)
    np.savez(path, keys=np.frombuffer(b"".join(order), np.uint8).reshape(-1, 16), vectors=rows)


def _batches(items: list[tuple[bytes, str]]) -> Iterator[list[tuple[bytes, str]]]:
    items.sort(key=lambda item: len(item[1]))  # texts of one length share a batch best
    for at in range(0, len(items), _BATCH):
        yield items[at : at + _BATCH]
