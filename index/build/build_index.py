"""The order of building: plan, embed, write a version beside the one in use, open it, switch to it.

Where the fingerprint (index.build.content) equals that of the version in use there is nothing to do. A
build that dies leaves everything as it was, and its vectors in the cache, so that the next build goes
on from there.
"""

import logging
import shutil
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from index.build.plan import Plan, find_base, make_plan, whole_version
from index.build.write_version import Progress, write_files
from index.encoder.embedder import Embedder
from index.errors import IndexDamaged, IndexMissing, IndexNotWritten
from index.search.open_index import open_version
from index.settings import IndexSettings
from index.storage.added_documents import AddedDocument, AddedDocuments
from index.storage.chroma import forget_unreadable_record, open_record, refusal_reported
from index.storage.manifest import read_manifest
from index.storage.vector_cache import VectorCache
from index.storage.version_documents import index_location
from index.storage.versions import build_lock, choose, drop_others, free_name, name_in_use, switch

_LOOKED_UP = 50
"""New editions that are looked up before a version is named, about; all where they are fewer."""
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

    Raises DocumentError, AddedDocumentsDamaged, EmbeddingError, IndexNotWritten, StoreUnreachable or
    BuildInProgress; the index in use stays as it is then.
    """
    collection = AddedDocuments(settings.collection)
    if not anew:
        plan = make_plan(settings, collection.catalog(), collection, find_base(settings))
        if (name := _finished(settings, plan)) and name == name_in_use(settings.directory):
            return False
    with build_lock(settings.directory):
        base = None if anew else find_base(settings)
        plan = make_plan(settings, collection.catalog(), collection, base)
        keep_fresh(collection, plan.read)
        bring_into_use(settings, write_version(settings, plan, on_progress, anew))
    return True


def keep_fresh(collection: AddedDocuments, added: Iterable[AddedDocument]) -> None:
    """Keep what had to be read again from its original. Needs the build lock."""
    with refusal_reported():
        for each in added:
            if each.fresh:
                collection.keep(each)


def write_version(settings: IndexSettings, plan: Plan, on_progress: Progress, anew: bool = False) -> str:
    """The name of a finished version as planned, which opens: one that is there, unless `anew`, else a new
    one. Needs the build lock.

    Raises EmbeddingError, StoreUnreachable or IndexNotWritten; nothing has changed then.
    """
    if not anew and (name := _finished(settings, plan)):
        _check_opens(settings, plan, settings.directory / name)
        return name
    target = free_name(settings.directory, plan.fingerprint)
    cache = vector_cache(settings, plan.embedder)
    try:
        with refusal_reported():
            if plan.base is None:
                forget_unreadable_record(settings)
            try:
                _write(settings, target, plan, cache, on_progress)
            except IndexDamaged as error:
                if plan.base is None:
                    raise
                cause = error.__cause__ or error
                _log.warning("%s cannot be built on, so all is made anew: %r", plan.base.path.name, cause)
                shutil.rmtree(target, ignore_errors=True)
                plan = make_plan(settings, plan.catalog, AddedDocuments(settings.collection), None)
                _write(settings, target, plan, cache, on_progress)
        _check_opens(settings, plan, target)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)  # a full disk needs the room
        raise
    return target.name


def bring_into_use(settings: IndexSettings, name: str) -> None:
    """Switch to version `name`, and remove the versions that nobody reads with what only they name in
    Chroma. Needs the build lock. Raises IndexNotWritten or StoreUnreachable."""
    with refusal_reported():
        if name != name_in_use(settings.directory):
            switch(settings.directory, name)
        drop_others(settings.directory, keep=name)
        with open_record(settings) as record:
            record.keep_only(_named_collections(settings.directory))


def index_status(settings: IndexSettings) -> IndexStatus:
    """What is built, and whether it is what a build would make now.

    Raises DocumentError, AddedDocumentsDamaged or StoreUnreachable.
    """
    collection = AddedDocuments(settings.collection)
    plan = make_plan(settings, collection.catalog(), collection, find_base(settings))
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


def _write(
    settings: IndexSettings, target: Path, plan: Plan, cache: VectorCache, on_progress: Progress
) -> None:
    with open_record(settings) as record:
        write_files(target, plan, cache, record, on_progress)


def _check_opens(settings: IndexSettings, plan: Plan, version: Path) -> None:
    """Open a version as a server does, before anything names it as the one that counts, and search it for
    what is new in it. Raises IndexNotWritten."""
    try:
        with closing(open_version(version, settings, plan.embedder)) as opened:
            fresh = sorted(plan.editions.keys() - plan.taken_over)
            opened.check_found(fresh[:: max(1, len(fresh) // _LOOKED_UP)])
    except IndexDamaged as error:
        raise IndexNotWritten(
            "新建的索引打不开，所以没有启用；原有的文件和索引没有变，照常可用。请再试一次，"
            "仍不行请运行 policy-qa index verify。"
        ) from error


def _finished(settings: IndexSettings, plan: Plan) -> str:
    """The name of a whole version as planned, the one in use before others; empty where there is none."""
    in_use = name_in_use(settings.directory)
    names = {path.name for path in settings.directory.glob(f"v-{plan.fingerprint}*")}
    for name in sorted(names, key=lambda name: (name != in_use, name)):
        with suppress(IndexDamaged):
            manifest = whole_version(settings, settings.directory / name)
            if (manifest.fingerprint, manifest.catalog) == (plan.fingerprint, plan.catalog):
                return name
    return ""


def _named_collections(directory: Path) -> frozenset[str]:
    """The collections in Chroma that a version on disk names."""
    found: set[str] = set()
    for path in directory.glob("v-*"):
        with suppress(IndexDamaged):
            found |= read_manifest(path).collections.keys()
    return frozenset(found)
