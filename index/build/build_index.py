"""The order of building: read, embed, write a version beside the one in use, switch to it.

Where the fingerprint (index.content) equals that of the version in use there is nothing to do. A
build that dies leaves everything as it was, and its vectors in the cache, so that the next build goes
on from there.
"""

import shutil
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from index.build.content import (
    Content,
    fingerprint_of,
    read_content,
    searched,
    standardised,
    texts_by_document,
)
from index.encoder.embedder import Embedder, Vectors, make_embedder
from index.errors import IndexDamaged, IndexMissing
from index.settings import IndexSettings
from index.storage import chroma
from index.storage.added_documents import AddedDocument, AddedDocuments
from index.storage.atomic_files import link_or_copy
from index.storage.bm25 import Bm25Index
from index.storage.catalog import Catalog
from index.storage.chroma import ChromaStore, refusal_reported
from index.storage.document_files import dump_fields, encode_text, key_of
from index.storage.manifest import CHROMA, ORIGINALS, alone, check_files, read_manifest, write_manifest
from index.storage.vector_cache import PASSAGE, QUESTION, VectorCache, content_key, write_shipped
from index.storage.version_documents import document_file_name, index_location, original_name
from index.storage.versions import IN_USE, build_lock, choose, drop_others, free_name, name_in_use, switch
from index.text import tokens

