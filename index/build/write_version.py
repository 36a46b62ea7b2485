"""Writes one index version: what the version in use holds already is taken over, the rest is made.

An edition is taken over where recipe and digest are the same: its files and segments are linked, its
collections in Chroma stay where they are. So nothing is embedded, cut into words or stored twice, and a
version costs what is new in it.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from index.build.compaction import compact
from index.build.content import Edition
from index.build.edition_entries import VectorOf, entries_of
from index.build.plan import Base, Plan, held_edition
from index.encoder.embedder import Vectors
from index.errors import IndexDamaged
from index.storage.array_file import write_arrays
from index.storage.atomic_files import link_or_copy, sync
from index.storage.chroma import ChromaStore
from index.storage.document_files import dump_fields, encode_text
from index.storage.entries import COLLECTIONS
from index.storage.manifest import (
    ORIGINALS,
    SEGMENTS,
    FileMark,
    HeldEdition,
    Manifest,
    mark_files,
    write_manifest,
)
from index.storage.segments import Segment, edition_arrays, open_segment
from index.storage.vector_cache import PASSAGE, QUESTION, VectorCache
from index.storage.version_documents import document_file_name, original_name
from index.storage.versions import IN_USE

Progress = Callable[[int, int], None]
"""Called with (vectors done, vectors in all)."""
_DOCUMENTS = "documents"


def write_files(
    target: Path, plan: Plan, cache: VectorCache, record: ChromaStore, on_progress: Progress
) -> None:
    """Make the directory `target`. Raises EmbeddingError, OSError, IndexDamaged, or what Chroma raises."""
    fresh = [planned.read for key, planned in plan.editions.items() if key not in plan.taken_over]
    progress = _Counted(sum(len(edition.embedded()) for edition in fresh), on_progress)
    target.mkdir(parents=True)
    (target / IN_USE).touch()
    for name in (_DOCUMENTS, ORIGINALS, SEGMENTS):
        (target / name).mkdir()
    files: dict[str, FileMark] = {}
    held: dict[str, HeldEdition] = {}
    if plan.base is not None:
        held = {key: _take_over(key, plan, plan.base, target, files) for key in sorted(plan.taken_over)}
    made: list[Segment] = []
    for edition in fresh:
        entries = entries_of(edition, _embed(edition, cache, progress.more))
        original = _write_edition(edition, target, files)
        collection = record.put(edition.key, entries.entries)
        sizes = [len(entries.entries[name]) for name in COLLECTIONS]
        graph = record.graph(collection)
        held[edition.key] = held_edition(plan.editions[edition.key], original, collection, sizes, graph)
        made.append(Segment(edition_arrays(entries)))
    segments = _write_segments(plan, made, target, files)
    for name in (_DOCUMENTS, ORIGINALS, SEGMENTS):
        sync(target / name)
    sync(target)
    write_manifest(
        target,
        Manifest(
            plan.fingerprint,
            plan.recipe,
            plan.embedder.model_id,
            plan.record,
            dict(plan.catalog),
            {key: held[key] for key in plan.editions},
            segments,
            files,
        ),
    )


class _Counted:
    """Tells of what is done as a share of all."""

    def __init__(self, total: int, on_progress: Progress) -> None:
        self._total = total
        self._done = 0
        self._tell = on_progress
        self.more(0)

    def more(self, done: int) -> None:
        """So many more are done."""
        self._done += done
        self._tell(self._done, self._total)


def _embed(edition: Edition, cache: VectorCache, on_done: Callable[[int], None]) -> VectorOf:
    """The vector of each (kind, text) of `edition`."""
    vectors: dict[tuple[str, str], Vectors] = {}
    for kind in (PASSAGE, QUESTION):
        texts = [text for own, text in edition.embedded() if own == kind]
        rows = cache.embed(kind, texts, on_done)
        vectors.update(zip(((kind, text) for text in texts), rows, strict=True))
    return vectors


def _take_over(key: str, plan: Plan, base: Base, target: Path, files: dict[str, FileMark]) -> HeldEdition:
    """Link what the base holds of an edition. Raises IndexDamaged where that is gone."""
    planned, held = plan.editions[key], base.manifest.editions[key]
    try:
        for ending in ("txt", "json"):
            name = document_file_name(key, ending)
            link_or_copy(base.path / name, target / name)
            files[name] = base.manifest.files[name]
        if planned.edition is None:
            link_or_copy(base.path / held.original, target / held.original)
            return held
    except FileNotFoundError as error:
        raise IndexDamaged("索引不完整或已损坏，请运行 policy-qa index build 重建。") from error
    # its files were read again: what they are now is what counts
    return replace(
        held,
        mark=planned.mark,
        shipped=planned.edition.shipped,
        original=_keep_original(planned.edition, target),
    )


def _write_edition(edition: Edition, target: Path, files: dict[str, FileMark]) -> str:
    """Write a document's text and description, and keep its original; where that lies."""
    for ending, data in (
        ("txt", encode_text(edition.document.text)),
        ("json", dump_fields(edition.document)),
    ):
        name = document_file_name(edition.key, ending)
        _write(target, name, data, files)
    return _keep_original(edition, target)


def _keep_original(edition: Edition, target: Path) -> str:
    name = original_name(edition.document)
    if edition.shipped:  # what was added never changes, but somebody may write into a file of the corpus
        shutil.copyfile(edition.original, target / name)
        sync(target / name)
    else:
        link_or_copy(edition.original, target / name)
    return name


def _write(target: Path, name: str, data: bytes, files: dict[str, FileMark]) -> None:
    (target / name).write_bytes(data)
    sync(target / name)
    files[name] = mark_files([target / name])


def _write_segments(
    plan: Plan, made: Sequence[Segment], target: Path, files: dict[str, FileMark]
) -> Mapping[str, tuple[str, ...]]:
    """Link the segments that stay and write the new one; the editions that count in each, by name."""
    segments: dict[str, tuple[str, ...]] = {}
    held: dict[str, tuple[Segment, Sequence[str]]] = {}
    if plan.base is not None:
        for name, keys in plan.base.manifest.segments.items():
            counting = [key for key in keys if key in plan.taken_over]
            held[name] = open_segment(plan.base.path / SEGMENTS / name), counting
    kept, arrays = compact(held, made)
    if plan.base is not None:
        for each in kept:
            name = f"{SEGMENTS}/{each.name}"
            link_or_copy(plan.base.path / name, target / name)
            files[name] = plan.base.manifest.files[name]
            segments[each.name] = each.keys
    if arrays is not None:
        own = _free_name(segments, plan.fingerprint)
        path = target / SEGMENTS / own
        write_arrays(path, arrays)
        sync(path)
        files[f"{SEGMENTS}/{own}"] = mark_files([path])
        segments[own] = Segment(arrays).editions
    return segments


def _free_name(taken: Mapping[str, object], fingerprint: str) -> str:
    """A name of a new segment: one of a version before may be called like it."""
    number = 1
    while (name := f"{fingerprint}-{number}") in taken:
        number += 1
    return name
