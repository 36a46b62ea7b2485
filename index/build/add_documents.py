"""Adding and removing documents: entries first, then the index beside the old one, then the catalog.

The new version is opened before the catalog names it, so that nothing is called added that cannot be
asked. Replacing the catalog is the commit: killed before it, everything is as it was; killed after it, the
next to open the index finds the finished version. A batch comes in whole, but for the files that were
refused; these never stop the others.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from index.build.build_index import bring_into_use, keep_fresh, write_version
from index.build.plan import Plan, find_base, make_plan
from index.build.write_version import Progress
from index.errors import AddedElsewhere, DocumentError, DuplicateDocument, NotAdded, ShippedDocument
from index.readers.corpus import load_corpus
from index.readers.document import read_document
from index.readers.find_files import Refusal, Source
from index.readers.metadata import identifier as id_of_title
from index.schema import UNDATED, Document
from index.settings import IndexSettings
from index.storage.added_documents import AddedDocuments, check_key
from index.storage.chroma import refusal_reported
from index.storage.document_files import key_of
from index.storage.versions import build_lock
from index.text.folding import fold_text

_NUMBERED = re.compile(r"(\d{4})-[0-9a-f]{8}")
_DIGEST = 8
"""Hexadecimal digits of an undated version."""


@dataclass(frozen=True, slots=True)
class AddReport:
    """What became of a batch. `known`: names of files whose very bytes were there already, and where.
    `replaced`: documents that took the place of others of their id and version."""

    added: tuple[Document, ...]
    known: tuple[tuple[str, Document], ...]
    refused: tuple[Refusal, ...]
    replaced: tuple[Document, ...] = ()


def add_documents(
    settings: IndexSettings,
    sources: Sequence[Source],
    identifier: str | None = None,
    on_file: Callable[[int, int], None] = lambda done, total: None,
    on_progress: Progress = lambda done, total: None,
    replacing: bool = False,
) -> AddReport:
    """Add the files of `sources` and bring the index up to date with them.

    `identifier` is the id that they are to have. `replacing`: an added document of the same id and version
    gives way, also where only what is said of it is other; else it stays, and the new one is refused.
    Raises AddedDocumentsDamaged, EmbeddingError, IndexNotWritten, BuildInProgress, or DocumentError where
    the shipped corpus is broken; nothing has changed then.
    """
    collection = AddedDocuments(settings.collection)
    with build_lock(settings.directory):
        with refusal_reported():
            catalog = collection.prepare()
        base = find_base(settings)
        there = make_plan(settings, catalog, collection, base)
        keep_fresh(collection, there.read)
        batch = _Batch(collection, _KnownDocuments(there), replacing)
        try:
            for number, source in enumerate(sources, start=1):
                batch.take(source, identifier)
                on_file(number, len(sources))
            if batch.stamps or batch.known:
                wanted = {**catalog, **batch.stamps}
                plan = make_plan(settings, wanted, collection, base)
                name = write_version(settings, plan, on_progress)
                with refusal_reported():
                    if wanted != catalog:
                        collection.commit(wanted)
                bring_into_use(settings, name)
                if batch.replaced:
                    collection.sweep()
        except BaseException:
            collection.sweep()  # whatever the catalog names by now stays
            raise
    return AddReport(tuple(batch.added), tuple(batch.known), tuple(batch.refused), tuple(batch.replaced))


def remove_documents(
    settings: IndexSettings,
    identifier: str,
    version: str | None = None,
    on_progress: Progress = lambda done, total: None,
) -> tuple[str, ...]:
    """Remove an added document, or one version of it; the removed ones as `id@version`.

    Raises NotAdded where there is none, ShippedDocument where it came with the program, else as
    `add_documents`.
    """
    collection = AddedDocuments(settings.collection)
    with build_lock(settings.directory):
        catalog = collection.catalog()
        gone = [
            key
            for key in catalog
            if key.partition("@")[0] == identifier and version in (None, key.partition("@")[2])
        ]
        if not gone:
            raise _nothing_to_remove(settings, identifier, version)
        rest = {key: stamp for key, stamp in catalog.items() if key not in gone}
        plan = make_plan(settings, rest, collection, find_base(settings))
        name = write_version(settings, plan, on_progress)
        with refusal_reported():
            collection.commit(rest)
        bring_into_use(settings, name)
        collection.sweep()
    return tuple(gone)


class _KnownDocuments:
    """The known documents, found by their bytes, their title and their id."""

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
        self._fresh[key_of(document)] = document
        self._put(key_of(document), document.title, document.sha256)

    def same_bytes(self, digest: str) -> Document | None:
        key = self._by_bytes.get(digest)
        if key is None:
            return None
        return self._fresh.get(key) or self._there.document(key)

    def holds(self, document: Document) -> bool:
        return key_of(document) in self._keys

    def shipped(self, document: Document) -> bool:
        return key_of(document) in self._shipped

    def _put(self, key: str, title: str, digest: str) -> None:
        identifier, folded = key.partition("@")[0], fold_text(title)
        self._by_bytes.setdefault(digest, key)
        self._keys.add(key)
        self._id_of_title.setdefault(folded, identifier)
        self._title_of_id.setdefault(identifier, folded)

    def number_undated(self, document: Document) -> str:
        """The document's version; of one that nobody dated, with its place among such versions, which are
        ordered as they were added."""
        digest = document.version.removeprefix(UNDATED)
        if len(digest) != _DIGEST or digest == document.version:
            return document.version  # dated, or named by whoever adds it
        versions = (key.removeprefix(f"{document.id}@{UNDATED}") for key in self._keys)
        numbers = [int(match[1]) for version in versions if (match := _NUMBERED.fullmatch(version))]
        return f"{UNDATED}{max(numbers, default=0) + 1:04d}-{digest}"

    def identify(self, document: Document) -> Document:
        """With the id that its title already has, else with one that no other title has."""
        title = fold_text(document.title)
        known = self._id_of_title.get(title)
        if known is not None:
            return replace(document, id=known)
        identifier, number = document.id, 2
        while self._title_of_id.get(identifier, title) != title:
            identifier, number = f"{document.id}-{number}", number + 1
        return replace(document, id=identifier)


@dataclass(slots=True)
class _Batch:
    """The files taken so far. Their entries are written, and count once the catalog names them."""

    collection: AddedDocuments
    shelf: _KnownDocuments
    replacing: bool = False
    stamps: dict[str, str] = field(default_factory=dict)
    added: list[Document] = field(default_factory=list)
    known: list[tuple[str, Document]] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    replaced: list[Document] = field(default_factory=list)

    def take(self, source: Source, identifier: str | None) -> None:
        """Read, check and describe one file; write its entry, or note why not."""
        try:
            self._take(source, identifier)
        except DocumentError as error:
            self.refused.append(Refusal(source.name, _about(error.message, source), error))

    def _take(self, source: Source, identifier: str | None) -> None:
        data = source.data()
        there = self.shelf.same_bytes(sha256(data).hexdigest())
        if there is not None and not self.replacing:
            self.known.append((source.name, there))
            return
        sidecar = dict(source.said())
        if identifier is not None:
            sidecar["id"] = identifier
        document = read_document(data, source.file_name, sidecar)
        if document.id == id_of_title(document.title):  # nobody chose another one
            document = self.shelf.identify(document)
        if there is not None:
            if there.id == document.id and _undated(there) and _undated(document):
                document = replace(document, version=there.version)
            if document == replace(there, source_name=document.source_name):
                self.known.append((source.name, there))
                return
        document = replace(document, version=self.shelf.number_undated(document))
        check_key(document)
        key, is_there = key_of(document), self.shelf.holds(document)
        if is_there:
            self._check_replaced(document)
        elif there is not None:
            raise AddedElsewhere(
                f"这份文件已收录为 {key_of(there)}；要改编号或版本，请先把它移除，再重新添加。"
            )
        with refusal_reported():
            self.stamps[key] = self.collection.write(document, data, sidecar)
        self.shelf.put(document)
        (self.replaced if is_there else self.added).append(document)

    def _check_replaced(self, document: Document) -> None:
        """Raise ShippedDocument or DuplicateDocument unless `document` may replace the one of its key."""
        key = key_of(document)
        if self.shelf.shipped(document):
            raise ShippedDocument(f"{key} 是随程序自带的文件，不能替换；如是另一份文件请用 --id 另给编号。")
        if not self.replacing or key in self.stamps:
            raise DuplicateDocument(
                f"已有同一份文件的同一版本（{key}），但内容不同；要替换请加 --replace，"
                "如是另一份文件请用 --id 另给编号。"
            )


def _undated(document: Document) -> bool:
    return document.version.startswith(UNDATED)


def _about(message: str, source: Source) -> str:
    """`message` without the file's name, which stands before it already."""
    return message.replace(f"“{source.file_name}”", "")


def _nothing_to_remove(settings: IndexSettings, identifier: str, version: str | None) -> DocumentError:
    shipped = load_corpus(settings.corpus)
    if any(d.id == identifier and version in (None, d.version) for d in shipped):
        return ShippedDocument(f"“{identifier}”是随程序自带的文件，不能移除；可以移除的是您添加的文件。")
    name = identifier if version is None else f"{identifier}@{version}"
    return NotAdded(f"没有添加过“{name}”，请用 policy-qa docs list 查看已收录的文件。")
