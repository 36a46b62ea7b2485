"""Writes one index version: what the version in use holds already is taken over, the rest is made.

An edition is taken over where recipe and digest are the same: its files are linked, its entries come with
the copied database, its tokens are kept. So nothing is embedded, cut into words or stored twice; what is
left to do for all is reading the documents, copying, and putting the lexical index together from all tokens.
"""

import json
import shutil
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from index.build.content import Edition, fingerprint_of
from index.encoder.embedder import Embedder, Vectors
from index.errors import IndexDamaged
from index.storage import chroma
from index.storage.atomic_files import link_or_copy
from index.storage.bm25 import Bm25Index
from index.storage.catalog import Catalog
from index.storage.chroma import ChromaStore
from index.storage.document_files import dump_fields, encode_text
from index.storage.manifest import (
    CHROMA,
    ORIGINALS,
    Manifest,
    alone,
    check_files,
    read_manifest,
    write_manifest,
)
from index.storage.vector_cache import PASSAGE, QUESTION, VectorCache
from index.storage.version_documents import document_file_name, original_name
from index.storage.versions import IN_USE
from index.text.tokens import tokens

Progress = Callable[[int, int], None]
"""Called with (vectors done, vectors in all)."""
_DATABASE = "chroma.sqlite3"
_MOST_REMOVED = 0.5
"""Entries removed since a database was made, as a share of those it holds: Chroma keeps their room, so beyond
this a version is made anew."""


@dataclass(frozen=True)
class Plan:
    """What an index version is to hold, and the catalog that it answers for."""

    editions: tuple[Edition, ...]
    catalog: Catalog
    recipe: str
    embedder: Embedder

    @cached_property
    def digests(self) -> dict[str, str]:
        """The digest of each edition by its key."""
        return {edition.key: edition.digest for edition in self.editions}

    @property
    def counts(self) -> dict[str, int]:
        """How much of each kind a version of it holds."""
        each = self.editions
        return {
            "documents": len(each),
            "passages": sum(len(edition.passages) for edition in each),
            "lay_questions": sum(len(edition.lay) for edition in each),
            "claims": sum(len(edition.claims) for edition in each),
            "open_questions": sum(len(edition.open) for edition in each),
        }

    @property
    def fingerprint(self) -> str:
        """What the version is called by."""
        return fingerprint_of(self.recipe, self.digests)


@dataclass(frozen=True, slots=True)
class Base:
    """A whole version that another one can grow from."""

    path: Path
    manifest: Manifest

    def same(self, plan: Plan) -> frozenset[str]:
        """Keys of the editions of `plan` that it holds as they are to be."""
        return frozenset(
            key for key, digest in plan.digests.items() if self.manifest.editions.get(key) == digest
        )


def base_of(path: Path, plan: Plan) -> Base | None:
    """The version at `path` to grow from; None where it is of another recipe, damaged, gone, or crowded by
    what was removed."""
    try:
        manifest = read_manifest(path)
        crowded = manifest.removed > _MOST_REMOVED * sum(manifest.counts.values())
        if manifest.recipe != plan.recipe or crowded:
            return None
        with alone(path):
            check_files(path, manifest)
    except IndexDamaged:
        return None
    return Base(path, manifest)


def write_files(
    target: Path, plan: Plan, base: Base | None, cache: VectorCache, on_progress: Progress
) -> None:
    """Make the directory `target`. Raises EmbeddingError, OSError, or what Chroma raises."""
    same = base.same(plan) if base else frozenset()
    fresh = [edition for edition in plan.editions if edition.key not in same]
    vectors = _embed(fresh, cache, on_progress)
    target.mkdir(parents=True)
    (target / IN_USE).touch()
    for name in ("documents", ORIGINALS, "tokens"):
        (target / name).mkdir()
    for edition in plan.editions:
        if base is not None and edition.key in same:
            _take_over(edition, base.path, target)
        else:
            _write_edition(edition, target)
        # what was added never changes, but somebody may write into a file of the corpus
        keep = shutil.copyfile if edition.shipped else link_or_copy
        keep(edition.original, target / original_name(edition.document))
    gone = () if base is None else tuple(key for key in base.manifest.editions if key not in same)
    if base is not None:
        _copy_database(base.path / CHROMA, target / CHROMA)
    with closing(ChromaStore(target / CHROMA)) as database:
        if base is None:
            database.create()
        removed = sum(map(database.remove, gone)) + (base.manifest.removed if base else 0)
        for edition in fresh:
            _store(edition, database, vectors)
        if base is not None and not is_whole(database, plan):
            raise IndexDamaged(f"{base.path.name} holds other entries than its manifest says")
    held = [json.loads((target / _tokens_name(key)).read_bytes()) for key in plan.digests]
    Bm25Index.build([words for each in held for words in each["passages"]]).save(target / "bm25-passages")
    Bm25Index.build([words for each in held for words in each["lay"]]).save(target / "bm25-questions")
    described = (plan.fingerprint, plan.recipe, plan.embedder.model_id, plan.catalog, plan.digests)
    write_manifest(target, *described, plan.counts, removed)


