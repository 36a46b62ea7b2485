"""Adding and removing documents: entries first, then the index beside the old one, then the catalog.

The new version is opened before the catalog names it, so that nothing is called added that cannot be
asked. Replacing the catalog is the commit: killed before it, everything is as it was; killed after it, the
next to open the index finds the finished version. A batch comes in whole, but for the files that were
refused; these never stop the others.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from index.build.build_index import bring_into_use, keep_fresh, write_version
from index.build.known_documents import KnownDocuments, Weighed
from index.build.place import Place
from index.build.plan import find_base, make_plan
from index.build.write_version import Progress
from index.errors import (
    AddedElsewhere,
    ChangedSince,
    DocumentError,
    DuplicateDocument,
    NotAdded,
    ShippedDocument,
)
from index.readers.corpus import load_corpus
from index.readers.find_files import Refusal, Source
from index.schema import Document
from index.settings import IndexSettings
from index.storage.added_documents import AddedDocuments
from index.storage.chroma import refusal_reported
from index.storage.document_files import edition_of, key_of
from index.storage.versions import build_lock


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
    edition: str | None = None,
) -> AddReport:
    """Add the files of `sources` and bring the index up to date with them.

    `identifier` is the id that they are to have. `replacing`: an added document of the same id and version
    gives way, also where only what is said of it is other; else it stays, and the new one is refused.
    `edition`: it gives way only where it is still this one (`edition_of`); else ChangedSince is why not.
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
        batch = _Batch(collection, KnownDocuments(there), replacing, edition)
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
    edition: str | None = None,
) -> tuple[str, ...]:
    """Remove an added document, or one version of it; the removed ones as `id@version`. `edition`: only where
    what would go is still this (`edition_of` all of it); else ChangedSince is why not.

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
        base = find_base(settings)
        if edition is not None:
            there = make_plan(settings, catalog, collection, base)
            if edition_of(*map(there.document, gone)) != edition:
                raise ChangedSince(f"{identifier} 刚被别人改过，这次没有移除；请先看看现在的。")
        rest = {key: stamp for key, stamp in catalog.items() if key not in gone}
        plan = make_plan(settings, rest, collection, base)
        name = write_version(settings, plan, on_progress)
        with refusal_reported():
            collection.commit(rest)
        bring_into_use(settings, name)
        collection.sweep()
    return tuple(gone)


@dataclass(slots=True)
class _Batch:
    """The files taken so far. Their entries are written, and count once the catalog names them."""

    collection: AddedDocuments
    shelf: KnownDocuments
    replacing: bool = False
    edition: str | None = None
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
        there = self.shelf.same_bytes(data)
        if there is not None and not self.replacing:
            self.known.append((source.name, there))
            return
        weighed = self.shelf.weigh(data, source, identifier)
        document = weighed.document
        self._check_edition(weighed)
        match weighed.place:
            case Place.KNOWN:
                self.known.append((source.name, weighed.there or document))
                return
            case Place.SHIPPED | Place.REPLACES:
                self._check_replaced(weighed)
            case Place.ELSEWHERE if weighed.there is not None:
                raise AddedElsewhere(
                    f"这份文件已收录为 {key_of(weighed.there)}；要改编号或版本，请先把它移除，再重新添加。"
                )
        with refusal_reported():
            self.stamps[key_of(document)] = self.collection.write(document, data, weighed.said)
        self.shelf.put(document)
        (self.replaced if weighed.place is Place.REPLACES else self.added).append(document)

    def _check_edition(self, weighed: Weighed) -> None:
        """Raise ChangedSince unless the document that is to be replaced is the one that was looked at."""
        if self.edition is None or weighed.place in (Place.KNOWN, Place.SHIPPED):
            return
        if weighed.replaced is None or edition_of(weighed.replaced) != self.edition:
            key = key_of(weighed.document)
            raise ChangedSince(f"{key} 刚被别人改过或移除了，这次没有保存；请先看看现在的。")

    def _check_replaced(self, weighed: Weighed) -> None:
        """Raise ShippedDocument or DuplicateDocument unless the document may replace the one of its key."""
        key = key_of(weighed.document)
        if weighed.place is Place.SHIPPED:
            raise ShippedDocument(f"{key} 是随程序自带的文件，不能替换；如是另一份文件请用 --id 另给编号。")
        if not self.replacing or key in self.stamps:
            raise DuplicateDocument(
                f"已有同一份文件的同一版本（{key}），但内容不同；要替换请加 --replace，"
                "如是另一份文件请用 --id 另给编号。"
            )


def _about(message: str, source: Source) -> str:
    """`message` without the file's name, which stands before it already."""
    return message.replace(f"“{source.file_name}”", "")


def _nothing_to_remove(settings: IndexSettings, identifier: str, version: str | None) -> DocumentError:
    shipped = load_corpus(settings.corpus)
    if any(d.id == identifier and version in (None, d.version) for d in shipped):
        return ShippedDocument(f"“{identifier}”是随程序自带的文件，不能移除；可以移除的是您添加的文件。")
    name = identifier if version is None else f"{identifier}@{version}"
    return NotAdded(f"没有添加过“{name}”，请用 policy-qa docs list 查看已收录的文件。")
