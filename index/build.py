"""Builds an index version beside the current one, then switches to it.

    <directory>/
      CURRENT            name of the version in use, replaced atomically
      lock               held by the process that builds
      v-<fingerprint>/   manifest.json, documents/, chroma/, bm25-passages/, bm25-questions/

Where the fingerprint (index.content) equals the current version's there is nothing to do. A build
that dies leaves CURRENT as it was, and its vectors in the cache, so that the next build goes on from
there.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from index import store, tokens
from index.content import Content, fingerprint_of, read_content, standardised, texts_by_document
from index.embed import Embedder, EmbeddingSettings, make_embedder
from index.errors import BuildInProgress, IndexDamaged, IndexMissing
from index.lexical import LexicalIndex
from index.load import CORPUS
from index.manifest import CHROMA, check_files, read_manifest, write_manifest
from index.schema import Document
from index.search import Searcher
from index.store import Store, damage_reported
from index.vectors import PASSAGE, QUESTION, VectorCache, Vectors, content_key, write_shipped

Progress = Callable[[int, int], None]
"""Called with (vectors done, vectors in all)."""


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """Where the index lives and what it is made of."""

    directory: Path
    corpus: Path = CORPUS
    embedding: EmbeddingSettings = field(default_factory=EmbeddingSettings)

    @property
    def cache(self) -> Path:
        """The directory of what can be made again: vectors, jieba's dictionary."""
        return self.directory.parent / "cache"


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What `policy-qa index status` reports."""

    built: bool
    current: bool
    fingerprint: str | None
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class OpenedIndex:
    """An index in use."""

    fingerprint: str
    documents: tuple[Document, ...]
    searcher: Searcher


def build_index(settings: IndexSettings, on_progress: Progress = lambda done, total: None) -> bool:
    """Bring the index up to date; False where it was already.

    Raises DocumentError, EmbeddingError or BuildInProgress; the index in use stays as it is then.
    """
    tokens.keep_cache_in(settings.cache)
    embedder = make_embedder(settings.embedding)
    content = read_content(settings.corpus)
    fingerprint = fingerprint_of(content, embedder.model_id)
    if _is_current(settings.directory, fingerprint):
        return False
    settings.directory.mkdir(parents=True, exist_ok=True)
    with _lock(settings.directory):
        before = _name_in_use(settings.directory)
        target = _free_name(settings.directory, fingerprint)
        _write(target, content, fingerprint, _cache(settings, embedder), on_progress)
        _switch(settings.directory, target.name)
        # a running server may still have the version open that was in use until now
        _drop_others(settings.directory, keep={target.name, before})
    return True


def index_status(settings: IndexSettings) -> IndexStatus:
    """What is built, and whether it is what a build would make now. Raises DocumentError."""
    embedder = make_embedder(settings.embedding)
    fingerprint = fingerprint_of(read_content(settings.corpus), embedder.model_id)
    try:
        manifest = read_manifest(_current(settings.directory))
    except (IndexMissing, IndexDamaged):
        return IndexStatus(False, False, None, {})
    current = _is_current(settings.directory, fingerprint)
    return IndexStatus(True, current, manifest.fingerprint, manifest.counts)


def open_index(settings: IndexSettings) -> OpenedIndex:
    """Open the version in use. Raises IndexMissing or IndexDamaged."""
    tokens.keep_cache_in(settings.cache)
    version = _current(settings.directory)
    manifest = read_manifest(version)
    check_files(version, manifest)
    with damage_reported():
        counts = manifest.counts
        documents = tuple(_read_document(version / "documents", key) for key in manifest.documents)
        searcher = Searcher(
            Store(version / CHROMA),
            make_embedder(settings.embedding),
            LexicalIndex.load(version / "bm25-passages", counts["passages"]),
            LexicalIndex.load(version / "bm25-questions", counts["lay_questions"]),
        )
        if len(searcher.passages) != counts["passages"]:
            raise IndexDamaged("索引缺了一部分，请运行 policy-qa index build 重建。")
        return OpenedIndex(manifest.fingerprint, documents, searcher)


def ship_vectors(
    settings: IndexSettings, on_progress: Progress = lambda done, total: None
) -> tuple[Path, ...]:
    """Write `<document id>.vectors.npz` into the corpus for each document; the files written.

    Raises DocumentError or EmbeddingError.
    """
    tokens.keep_cache_in(settings.cache)
    embedder = make_embedder(settings.embedding)
    wanted = texts_by_document(read_content(settings.corpus))
    cache = _cache(settings, embedder)
    count = _counter(on_progress, sum(map(len, wanted.values())))
    written = []
    for identifier, pairs in wanted.items():
        vectors: dict[bytes, Vectors] = {}
        for kind in (PASSAGE, QUESTION):
            texts = [text for own, text in pairs if own == kind]
            rows = cache.embed(kind, texts, count)
            keys = [content_key(embedder.model_id, kind, text) for text in texts]
            vectors.update(zip(keys, rows, strict=True))
        path = settings.corpus / f"{identifier}.vectors.npz"
        write_shipped(path, vectors)
        written.append(path)
    return tuple(written)


def _cache(settings: IndexSettings, embedder: Embedder) -> VectorCache:
    shipped = sorted(settings.corpus.glob("*.vectors.npz"))
    return VectorCache(embedder, settings.cache / "vectors.sqlite", shipped)


def _counter(on_progress: Progress, total: int) -> Callable[[int], None]:
    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        on_progress(done, total)

    return count


def _write(
    target: Path, content: Content, fingerprint: str, cache: VectorCache, on_progress: Progress
) -> None:
    count = _counter(on_progress, len(content.passages) + len(content.lay) + len(content.open))
    lay = standardised([question.text for question in content.lay])
    unanswered = standardised([question.text for question in content.open])
    passage_vectors = cache.embed(PASSAGE, [p.text for p in content.passages], count)
    lay_vectors = cache.embed(QUESTION, lay, count)
    open_vectors = cache.embed(QUESTION, unanswered, count)

    (target / "documents").mkdir(parents=True)
    for document in content.documents:
        _write_document(target / "documents", document)
    database = Store(target / CHROMA)
    home = {passage.id: passage for passage in content.passages}
    database.add(
        store.PASSAGES,
        [p.id for p in content.passages],
        [p.text for p in content.passages],
        passage_vectors,
        [store.passage_metadata(p) for p in content.passages],
    )
    database.add(
        store.QUESTIONS,
        [f"q{n:07d}" for n in range(len(content.lay))],
        [q.text for q in content.lay],
        lay_vectors,
        [{"passage_id": q.passage_id, "document_id": home[q.passage_id].document_id} for q in content.lay],
    )
    database.add(
        store.OPEN,
        [f"o{n:07d}" for n in range(len(content.open))],
        [q.text for q in content.open],
        open_vectors,
        [{"document_id": q.document_id, "address": q.address, "missing": q.missing} for q in content.open],
    )
    database.close()
    LexicalIndex.build([p.text for p in content.passages]).save(target / "bm25-passages")
    LexicalIndex.build(lay).save(target / "bm25-questions")
    counts = {
        "documents": len(content.documents),
        "passages": len(content.passages),
        "lay_questions": len(content.lay),
        "open_questions": len(content.open),
    }
    write_manifest(target, fingerprint, tuple(f"{d.id}@{d.version}" for d in content.documents), counts)


def _write_document(directory: Path, document: Document) -> None:
    key = f"{document.id}@{document.version}"
    _write_text(directory / f"{key}.txt", document.text)
    described = {k: v for k, v in asdict(document).items() if k != "text"}
    _write_text(directory / f"{key}.json", json.dumps(described, ensure_ascii=False, indent=1, default=str))


def _read_document(directory: Path, key: str) -> Document:
    fields = json.loads((directory / f"{key}.json").read_text(encoding="utf-8"))
    for name in ("published", "effective", "repealed"):
        fields[name] = date.fromisoformat(fields[name]) if fields[name] else None
    fields["subjects"] = tuple(fields["subjects"])
    text = (directory / f"{key}.txt").read_bytes().decode("utf-8")
    return Document(text=text, **fields)


def _write_text(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8"))


def _current(directory: Path) -> Path:
    try:
        name = (directory / "CURRENT").read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        raise IndexMissing("索引还没有建立，请先运行 policy-qa index build。") from error
    if not name or not (directory / name).is_dir():
        raise IndexDamaged("索引目录不完整，请运行 policy-qa index build 重建。")
    return directory / name


def _is_current(directory: Path, fingerprint: str) -> bool:
    try:
        version = _current(directory)
        manifest = read_manifest(version)
        if manifest.fingerprint != fingerprint:
            return False
        check_files(version, manifest)
    except (IndexMissing, IndexDamaged):
        return False
    return True


def _name_in_use(directory: Path) -> str:
    try:
        return _current(directory).name
    except (IndexMissing, IndexDamaged):
        return ""


def _free_name(directory: Path, fingerprint: str) -> Path:
    """A directory of its own for this build: an older one of that name may be damaged, or in use."""
    target = directory / f"v-{fingerprint}"
    number = 2
    while target.exists():
        target = directory / f"v-{fingerprint}-{number}"
        number += 1
    return target


def _switch(directory: Path, name: str) -> None:
    fresh = directory / "CURRENT.new"
    _write_text(fresh, name)
    fresh.replace(directory / "CURRENT")


def _drop_others(directory: Path, keep: set[str]) -> None:
    for path in directory.glob("v-*"):
        if path.name not in keep:
            shutil.rmtree(path, ignore_errors=True)  # what stays goes with the next build


@contextmanager
def _lock(directory: Path) -> Iterator[None]:
    """Hold the build lock; the kernel frees it when the process dies, however it dies."""
    import fcntl

    with (directory / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BuildInProgress("另一个进程正在建立索引，请等它结束后再试。") from error
        yield
