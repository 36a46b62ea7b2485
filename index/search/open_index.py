"""An index in use: the version that is open, its documents and its searcher."""

from dataclasses import dataclass
from pathlib import Path

from index.encoder.embedder import Embedder, make_embedder
from index.errors import IndexDamaged, IndexMissing
from index.schema import Document
from index.search.searcher import Searcher
from index.settings import IndexSettings
from index.storage.bm25 import LexicalIndex
from index.storage.chroma import Store, damage_reported
from index.storage.manifest import CHROMA, alone, check_files, read_manifest
from index.storage.version_documents import original_name, place_of, read_stored
from index.storage.versions import Held, Place, choose, hold_chosen
from index.text import tokens


@dataclass(slots=True)
class OpenedIndex:
    """An index in use. Its version stays on disk until `close`, or until the searcher is forgotten.

    `trace` is that of `place` when the version was last known to be the one in use.
    """

    fingerprint: str
    documents: tuple[Document, ...]
    searcher: Searcher
    place: Place
    held: Held
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


def open_index(settings: IndexSettings, embedder: Embedder | None = None) -> OpenedIndex:
    """Open the version in use, with an `embedder` that is loaded already if there is one.

    Raises IndexMissing or IndexDamaged.
    """
    tokens.keep_cache_in(settings.cache)
    place = place_of(settings)
    trace = place.trace()
    held = hold_chosen(place)
    try:
        ready = embedder or make_embedder(settings.embedding)
        with alone(held.path):
            return _open(held, ready, place, trace)
    except BaseException:
        held.close()
        raise


def _open(held: Held, embedder: Embedder, place: Place, trace: tuple[object, ...]) -> OpenedIndex:
    version = held.path
    manifest = read_manifest(version)
    check_files(version, manifest)
    with damage_reported():
        counts = manifest.counts
        documents = tuple(read_stored(version, key) for key in manifest.documents)
        database = Store(version / CHROMA, held.close)
        database.load()
        searcher = Searcher(
            database,
            embedder,
            LexicalIndex.load(version / "bm25-passages", counts["passages"]),
            LexicalIndex.load(version / "bm25-questions", counts["lay_questions"]),
        )
        if len(searcher.passages) != counts["passages"]:
            raise IndexDamaged("索引缺了一部分，请运行 policy-qa index build 重建。")
        return OpenedIndex(manifest.fingerprint, documents, searcher, place, held, trace)
