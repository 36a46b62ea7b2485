"""The versions of an index on disk: which one is in use, who reads it, which may go.

    <directory>/
      CURRENT            name of the version in use, replaced in one step
      lock               held by the process that builds, adds or removes
      v-<fingerprint>/   one finished version; its manifest is written last (index.manifest)

A version answers for the catalog (index.catalog) that it was built with. Adding a document commits by
replacing the catalog and moves CURRENT after that; whoever opens the index between the two finds the
finished version of the new catalog by its manifest. A reader holds a shared lock on a file in its
version, so that the builder removes only what nobody reads.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from index.errors import AddedDocumentsDamaged, BuildInProgress, IndexDamaged, IndexMissing
from index.storage.atomic_files import replace_file
from index.storage.catalog import CATALOG, Catalog, read_catalog
from index.storage.manifest import MANIFEST, read_manifest

CURRENT = "CURRENT"
IN_USE = "in-use"
_GONE = "gone-"


@dataclass(frozen=True, slots=True)
class IndexLocation:
    """Where an index lives: its versions, and the collection whose catalog they answer for."""

    versions: Path
    collection: Path

    def catalog(self) -> Catalog | None:
        """The catalog; None where it cannot be read, and CURRENT alone decides."""
        try:
            return read_catalog(self.collection)
        except AddedDocumentsDamaged:
            return None

    def trace(self) -> tuple[object, ...]:
        """Changes whenever another version may have come into use; costs two look-ups in a directory."""
        return _stat(self.versions / CURRENT), _stat(self.collection / CATALOG)


class HeldVersion:
    """A version that stays on disk until this is closed or forgotten."""

    def __init__(self, path: Path, handle: int) -> None:
        self.path = path
        self._handle = handle

    def close(self) -> None:
        """Let the builder remove the version. May be called again."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def __del__(self) -> None:
        self.close()

    def is_at(self, path: Path) -> bool:
        """Whether this very version lies at `path` (one of that name may have been built anew)."""
        if self._handle < 0:
            return False
        try:
            there = (path / IN_USE).stat()
        except OSError:
            return False
        return os.path.samestat(there, os.fstat(self._handle))


def hold(version: Path) -> HeldVersion | None:
    """Keep `version` from being removed; None where it is gone already."""
    try:
        handle = os.open(version / IN_USE, os.O_RDONLY)
    except FileNotFoundError:
        return None
    held = HeldVersion(version, handle)
    fcntl.flock(handle, fcntl.LOCK_SH)
    return held if held.is_at(version) else None  # it may have gone before the lock was ours


def choose(place: IndexLocation) -> Path:
    """The version to open. Raises IndexMissing or IndexDamaged."""
    catalog = place.catalog()
    try:
        current: Path | None = _current(place.versions)
    except IndexMissing:
        current = None
    if current is not None and (catalog is None or read_manifest(current).catalog == catalog):
        return current
    fitting = [] if catalog is None else _complete(place.versions, catalog)
    if fitting:
        return max(fitting, key=lambda path: (path / MANIFEST).stat().st_mtime_ns)
    return current if current is not None else _current(place.versions)


def hold_chosen(place: IndexLocation) -> HeldVersion:
    """The version to open, kept. Raises IndexMissing or IndexDamaged."""
    while True:
        before = place.trace()
        try:
            version = choose(place)
            held = hold(version)
            if held is not None:
                return held
            if place.trace() == before:
                raise IndexDamaged("索引目录不完整，请运行 policy-qa index build 重建。")
        except (IndexMissing, IndexDamaged, FileNotFoundError):
            if place.trace() == before:  # else a builder was switching just then: look again
                raise


def name_in_use(directory: Path) -> str:
    """The name in CURRENT, empty where there is none."""
    with suppress(OSError):
        return (directory / CURRENT).read_text(encoding="utf-8").strip()
    return ""


def free_name(directory: Path, fingerprint: str) -> Path:
    """A directory of its own for a build: an older one of that name may be damaged, or in use."""
    target = directory / f"v-{fingerprint}"
    number = 2
    while target.exists():
        target = directory / f"v-{fingerprint}-{number}"
        number += 1
    return target


def switch(directory: Path, name: str) -> None:
    """Make `name` the version in use, in one step."""
    replace_file(directory / CURRENT, name.encode())


def drop_others(directory: Path, keep: str) -> None:
    """Remove every version but `keep` that nobody reads. Needs the build lock."""
    for path in directory.glob(f"{_GONE}*"):
        shutil.rmtree(path, ignore_errors=True)
    for path in directory.glob("v-*"):
        if path.name == keep:
            continue
        try:
            handle = os.open(path / IN_USE, os.O_RDONLY)
        except OSError:  # never finished
            shutil.rmtree(path, ignore_errors=True)
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            gone = directory / f"{_GONE}{path.name}"
            path.rename(gone)  # at once, so that nobody opens half of it
            shutil.rmtree(gone, ignore_errors=True)  # what stays goes with the next build
        except BlockingIOError:
            pass  # somebody reads it
        finally:
            os.close(handle)


@contextmanager
def build_lock(directory: Path) -> Iterator[None]:
    """Hold the build lock; the kernel frees it when the process dies, however it dies.

    Raises BuildInProgress.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BuildInProgress("另一个进程正在建立索引，请等它结束后再试。") from error
        yield


def _current(directory: Path) -> Path:
    try:
        name = (directory / CURRENT).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise IndexMissing("索引还没有建立，请先运行 policy-qa index build。") from error
    if not name or not (directory / name).is_dir():
        raise IndexDamaged("索引目录不完整，请运行 policy-qa index build 重建。")
    return directory / name


def _complete(directory: Path, catalog: Catalog) -> list[Path]:
    found = []
    for path in directory.glob("v-*"):
        with suppress(IndexDamaged):
            if read_manifest(path).catalog == catalog:
                found.append(path)
    return found


def _stat(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
