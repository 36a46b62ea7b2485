"""The order of building: read, embed, write a version beside the one in use, switch to it.

Where the fingerprint (index.build.content) equals that of the version in use there is nothing to do. A
build that dies leaves everything as it was, and its vectors in the cache, so that the next build goes
on from there.
"""

import logging
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from index.build.content import read_content, recipe_of
from index.build.write_version import Base, Plan, Progress, base_of, write_files
from index.encoder.embedder import Embedder, make_embedder
from index.errors import IndexDamaged, IndexMissing, IndexNotWritten
from index.search.open_index import open_version
from index.settings import IndexSettings
from index.storage.added_documents import AddedDocument, AddedDocuments
from index.storage.catalog import Catalog
from index.storage.chroma import damage_reported, refusal_reported
from index.storage.manifest import alone, check_files, read_manifest
from index.storage.vector_cache import VectorCache
from index.storage.version_documents import index_location
from index.storage.versions import build_lock, choose, drop_others, free_name, name_in_use, switch
from index.text import tokens

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What `policy-qa index status` reports."""

    built: bool
    current: bool
    fingerprint: str | None
    counts: dict[str, int]


def build_index(
    settings: IndexSettings, on_progress: Progress = lambda done, total: None, anew: bool = False
) -> bool:
    """Bring the index up to date; False where it was already, unless it is to be made `anew`.

    Raises DocumentError, AddedDocumentsDamaged, EmbeddingError, IndexNotWritten or BuildInProgress; the
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
        name = write_version(settings, plan, on_progress, anew)
        check_opens(settings, plan, name)
        switch_to(settings, name)
    return True


def make_plan(settings: IndexSettings, catalog: Catalog, added: Iterable[AddedDocument]) -> Plan:
    """The plan of the corpus and the `added` documents, which `catalog` names. Raises DocumentError."""
    tokens.keep_cache_in(settings.cache)
    embedder = make_embedder(settings.embedding)
    editions = read_content(settings.corpus, tuple(added), settings.questions)
    return Plan(editions, catalog, recipe_of(embedder), embedder)


def keep_fresh(collection: AddedDocuments, added: Iterable[AddedDocument]) -> None:
    """Keep what had to be read again from its original. Needs the build lock."""
    with refusal_reported():
        for each in added:
            if each.fresh:
                collection.keep(each)


def write_version(settings: IndexSettings, plan: Plan, on_progress: Progress, anew: bool = False) -> str:
    """The name of a finished version as planned: one that is there, unless `anew`, else a new one.

    A new one grows from the version in use where it can, unless `anew`. Needs the build lock. Raises
    EmbeddingError or IndexNotWritten.
    """
    if not anew and (name := _finished(settings, plan)):
        return name
    target = free_name(settings.directory, plan.fingerprint)
    try:
        with refusal_reported():
            base = None if anew else _base(settings, plan)
            cache = vector_cache(settings, plan.embedder)
            if base is not None and not _grown(target, plan, base, cache, on_progress):
                shutil.rmtree(target, ignore_errors=True)
                base = None
            if base is None:
                write_files(target, plan, None, cache, on_progress)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)  # a full disk needs the room
        raise
    return target.name


def check_opens(settings: IndexSettings, plan: Plan, name: str) -> None:
    """Open version `name` as a server does, before anything names it as the one that counts.

    Raises IndexNotWritten where it cannot be opened; it is removed then.
    """
    version = settings.directory / name
    try:
        open_version(version, settings, plan.embedder).close()
    except IndexDamaged as error:
        if name != name_in_use(settings.directory):
            shutil.rmtree(version, ignore_errors=True)
        raise IndexNotWritten(
            "新建的索引打不开，所以没有启用；原有的文件和索引没有变，照常可用。请再试一次，"
            "仍不行请运行 policy-qa index verify。"
        ) from error


def switch_to(settings: IndexSettings, name: str) -> None:
    """Bring version `name` into use and remove those that nobody reads. Needs the build lock."""
    if name != name_in_use(settings.directory):
        with refusal_reported():
            switch(settings.directory, name)
    drop_others(settings.directory, keep=name)


def index_status(settings: IndexSettings) -> IndexStatus:
    """What is built, and whether it is what a build would make now.

    Raises DocumentError or AddedDocumentsDamaged.
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


def vector_cache(settings: IndexSettings, embedder: Embedder) -> VectorCache:
    """The cache of vectors, with those that come with the corpus."""
    shipped = sorted(settings.corpus.glob("*.vectors.npz"))
    return VectorCache(embedder, settings.cache / "vectors.sqlite", shipped)


def _grown(target: Path, plan: Plan, base: Base, cache: VectorCache, on_progress: Progress) -> bool:
    """Whether a version that grew from `base` is whole: its database may hold damage that no size shows."""
    try:
        with damage_reported():
            write_files(target, plan, base, cache, on_progress)
            return True
    except IndexDamaged as error:
        cause = error.__cause__ or error
        _log.warning("%s cannot be built on, so all is made anew: %r", base.path.name, cause)
        return False


def _base(settings: IndexSettings, plan: Plan) -> Base | None:
    name = name_in_use(settings.directory)
    return base_of(settings.directory / name, plan) if name else None


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
