"""An index in use: the version that is open, its documents and its searcher."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from index.encoder.embedder import Embedder, make_embedder
from index.errors import IndexDamaged, IndexMissing, OtherEncoder
from index.schema import Document, edition_order
from index.search.searcher import Searcher
from index.settings import IndexSettings
from index.storage.chroma import check_record
from index.storage.document_files import key_of
from index.storage.manifest import SEGMENTS, Manifest, check_files, read_manifest
from index.storage.segments import open_segment
from index.storage.tables import Tables
from index.storage.version_documents import index_location, original_name, read_version_document
from index.storage.versions import HeldVersion, IndexLocation, choose, hold, hold_chosen
from index.text import tokens


class OpenIndex:
    """An index in use. Its version stays on disk until `close`, or until the searcher too is forgotten."""

    def __init__(
        self,
        manifest: Manifest,
        searcher: Searcher,
        place: IndexLocation,
        held: HeldVersion,
        trace: tuple[object, ...],
        known: Mapping[str, Document],
    ) -> None:
        """`trace` is that of `place` when the version was last known to be the one in use; `known` documents
        need not be read again."""
        self.manifest = manifest
        self.searcher = searcher
        self.place = place
        self.held = held
        self.trace = trace
        self._known = known

    @property
    def fingerprint(self) -> str:
        """What the index is made of: the same for the same texts, parameters and stages."""
        return self.manifest.fingerprint

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """Every version of every document, by id and version, read when first asked for. Raises
        IndexDamaged."""
        keys = sorted(self.manifest.editions, key=edition_order)
        found = tuple(self._known.get(key) or read_version_document(self.held.path, key) for key in keys)
        self._known = {}
        return found

    def original(self, document: Document) -> Path:
        """The file that `document` came from, as it came."""
        return self.held.path / original_name(document)

    def outdated(self) -> bool:
        """Whether another version has come into use since. Cheap: reads two small files at most."""
        trace = self.place.trace()
        if trace == self.trace:
            return False
        try:
            if not self.held.is_at(choose(self.place)):
                return True
        except (IndexMissing, IndexDamaged):  # what is open still answers
            return False
        self.trace = trace
        return False

    def close(self) -> None:
        """Let go of the version's files."""
        self.held.close()

    def check_found(self, keys: Sequence[str]) -> None:
        """Read these editions (`id@version`) and search for a passage of each by its own words and vector.

        Raises IndexDamaged where one cannot be read or is not found.
        """
        for key in keys:
            read_version_document(self.held.path, key)
            if not self.searcher.finds_itself(key):
                raise IndexDamaged("索引缺了一部分，请运行 policy-qa index build 重建。")

    def unchanged_in(self, manifest: Manifest) -> dict[str, Document]:
        """The documents that another version holds as this one does."""
        old, new = self.manifest.editions, manifest.editions
        return {
            key: document
            for document in self.documents
            if (key := key_of(document)) in new and new[key].digest == old[key].digest
        }


def open_index(
    settings: IndexSettings, embedder: Embedder | None = None, before: OpenIndex | None = None
) -> OpenIndex:
    """Open the version in use, with an `embedder` that is loaded already if there is one. What it shares with
    the one opened `before` is not read again.

    Raises IndexMissing, IndexDamaged or OtherEncoder.
    """
    place = index_location(settings)
    trace = place.trace()
    held = hold_chosen(place)
    return _open(held, settings, embedder or make_embedder(settings.embedding), trace, before)


def open_version(version: Path, settings: IndexSettings, embedder: Embedder) -> OpenIndex:
    """Open one finished version, whether it is in use or not; `embedder` is not asked for anything.

    Raises IndexDamaged or OtherEncoder.
    """
    held = hold(version)
    if held is None:
        raise IndexDamaged("索引目录不完整，请运行 policy-qa index build 重建。")
    return _open(held, settings, embedder, (), None)


def _open(
    held: HeldVersion,
    settings: IndexSettings,
    embedder: Embedder,
    trace: tuple[object, ...],
    before: OpenIndex | None,
) -> OpenIndex:
    tokens.keep_cache_in(settings.cache)
    try:
        manifest = read_manifest(held.path)
        if manifest.encoder != embedder.model_id:
            raise OtherEncoder(
                f"索引是用向量模型“{manifest.encoder}”建的，现在用的是“{embedder.model_id}”，"
                "请运行 policy-qa index build 重建，或换回原来的模型。"
            )
        check_files(held.path, manifest)
        if settings.chroma_url is None:  # a server that keeps the entries is not needed for answering
            check_record(settings, manifest.collections)
        searcher = Searcher(_tables(held.path, manifest), embedder, keep=held)
        if searcher.sizes() != {name: n for name, n in manifest.counts.items() if name != "documents"}:
            raise IndexDamaged("索引缺了一部分，请运行 policy-qa index build 重建。")
        known = before.unchanged_in(manifest) if before is not None else {}
        return OpenIndex(manifest, searcher, index_location(settings), held, trace, known)
    except BaseException:
        held.close()
        raise


def _tables(version: Path, manifest: Manifest) -> Tables:
    try:
        return Tables(
            [
                (open_segment(version / SEGMENTS / name), keys)
                for name, keys in sorted(manifest.segments.items())
            ]
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamaged("索引不完整或已损坏，请运行 policy-qa index build 重建。") from error
