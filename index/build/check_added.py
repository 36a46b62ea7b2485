"""Checks the added documents: the catalog, each original by its hash, each stored text by reading again."""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from index.errors import AddedDocumentsDamaged, DocumentError, IndexDamaged, IndexMissing
from index.readers.formats import extract
from index.schema import Document
from index.settings import IndexSettings
from index.storage.added_documents import AddedDocument, AddedDocuments
from index.storage.catalog import Catalog
from index.storage.chroma import refusal_reported
from index.storage.manifest import read_manifest
from index.storage.version_documents import index_location, original_name, read_version_document
from index.storage.versions import build_lock, choose


@dataclass(frozen=True, slots=True)
class IndexFault:
    """Something wrong, in a sentence; `lasting` where it could not be, or was not, put right."""

    sentence: str
    lasting: bool


def check_added_documents(settings: IndexSettings, repair: bool) -> list[IndexFault]:
    """What is wrong with the added documents; with `repair`, what can be is put right.

    Raises IndexNotWritten or BuildInProgress where something is to be repaired.
    """
    if not settings.collection.exists():
        return []
    check = _Check(settings, repair)
    try:
        if not repair:
            return list(check.faults())
        with build_lock(settings.directory), refusal_reported():
            return list(check.faults())
    except AddedDocumentsDamaged as error:
        return [IndexFault(error.message, True)]


class _Check:
    def __init__(self, settings: IndexSettings, repair: bool) -> None:
        self._collection = AddedDocuments(settings.collection)
        self._repair = repair
        self._version: Path | None = None
        with suppress(IndexMissing, IndexDamaged):
            self._version = choose(index_location(settings))

    def faults(self) -> Iterator[IndexFault]:
        catalog: Catalog
        try:
            catalog = self._collection.catalog()
        except AddedDocumentsDamaged:
            catalog = self._catalog_of_the_index()
            yield IndexFault("已添加文件的清单 catalog.json 不见了或读不出来。", not self._repair)
            if self._repair:
                self._collection.commit(catalog)
        for key in catalog:
            yield from self._entry(key)

    def _catalog_of_the_index(self) -> Catalog:
        with suppress(IndexDamaged):
            if self._version is not None:
                return read_manifest(self._version).catalog
        raise AddedDocumentsDamaged(
            "已添加文件的清单 catalog.json 坏了，索引也坏了，无从修复，请从备份恢复 documents 目录，"
            "或清空它以后重新添加文件。"
        )

    def _entry(self, key: str) -> Iterator[IndexFault]:
        described = self._collection.described(key)
        stored = self._stored(key)
        known = described or stored
        original = self._sound_original(key, known)
        if original is None:
            yield from self._original_lost(key, stored if stored is not None else described)
            return
        if described is None:
            yield IndexFault(f"{key}：已添加文件的文字或说明损坏了。", not self._repair)
            if self._repair and stored is not None:  # with all that was known of it
                self._collection.keep(AddedDocument(stored, original, {}))
            return
        try:
            same = extract(original.read_bytes(), described.source_name).text == described.text
        except (OSError, DocumentError):
            same = False
        if not same:
            yield IndexFault(f"{key}：已添加文件的文字与原件不一致。", not self._repair)
            if self._repair:
                self._collection.forget_text(key)

    def _original_lost(self, key: str, known: Document | None) -> Iterator[IndexFault]:
        copy = None if known is None or self._version is None else self._version / original_name(known)
        if known is not None and copy is not None and _digest(copy) == known.sha256:
            yield IndexFault(f"{key}：原件损坏了，索引里还有一份完好的。", not self._repair)
            if self._repair:
                self._collection.restore(key, known, copy.read_bytes())
            return
        yield IndexFault(
            f"{key}：原件损坏或不见了，不能修复，请运行 policy-qa docs remove {key}，再重新添加这份文件。",
            True,
        )

    def _sound_original(self, key: str, known: Document | None) -> Path | None:
        with suppress(AddedDocumentsDamaged):
            path = self._collection.original(key)
            if known is None or _digest(path) == known.sha256:
                return path
        return None

    def _stored(self, key: str) -> Document | None:
        if self._version is not None:
            with suppress(IndexDamaged):
                return read_version_document(self._version, key)
        return None


def _digest(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None
