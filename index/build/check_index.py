"""Checks all that an index holds against what it was made from, and makes anew what fails.

Nothing is believed: the originals are hashed and read again, outlines and passages are made again,
every passage is compared with its place in the text, every vector is looked at, and what is searched is
compared with what Chroma keeps. What has a sound original can be repaired.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from index.build.build_index import build_index, index_status, vector_cache
from index.build.check_added import check_added_documents
from index.build.content import read_content
from index.build.write_version import Progress
from index.encoder.embedder import Vectors
from index.errors import AddedDocumentsDamaged, DocumentError, IndexDamaged, IndexMissing
from index.readers.formats import extract
from index.schema import Document
from index.search.open_index import OpenIndex, open_index
from index.settings import IndexSettings
from index.storage.added_documents import AddedDocument, AddedDocuments
from index.storage.chroma import ChromaStore, check_graphs, damage_reported, open_record
from index.storage.document_files import key_of
from index.storage.entries import COLLECTIONS, NOTHING, PASSAGES, passage_of
from index.storage.manifest import check_files
from index.storage.vector_cache import PASSAGE, QUESTION
from index.structure.outline import outlined
from index.structure.passages import make_passages

_SAME = 0.97
"""Cosine of a stored vector with the one that its text has; processors round the encoder's whole numbers
differently."""
_LOOKED_UP = 200
"""Passages that are looked up by their own words, to see that positions agree."""
_NOT_BUILT, _BROKEN = "索引还没有建立。", "索引不完整或已损坏。"
_STALE = "索引与现在的文件或程序不一致。"


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What a verification came to. `found` were the faults, `left` are those that remain; sentences."""

    documents: int
    passages: int
    found: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _State:
    documents: int = 0
    passages: int = 0
    faults: tuple[str, ...] = ()


def verify_index(
    settings: IndexSettings, repair: bool = True, on_progress: Progress = lambda done, total: None
) -> IndexReport:
    """Check the added documents and the index; with `repair`, put right what can be.

    Raises what `build_index` raises where repairing needs a build.
    """
    in_collection = check_added_documents(settings, repair)
    lasting = tuple(fault.sentence for fault in in_collection if fault.lasting)
    state = _check(settings)
    found = (*(fault.sentence for fault in in_collection), *state.faults)
    if not repair or not found:
        return IndexReport(state.documents, state.passages, found, found)
    try:
        build_index(settings, on_progress, anew=bool(set(state.faults) - {_NOT_BUILT, _STALE}))
    except AddedDocumentsDamaged:
        if not lasting:  # else it is said already which document stands in the way
            raise
    state = _check(settings)
    return IndexReport(state.documents, state.passages, found, (*lasting, *state.faults))


def _check(settings: IndexSettings) -> _State:
    try:
        opened = open_index(settings)
    except IndexMissing:
        return _State(faults=(_NOT_BUILT,))
    except IndexDamaged:
        return _State(faults=(_BROKEN,))
    with closing(opened):
        documents, passages = len(opened.manifest.editions), len(opened.searcher.passages)
        try:
            check_graphs(settings, opened.manifest.graphs)
        except IndexDamaged:
            return _State(documents, passages, (_BROKEN,))
        try:
            if not index_status(settings).current:
                return _State(documents, passages, (_STALE,))
            collection = AddedDocuments(settings.collection)
            parts = _parts(settings, opened, collection.load(collection.catalog()))
        except AddedDocumentsDamaged:
            parts = iter(())  # reported with the collection; what the index was made from is not known then
        try:
            check_files(opened.held.path, opened.manifest, thoroughly=True)
            with damage_reported(), open_record(settings) as record:
                faults = (*_documents(opened, record), *parts)
        except IndexDamaged:
            faults = (_BROKEN,)
        return _State(documents, passages, faults)


def _documents(opened: OpenIndex, record: ChromaStore) -> Iterator[str]:
    """What is wrong with the documents, with what Chroma keeps of them, and with what is searched of them."""
    for document in opened.documents:
        key = key_of(document)
        yield from _original(opened, document)
        stored = record.entries(opened.manifest.editions[key].collection, PASSAGES)
        found = tuple(map(passage_of, stored.ids, stored.texts, stored.metadatas))
        moved = sum(document.text[p.start : p.end] != p.text for p in found)
        if moved:
            yield f"{key}：有 {moved} 条语句与原文的位置对不上。"
        elif found != make_passages(outlined(document)):
            yield f"{key}：索引里的语句与文件的条款不一致。"
        yield from _searched(opened, record, key)


def _searched(opened: OpenIndex, record: ChromaStore, key: str) -> Iterator[str]:
    """Whether what is searched of one edition is what Chroma keeps of it."""
    held = opened.manifest.editions[key]
    for name, size in zip(COLLECTIONS, held.sizes, strict=True):
        stored = record.entries(held.collection, name) if size else NOTHING
        searched = opened.searcher.entries_of(name, key)
        if (stored.ids, stored.texts, stored.metadatas) != (
            searched.ids,
            searched.texts,
            searched.metadatas,
        ):
            yield f"{key}：检索用的内容（{name}）与 Chroma 里的不一致。"
        elif not _same_directions(stored.vectors, searched.vectors):
            yield f"{key}：检索用的向量（{name}）与 Chroma 里的不一致。"


def _original(opened: OpenIndex, document: Document) -> Iterator[str]:
    key = key_of(document)
    try:
        data = opened.original(document).read_bytes()
        if hashlib.sha256(data).hexdigest() != document.sha256:
            yield f"{key}：索引里的原件损坏了。"
        elif extract(data, document.source_name).text != document.text:
            yield f"{key}：索引里的文字与原件不一致。"
    except (OSError, DocumentError):
        yield f"{key}：索引里的原件读不出来。"


def _parts(settings: IndexSettings, opened: OpenIndex, added: Sequence[AddedDocument]) -> Iterator[str]:
    """What is wrong with the parts that are searched."""
    searcher = opened.searcher
    editions = read_content(settings.corpus, added, settings.questions)
    cache = vector_cache(settings, searcher.embedder)
    wrong: dict[str, None] = {}
    for edition in editions:
        texts = (edition.passage_texts, edition.lay_texts, edition.claim_texts, edition.open_texts)
        for name, wanted in zip(COLLECTIONS, texts, strict=True):
            made = cache.embed(PASSAGE if name == PASSAGES else QUESTION, wanted, lambda more: None)
            if not _same_directions(searcher.entries_of(name, edition.key).vectors, made):
                wrong[name] = None
    yield from (f"索引里的向量（{name}）不完整或已损坏。" for name in wrong)
    step = max(1, len(searcher.passages) // _LOOKED_UP)
    if not all(map(searcher.finds_by_words, range(0, len(searcher.passages), step))):
        yield "索引里的词表与语句对不上。"


def _same_directions(stored: Vectors, made: Vectors) -> bool:
    """Whether both hold the same vectors in the same order, but for their lengths."""
    if stored.shape != made.shape:
        return not len(stored) and not len(made)
    cosines = (stored * made).sum(1)
    lengths = np.linalg.norm(stored, axis=1) * np.linalg.norm(made, axis=1)
    return bool((cosines >= _SAME * lengths).all() and (lengths > 0).all())