def is_whole(database: ChromaStore, plan: Plan) -> bool:
    """Whether a database holds as many entries as `plan` asks for, and sound vectors where one looks."""
    counts = plan.counts
    wanted = {
        chroma.PASSAGES: counts["passages"],
        chroma.QUESTIONS: counts["lay_questions"],
        chroma.CLAIMS: counts["claims"],
        chroma.OPEN: counts["open_questions"],
    }
    return all(database.count(name) == count for name, count in wanted.items()) and all(
        np.isfinite(rows).all() and (np.linalg.norm(rows, axis=1) > 0).all()
        for rows in map(database.sample, wanted)
        if len(rows)
    )


def _embed(
    editions: Sequence[Edition], cache: VectorCache, on_progress: Progress
) -> Mapping[tuple[str, str], Vectors]:
    """The vector of each (kind, text) of `editions`."""
    wanted = list(dict.fromkeys(pair for edition in editions for pair in edition.embedded()))
    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        on_progress(done, len(wanted))

    vectors: dict[tuple[str, str], Vectors] = {}
    for kind in (PASSAGE, QUESTION):
        texts = [text for own, text in wanted if own == kind]
        vectors.update(zip(((kind, text) for text in texts), cache.embed(kind, texts, count), strict=True))
    return vectors


def _take_over(edition: Edition, base: Path, target: Path) -> None:
    for name in (
        *(document_file_name(edition.key, end) for end in ("txt", "json")),
        _tokens_name(edition.key),
    ):
        link_or_copy(base / name, target / name)


def _write_edition(edition: Edition, target: Path) -> None:
    (target / document_file_name(edition.key, "txt")).write_bytes(encode_text(edition.document.text))
    (target / document_file_name(edition.key, "json")).write_bytes(dump_fields(edition.document))
    held = {
        "passages": [tokens(text) for text in edition.passage_texts],
        "lay": [tokens(text) for text in edition.lay_texts],
    }
    (target / _tokens_name(edition.key)).write_bytes(json.dumps(held).encode())


def _store(edition: Edition, database: ChromaStore, vectors: Mapping[tuple[str, str], Vectors]) -> None:
    """Put an edition's passages and questions into the database."""
    key = edition.key

    def add(
        name: str, ids: list[str], held: Sequence[Any], searched: list[str], metadatas: list[Any]
    ) -> None:
        kind = PASSAGE if name == chroma.PASSAGES else QUESTION
        rows = np.asarray([vectors[kind, text] for text in searched], dtype=np.float32)
        database.add(name, ids, [each.text for each in held], rows, metadatas)

    add(
        chroma.PASSAGES,
        [passage.id for passage in edition.passages],
        edition.passages,
        edition.passage_texts,
        [chroma.passage_metadata(passage) for passage in edition.passages],
    )
    for name, mark, held, searched, metadata in (
        (chroma.QUESTIONS, "?", edition.lay, edition.lay_texts, chroma.question_metadata),
        (chroma.CLAIMS, "!", edition.claims, edition.claim_texts, chroma.claim_metadata),
        (chroma.OPEN, "~", edition.open, edition.open_texts, chroma.open_metadata),
    ):
        ids = [f"{key}{mark}{number:06d}" for number in range(len(held))]
        described: Callable[..., dict[str, Any]] = metadata
        add(name, ids, held, searched, [described(each, key, at) for at, each in enumerate(held)])


def _copy_database(source: Path, target: Path) -> None:
    """Copy a finished version's Chroma directory, which others may have open: SQLite's own backup of the
    database, and the files of the graphs. Of these only small ones are written into by whoever loads them,
    and whoever loads the copy makes them anew."""
    shutil.copytree(source, target, ignore=lambda _, names: [n for n in names if n.startswith(_DATABASE)])
    with (
        closing(sqlite3.connect(source / _DATABASE, timeout=30)) as held,
        closing(sqlite3.connect(target / _DATABASE)) as copy,
    ):
        held.backup(copy)


def _tokens_name(key: str) -> str:
    return f"tokens/{key}.json"
