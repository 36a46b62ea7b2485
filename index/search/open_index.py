"""An index in use: the version that is open, its documents and its searcher."""

from dataclasses import dataclass
from pathlib import Path

from index.encoder.embedder import Embedder, make_embedder
from index.errors import IndexDamaged, IndexMissing, OtherEncoder
from index.schema import Document
from index.search.searcher import Searcher
from index.settings import IndexSettings
from index.storage.bm25 import Bm25Index
from index.storage.chroma import ChromaStore, damage_reported
from index.storage.manifest import CHROMA, alone, check_files, read_manifest
from index.storage.version_documents import index_location, original_name, read_version_document
from index.storage.versions import HeldVersion, IndexLocation, choose, hold, hold_chosen
from index.text import tokens


@dataclass(slots=True)
class OpenIndex:
    """An index in use. Its version stays on disk until `close`, or until the searcher is forgotten.

    `trace` is that of `place` when the version was last known to be the one in use.
    """

    fingerprint: str
    documents: tuple[Document, ...]
    searcher: Searcher
    place: IndexLocation
    held: HeldVersion
    trace: tuple[object, ...]

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
        """Let go of the version's files; nothing may be searched after that."""
        self.searcher.close()


def open_index(settings: IndexSettings, embedder: Embedder | None = None) -> OpenIndex:
    """Open the version in use, with an `embedder` that is loaded already if there is one.

    Raises IndexMissing, IndexDamaged or OtherEncoder.
    """
    tokens.keep_cache_in(settings.cache)
    place = index_location(settings)
    trace = place.trace()
    held = hold_chosen(place)
    try:
        ready = embedder or make_embedder(settings.embedding)
        with alone(held.path):
            return _open(held, ready, place, trace)
    except BaseException:
        held.close()
        raise


def open_version(
    version: Path, settings: IndexSettings, embedder: Embedder, trace: tuple[object, ...] = ()
) -> OpenIndex:
    """Open one finished version, whether it is in use or not; `embedder` is not asked for anything.

    Raises IndexDamaged or OtherEncoder.
    """
    held = hold(version)
    if held is None:
        raise IndexDamaged("索引目录不完整，请运行 policy-qa index build 重建。")
    try:
        with alone(held.path):
            return _open(held, embedder, index_location(settings), trace)
    except BaseException:
        held.close()
        raise


def _open(
    held: HeldVersion, embedder: Embedder, place: IndexLocation, trace: tuple[object, ...]
) -> OpenIndex:
    version = held.path
    manifest = read_manifest(version)
    if manifest.encoder != embedder.model_id:
        raise OtherEncoder(
            f"索引是用向量模型“{manifest.encoder}”建的，现在用的是“{embedder.model_id}”，"
            "请运行 policy-qa index build 重建，或换回原来的模型。"
        )
    check_files(version, manifest)
    with damage_reported():
        counts = manifest.counts
        documents = tuple(read_version_document(version, key) for key in manifest.editions)
        database = ChromaStore(version / CHROMA, held.close)
        searcher = Searcher(
            database,
            embedder,
            Bm25Index.load(version / "bm25-passages", counts["passages"]),
            Bm25Index.load(version / "bm25-questions", counts["lay_questions"]),
        )
        if searcher.sizes() != {name: count for name, count in counts.items() if name != "documents"}:
            raise IndexDamaged("索引缺了一部分，请运行 policy-qa index build 重建。")
        return OpenIndex(manifest.fingerprint, documents, searcher, place, held, trace)
