"""Builds an index version beside the current one, then switches to it.

    <directory>/
      CURRENT            name of the version in use, replaced atomically
      lock               held by the process that builds
      v-<fingerprint>/   manifest.json, documents/, chroma/, bm25-passages/, bm25-questions/

The fingerprint covers everything that shapes the result: texts, descriptions, questions, model and
stage versions. Where it equals the current one there is nothing to do. A build that dies leaves
CURRENT as it was, and its vectors in the cache, so that the next build goes on from there.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from index import outline, passages, store, tokens
from index.embed import Embedder, EmbeddingSettings, make_embedder
from index.errors import BuildInProgress, IndexDamaged, IndexMissing
from index.lexical import LexicalIndex
from index.load import CORPUS, LOAD_VERSION, load_corpus
from index.passages import make_passages
from index.questions import load_lay_questions, load_open_questions
from index.schema import Document, LayQuestion, OpenQuestion, Passage
from index.search import Searcher
from index.store import Store, damage_reported
from index.vectors import PASSAGE, QUESTION, VectorCache

_STAGES = {
    "load": LOAD_VERSION,
    "outline": outline.OUTLINE_VERSION,
    "passages": passages.PASSAGES_VERSION,
    "tokens": tokens.TOKENS_VERSION,
    "store": store.STORE_VERSION,
}

Progress = Callable[[int, int], None]
"""Called with (vectors done, vectors in all)."""


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """Where the index lives and what it is made of."""

    directory: Path
    corpus: Path = CORPUS
    embedding: EmbeddingSettings = EmbeddingSettings()

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


@dataclass(frozen=True, slots=True)
class _Content:
    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    lay: tuple[LayQuestion, ...]
    open: tuple[OpenQuestion, ...]


def build_index(settings: IndexSettings, on_progress: Progress = lambda done, total: None) -> bool:
    """Bring the index up to date; False where it was already.

    Raises DocumentError, EmbeddingError or BuildInProgress; the index in use stays as it is then.
    """
    tokens.keep_cache_in(settings.cache)
    embedder = make_embedder(settings.embedding)
    content = _read(settings.corpus)
    fingerprint = _fingerprint(content, embedder)
    if _is_whole(settings.directory, fingerprint):
        return False
    settings.directory.mkdir(parents=True, exist_ok=True)
    with _lock(settings.directory):
        target = settings.directory / f"v-{fingerprint}"
        shutil.rmtree(target, ignore_errors=True)
        _write(target, content, fingerprint, _cache(settings, embedder), on_progress)
        _switch(settings.directory, target.name)
        _drop_old(settings.directory, keep=target.name)
    return True


def index_status(settings: IndexSettings) -> IndexStatus:
    """What is built, and whether it is what a build would make now."""
    fingerprint = _fingerprint(_read(settings.corpus), make_embedder(settings.embedding))
    try:
        version = _current(settings.directory)
        manifest = _manifest(version)
    except (IndexMissing, IndexDamaged):
        return IndexStatus(False, False, None, {})
    return IndexStatus(True, manifest["fingerprint"] == fingerprint, manifest["fingerprint"], manifest["counts"])


def open_index(settings: IndexSettings) -> OpenedIndex:
    """Open the version in use. Raises IndexMissing or IndexDamaged."""
    tokens.keep_cache_in(settings.cache)
    version = _current(settings.directory)
    manifest = _manifest(version)
    counts = manifest["counts"]
    with damage_reported():
        documents = tuple(_read_document(version / "documents", key) for key in manifest["documents"])
        searcher = Searcher(
            Store(version / "chroma"),
            make_embedder(settings.embedding),
            LexicalIndex.load(version / "bm25-passages", counts["passages"]),
            LexicalIndex.load(version / "bm25-questions", counts["lay_questions"]),
        )
        if len(searcher.passages) != counts["passages"]:
            raise IndexDamaged("索引缺了一部分，请运行 policy-qa index build 重建。")
        return OpenedIndex(manifest["fingerprint"], documents, searcher)


def corpus_texts(corpus: Path = CORPUS) -> tuple[tuple[str, str], ...]:
    """Every (kind, text) whose vector an index of `corpus` needs: what shipped vectors hold."""
    content = _read(corpus)
    return (
        *((PASSAGE, passage.text) for passage in content.passages),
        *((QUESTION, text) for text in _standard([q.text for q in content.lay])),
        *((QUESTION, text) for text in _standard([q.text for q in content.open])),
    )


def _read(corpus: Path) -> _Content:
    documents = load_corpus(corpus)
    found: list[Passage] = []
    lay: list[LayQuestion] = []
    unanswered: list[OpenQuestion] = []
    for document in documents:
        own = make_passages(document)
        found.extend(own)
        lay.extend(load_lay_questions(document, own, corpus))
        unanswered.extend(load_open_questions(document, corpus))
    return _Content(documents, tuple(found), tuple(lay), tuple(unanswered))


def _fingerprint(content: _Content, embedder: Embedder) -> str:
    parts = {
        "stages": _STAGES,
        "model": embedder.model_id,
        "documents": [{**asdict(d), "text": ""} for d in content.documents],
        "lay": [asdict(q) for q in content.lay],
        "open": [asdict(q) for q in content.open],
        "lexicon": [
            hashlib.sha256((tokens.DATA / name).read_bytes()).hexdigest()
            for name in ("dialect.tsv", "terms.txt")
        ],
    }
    described = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(described.encode()).hexdigest()[:20]


def _standard(texts: Sequence[str]) -> list[str]:
    lexicon = tokens.Lexicon()
    return [lexicon.standardise(text) for text in texts]


def _cache(settings: IndexSettings, embedder: Embedder) -> VectorCache:
    shipped = sorted(settings.corpus.glob("*.vectors.npz"))
    return VectorCache(embedder, settings.cache / "vectors.sqlite", shipped)


def _write(
    target: Path, content: _Content, fingerprint: str, cache: VectorCache, on_progress: Progress
) -> None:
    total = len(content.passages) + len(content.lay) + len(content.open)
    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        on_progress(done, total)

    lay = _standard([question.text for question in content.lay])
    unanswered = _standard([question.text for question in content.open])
    passage_vectors = cache.embed(PASSAGE, [p.text for p in content.passages], count)
    lay_vectors = cache.embed(QUESTION, lay, count)
    open_vectors = cache.embed(QUESTION, unanswered, count)

    (target / "documents").mkdir(parents=True)
    for document in content.documents:
        _write_document(target / "documents", document)
    database = Store(target / "chroma")
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
    manifest = {
        "fingerprint": fingerprint,
        "documents": [f"{d.id}@{d.version}" for d in content.documents],
        "counts": {
            "documents": len(content.documents),
            "passages": len(content.passages),
            "lay_questions": len(content.lay),
            "open_questions": len(content.open),
        },
    }
    _write_text(target / "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))


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


def _manifest(version: Path) -> dict[str, "dict[str, int]"]:
    try:
        found: dict[str, dict[str, int]] = json.loads((version / "manifest.json").read_text(encoding="utf-8"))
        return found
    except (OSError, ValueError) as error:
        raise IndexDamaged("索引清单读不出来，请运行 policy-qa index build 重建。") from error


def _is_whole(directory: Path, fingerprint: str) -> bool:
    try:
        version = _current(directory)
        parts = ("chroma/chroma.sqlite3", "bm25-passages", "bm25-questions", "documents")
        return _manifest(version)["fingerprint"] == fingerprint and all(
            (version / part).exists() for part in parts
        )
    except (IndexMissing, IndexDamaged):
        return False


def _switch(directory: Path, name: str) -> None:
    fresh = directory / "CURRENT.new"
    _write_text(fresh, name)
    os.replace(fresh, directory / "CURRENT")


def _drop_old(directory: Path, keep: str) -> None:
    """Remove other versions but the newest one, which a running server may have open."""
    old = [path for path in directory.glob("v-*") if path.name != keep]
    old.sort(key=lambda path: path.stat().st_mtime)
    for path in old[:-1]:
        shutil.rmtree(path, ignore_errors=True)


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
