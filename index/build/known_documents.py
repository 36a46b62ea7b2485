"""What a file would become among the documents that are there: read, named, and set beside them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from index.build.place import Place
from index.build.plan import Plan, find_base, make_plan
from index.readers.document import read_document
from index.readers.find_files import Source
from index.readers.metadata import identifier as id_of_title
from index.schema import UNDATED, Document
from index.settings import IndexSettings
from index.storage.added_documents import AddedDocuments, check_key
from index.storage.document_files import key_of
from index.text.folding import fold_text

_NUMBERED = re.compile(r"(\d{4})-[0-9a-f]{8}")
_DIGEST = 8
"""Hexadecimal digits of an undated version."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A file as it was read, and its place."""

    document: Document
    said: Mapping[str, object]
    """What is said of it beside its text."""
    place: Place
    there: Document | None
    """The document of the same bytes."""
    replaced: Document | None = None
    """The one that would give way, where it replaces one."""


class KnownDocuments:
    """The documents that are there, found by their bytes, their title and their id."""

    def __init__(self, there: Plan) -> None:
        self._there = there
        self._fresh: dict[str, Document] = {}
        self._by_bytes: dict[str, str] = {}
        self._keys: set[str] = set()
        self._shipped: set[str] = set()
        self._id_of_title: dict[str, str] = {}
        self._title_of_id: dict[str, str] = {}
        for key, planned in there.editions.items():
            if planned.held is not None:
                self._put(key, planned.held.title, planned.held.sha256)
            else:
                self._put(key, planned.read.document.title, planned.read.document.sha256)
            if (planned.held or planned.read).shipped:
                self._shipped.add(key)

    def put(self, document: Document) -> None:
        """Have `document` among them, or in the place of the one of its key."""
        self._fresh[key_of(document)] = document
        self._put(key_of(document), document.title, document.sha256)

    def same_bytes(self, data: bytes) -> Document | None:
        """The document that was read from these very bytes."""
        key = self._by_bytes.get(sha256(data).hexdigest())
        return None if key is None else self.get(key)

    def get(self, key: str) -> Document | None:
        """The document `key`, which is one of them."""
        return self._fresh.get(key) or self._there.document(key)

    def weigh(self, data: bytes, source: Source, identifier: str | None = None) -> Weighed:
        """The document in `data`, which are those of `source`, and what it is to the ones that are there.
        `identifier`: the id that it is to have. Raises DocumentError and its kinds."""
        said = dict(source.said())
        if identifier is not None:
            said["id"] = identifier
        document = read_document(data, source.file_name, said)
        there = self.same_bytes(data)
        if document.id == id_of_title(document.title):  # nobody chose another one
            document = self._identified(document)
        if there is not None:
            if there.id == document.id and _undated(there) and _undated(document):
                document = replace(document, version=there.version)
            if document == replace(there, source_name=document.source_name):
                return Weighed(document, said, Place.KNOWN, there)
        document = replace(document, version=self._numbered(document))
        check_key(document)
        place = self._place(document, there)
        replaced = self.get(key_of(document)) if place is Place.REPLACES else None
        return Weighed(document, said, place, there, replaced)

    def _place(self, document: Document, there: Document | None) -> Place:
        key = key_of(document)
        if key in self._keys:
            return Place.SHIPPED if key in self._shipped else Place.REPLACES
        if there is not None:
            return Place.ELSEWHERE
        return Place.VERSION if document.id in self._title_of_id else Place.NEW

    def _put(self, key: str, title: str, digest: str) -> None:
        identifier, folded = key.partition("@")[0], fold_text(title)
        self._by_bytes.setdefault(digest, key)
        self._keys.add(key)
        self._id_of_title.setdefault(folded, identifier)
        self._title_of_id.setdefault(identifier, folded)

    def _numbered(self, document: Document) -> str:
        """The document's version; of one that nobody dated, with its place among such versions, which are
        ordered as they were added."""
        digest = document.version.removeprefix(UNDATED)
        if len(digest) != _DIGEST or digest == document.version:
            return document.version  # dated, or named by whoever adds it
        versions = (key.removeprefix(f"{document.id}@{UNDATED}") for key in self._keys)
        numbers = [int(match[1]) for version in versions if (match := _NUMBERED.fullmatch(version))]
        return f"{UNDATED}{max(numbers, default=0) + 1:04d}-{digest}"

    def _identified(self, document: Document) -> Document:
        """With the id that its title already has, else with one that no other title has."""
        title = fold_text(document.title)
        known = self._id_of_title.get(title)
        if known is not None:
            return replace(document, id=known)
        identifier, number = document.id, 2
        while self._title_of_id.get(identifier, title) != title:
            identifier, number = f"{document.id}-{number}", number + 1
        return replace(document, id=identifier)


def preview(settings: IndexSettings, source: Source) -> Weighed:
    """What `source` would become if it was added now, replacing what it may; nothing changes. Raises
    DocumentError and its kinds, AddedDocumentsDamaged, StoreUnreachable."""
    collection = AddedDocuments(settings.collection)
    plan = make_plan(settings, collection.catalog(), collection, find_base(settings))
    return KnownDocuments(plan).weigh(source.data(), source)


def _undated(document: Document) -> bool:
    return document.version.startswith(UNDATED)
