"""What a version is to hold, found out without reading what the version in use holds already.

An edition whose files bear the mark (`index.build.marks`) that they bore when the version in use was written
is taken from that version's manifest. Only the others are read, cut and digested.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from index.build.content import Edition, fingerprint_of, read_added, read_shipped, recipe_of
from index.build.marks import added_marks, corpus_mark
from index.encoder.embedder import Embedder, make_embedder
from index.errors import IndexDamaged
from index.schema import Document, edition_order
from index.settings import IndexSettings
from index.storage.added_documents import AddedDocument, AddedDocuments
from index.storage.catalog import Catalog
from index.storage.chroma import check_graphs, check_record, record_of
from index.storage.manifest import FileMark, HeldEdition, Manifest, check_files, read_manifest
from index.storage.version_documents import read_version_document
from index.storage.versions import name_in_use
from index.text import tokens


@dataclass(frozen=True, slots=True)
class Base:
    """A whole version that another one can grow from."""

    path: Path
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class PlannedEdition:
    """An edition that was read, or one that the base holds as it is to be; `mark` stands for its files."""

    mark: str
    edition: Edition | None
    held: HeldEdition | None

    @property
    def digest(self) -> str:
        """Stands for all that it contributes."""
        return self.held.digest if self.edition is None and self.held else self.read.digest

    @property
    def read(self) -> Edition:
        """The edition that was read."""
        if self.edition is None:
            raise ValueError("an edition that was not read")
        return self.edition


@dataclass(frozen=True)
class Plan:
    """What an index version is to hold, by `id@version` in their order, and the catalog that it answers for.

    `read` are the added documents that were read for it.
    """

    editions: Mapping[str, PlannedEdition]
    catalog: Catalog
    recipe: str
    record: str
    embedder: Embedder
    base: Base | None = None
    read: tuple[AddedDocument, ...] = ()

    @cached_property
    def digests(self) -> dict[str, str]:
        """The digest of each edition by its key."""
        return {key: planned.digest for key, planned in self.editions.items()}

    @cached_property
    def taken_over(self) -> frozenset[str]:
        """Keys of the editions that the base holds as they are to be."""
        held = {} if self.base is None else self.base.manifest.editions
        return frozenset(
            key for key, digest in self.digests.items() if key in held and held[key].digest == digest
        )

    @cached_property
    def fingerprint(self) -> str:
        """What the version is called by."""
        return fingerprint_of(self.recipe, self.digests)

    def document(self, key: str) -> Document:
        """The document of an edition. Raises IndexDamaged."""
        planned = self.editions[key]
        if planned.edition is None and self.base is not None:
            return read_version_document(self.base.path, key)
        return planned.read.document


def find_base(settings: IndexSettings) -> Base | None:
    """The version in use, where it is whole. Raises StoreUnreachable."""
    name = name_in_use(settings.directory)
    if not name:
        return None
    version = settings.directory / name
    try:
        return Base(version, whole_version(settings, version))
    except IndexDamaged:
        return None


def make_plan(
    settings: IndexSettings, catalog: Catalog, collection: AddedDocuments, base: Base | None
) -> Plan:
    """The plan of the corpus and of the added documents that `catalog` names, on top of `base` where that is
    of the same recipe.

    Raises DocumentError or AddedDocumentsDamaged.
    """
    tokens.keep_cache_in(settings.cache)
    embedder = make_embedder(settings.embedding)
    recipe = recipe_of(embedder)
    if base is not None and base.manifest.recipe != recipe:
        base = None
    held: Mapping[str, HeldEdition] = base.manifest.editions if base is not None else {}
    shipped = _shipped(settings, held)
    marks = added_marks(catalog, settings.questions)
    added: dict[str, PlannedEdition] = {
        key: PlannedEdition(mark, None, held[key])
        for key, mark in marks.items()
        if key in held and not held[key].shipped and held[key].mark == mark
    }
    unknown = catalog.keys() - added.keys() - shipped.keys()
    read = collection.load({key: catalog[key] for key in unknown})
    for edition in read_added(read, settings.questions):
        added[edition.key] = PlannedEdition(marks[edition.key], edition, None)
    everything = {**added, **shipped}
    in_order = {key: everything[key] for key in sorted(everything, key=edition_order)}
    return Plan(in_order, catalog, recipe, record_of(settings), embedder, base, read)


def whole_version(settings: IndexSettings, version: Path) -> Manifest:
    """The manifest of a version whose files and collections are all there. Raises IndexDamaged or
    StoreUnreachable."""
    manifest = read_manifest(version)
    check_files(version, manifest)
    if manifest.record != record_of(settings):
        raise IndexDamaged("索引的内容存在另一处，请运行 policy-qa index build 重建。")
    check_record(settings, manifest.collections)
    check_graphs(settings, manifest.graphs)
    return manifest


def _shipped(settings: IndexSettings, held: Mapping[str, HeldEdition]) -> dict[str, PlannedEdition]:
    """The editions of the corpus; read where any of its files has changed."""
    mark = corpus_mark(settings.corpus)
    known = {key: each for key, each in held.items() if each.shipped}
    if known and all(each.mark == mark for each in known.values()):
        return {key: PlannedEdition(mark, None, each) for key, each in known.items()}
    return {edition.key: PlannedEdition(mark, edition, None) for edition in read_shipped(settings.corpus)}


def held_edition(
    planned: PlannedEdition, original: str, collection: str, sizes: Iterable[int], graph: FileMark
) -> HeldEdition:
    """What a manifest says of an edition that was read."""
    edition = planned.read
    document = edition.document
    return HeldEdition(
        edition.digest,
        planned.mark,
        edition.shipped,
        document.title,
        document.sha256,
        original,
        collection,
        tuple(sizes),
        graph,
    )