Progress = Callable[[int, int], None]
"""Called with (vectors done, vectors in all)."""


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What `policy-qa index status` reports."""

    built: bool
    current: bool
    fingerprint: str | None
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Plan:
    """What an index version is to hold, and the catalog that it answers for."""

    content: Content
    catalog: Catalog
    fingerprint: str
    embedder: Embedder


def build_index(
    settings: IndexSettings, on_progress: Progress = lambda done, total: None, anew: bool = False
) -> bool:
    """Bring the index up to date; False where it was already, unless it is to be made `anew`.

    Raises DocumentError, CollectionDamaged, EmbeddingError, IndexNotWritten or BuildInProgress; the
    index in use stays as it is then.
    """
    collection = AddedDocuments(settings.collection)
    catalog = collection.catalog()
    added = collection.load(catalog)
    plan = make_plan(settings, catalog, added)
    if not anew and (name := _finished(settings, plan)) and name == name_in_use(settings.directory):
        return False
    with build_lock(settings.directory):
        if collection.catalog() != catalog:  # somebody added or removed a document just now
            catalog = collection.catalog()
            added = collection.load(catalog)
            plan = make_plan(settings, catalog, added)
        keep_fresh(collection, added)
        switch_to(settings, write_version(settings, plan, on_progress, anew))
    return True


def make_plan(settings: IndexSettings, catalog: Catalog, added: Iterable[AddedDocument]) -> Plan:
    """The plan of the corpus and the `added` documents, which `catalog` names. Raises DocumentError."""
    tokens.keep_cache_in(settings.cache)
    embedder = make_embedder(settings.embedding)
    content = read_content(settings.corpus, tuple(added), settings.questions)
    return Plan(content, catalog, fingerprint_of(content, embedder.model_id), embedder)


def keep_fresh(collection: AddedDocuments, added: Iterable[AddedDocument]) -> None:
    """Keep what had to be read again from its original. Needs the build lock."""
    with refusal_reported():
        for each in added:
            if each.fresh:
                collection.keep(each)


def write_version(settings: IndexSettings, plan: Plan, on_progress: Progress, anew: bool = False) -> str:
    """The name of a finished version as planned: one that is there, unless `anew`, else a new one.

    Needs the build lock. Raises EmbeddingError or IndexNotWritten.
    """
    if not anew and (name := _finished(settings, plan)):
        return name
    target = free_name(settings.directory, plan.fingerprint)
    try:
        with refusal_reported():
            cache = _cache(settings, plan.embedder)
            _write(target, plan, cache, on_progress)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)  # a full disk needs the room
        raise
    return target.name


def switch_to(settings: IndexSettings, name: str) -> None:
    """Bring version `name` into use and remove those that nobody reads. Needs the build lock."""
    if name != name_in_use(settings.directory):
        with refusal_reported():
            switch(settings.directory, name)
    drop_others(settings.directory, keep=name)


def index_status(settings: IndexSettings) -> IndexStatus:
    """What is built, and whether it is what a build would make now.

    Raises DocumentError or CollectionDamaged.
    """
    collection = AddedDocuments(settings.collection)
    catalog = collection.catalog()
    plan = make_plan(settings, catalog, collection.load(catalog))
    try:
        version = choose(index_location(settings))
        manifest = read_manifest(version)
    except (IndexMissing, IndexDamaged):
        return IndexStatus(False, False, None, {})
    current = version.name == _finished(settings, plan)
    return IndexStatus(True, current, manifest.fingerprint, manifest.counts)


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


def _finished(settings: IndexSettings, plan: Plan) -> str:
    """The name of a whole version as planned, the one in use before others; empty where there is none."""
    in_use = name_in_use(settings.directory)
    names = {path.name for path in settings.directory.glob(f"v-{plan.fingerprint}*")}
    for name in sorted(names, key=lambda name: (name != in_use, name)):
        version = settings.directory / name
        try:
            manifest = read_manifest(version)
            if (manifest.fingerprint, manifest.catalog) == (plan.fingerprint, plan.catalog):
                with alone(version):
                    check_files(version, manifest)
                return name
        except IndexDamaged:
            continue
    return ""


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


def _write(target: Path, plan: Plan, cache: VectorCache, on_progress: Progress) -> None:
    content = plan.content
    count = _counter(on_progress, len(content.passages) + len(content.lay) + len(content.open))
    texts = searched(content.passages)
    lay = standardised([question.text for question in content.lay])
    unanswered = standardised([question.text for question in content.open])
    passage_vectors = cache.embed(PASSAGE, texts, count)
    lay_vectors = cache.embed(QUESTION, lay, count)
    open_vectors = cache.embed(QUESTION, unanswered, count)

    target.mkdir(parents=True)
    (target / IN_USE).touch()
    _write_documents(target, content)
    home = {passage.id: passage.edition for passage in content.passages}
    editions = {document.id: key_of(document) for document in content.documents}
    with closing(ChromaStore(target / CHROMA)) as database:
        database.add(
            chroma.PASSAGES,
            [p.id for p in content.passages],
            [p.text for p in content.passages],
            passage_vectors,
            [chroma.passage_metadata(p) for p in content.passages],
        )
        database.add(
            chroma.QUESTIONS,
            [f"q{n:07d}" for n in range(len(content.lay))],
            [q.text for q in content.lay],
            lay_vectors,
            [chroma.question_metadata(q, home[q.passage_id]) for q in content.lay],
        )
        database.add(
            chroma.OPEN,
            [f"o{n:07d}" for n in range(len(content.open))],
            [q.text for q in content.open],
            open_vectors,
            [
                {
                    "document_id": q.document_id,
                    "edition": editions[q.document_id],
                    "address": q.address,
                    "missing": q.missing,
                }
                for q in content.open
            ],
        )
    Bm25Index.build(texts).save(target / "bm25-passages")
    Bm25Index.build(lay).save(target / "bm25-questions")
    counts = {
        "documents": len(content.documents),
        "passages": len(content.passages),
        "lay_questions": len(content.lay),
        "open_questions": len(content.open),
    }
    keys = tuple(key_of(document) for document in content.documents)
    write_manifest(target, plan.fingerprint, plan.catalog, keys, counts)


def _write_documents(target: Path, content: Content) -> None:
    (target / "documents").mkdir()
    (target / ORIGINALS).mkdir()
    for document, original in zip(content.documents, content.originals, strict=True):
        key = key_of(document)
        (target / document_file_name(key, "txt")).write_bytes(encode_text(document.text))
        (target / document_file_name(key, "json")).write_bytes(dump_fields(document))
        # what was added never changes, but somebody may write into a file of the corpus
        keep = shutil.copyfile if original.parent == content.corpus else link_or_copy
        keep(original, target / original_name(document))
