"""The list of what an index version holds, and whether the files still agree with it.

Chroma rewrites its own files when it opens them, so of these only the size is kept, and SQLite is
asked about its database; all others must be byte for byte what was written. The originals are left
out: no answer is made from them, and `policy-qa index verify` checks them by their own hashes.
"""

import fcntl
import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from index.errors import IndexDamaged
from index.storage.atomic_files import replace_file, sync_tree
from index.storage.catalog import Catalog

MANIFEST = "manifest.json"
CHROMA = "chroma"
ORIGINALS = "originals"
_OPENING = "opening"
_DATABASE = f"{CHROMA}/chroma.sqlite3"
_LASTING = "index_metadata.pickle"
"""Beside a graph that is loaded as it lies on disk."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One index version: `editions` map `id@version` to a digest, `files` a path to a hash or a size.

    `catalog` is the one that the version answers for (index.storage.versions); `recipe` stands for how
    editions became an index (index.build.content).
    """

    fingerprint: str
    recipe: str
    encoder: str
    """Id of the model that made its vectors."""
    catalog: Catalog
    editions: dict[str, str]
    counts: dict[str, int]
    files: dict[str, str]
    removed: int = 0
    """Entries that were taken out of its database since that was made."""


def write_manifest(
    version: Path,
    fingerprint: str,
    recipe: str,
    encoder: str,
    catalog: Catalog,
    editions: dict[str, str],
    counts: dict[str, int],
    removed: int = 0,
) -> None:
    """Describe the finished directory `version`; written last, so that a half build has none."""
    (version / _OPENING).touch()
    files = {name: _mark(version / name, name) for name in _names(version)}
    described = asdict(
        Manifest(fingerprint, recipe, encoder, dict(catalog), editions, counts, files, removed)
    )
    sync_tree(version)
    replace_file(version / MANIFEST, json.dumps(described, ensure_ascii=False, indent=1).encode())


def read_manifest(version: Path) -> Manifest:
    """What `write_manifest` wrote. Raises IndexDamaged."""
    try:
        fields = json.loads((version / MANIFEST).read_text(encoding="utf-8"))
        return Manifest(
            fields["fingerprint"],
            fields["recipe"],
            fields["encoder"],
            dict(fields["catalog"]),
            dict(fields["editions"]),
            dict(fields["counts"]),
            dict(fields["files"]),
            int(fields["removed"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamaged("索引清单读不出来，请运行 policy-qa index build 重建。") from error


@contextmanager
def alone(version: Path) -> Iterator[None]:
    """Wait for everybody else who checks or opens `version`. Raises IndexDamaged where it is gone.

    Chroma makes the graph of a small collection anew in its place when it loads it, and for a moment
    these files are empty.
    """
    try:
        file = (version / _OPENING).open("ab")
    except OSError as error:
        raise IndexDamaged("索引不完整或已损坏，请运行 policy-qa index build 重建。") from error
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def check_files(version: Path, manifest: Manifest) -> None:
    """Raise IndexDamaged where a file of `version` is missing, shorter or other than it was written.

    To be called `alone`.
    """
    try:
        whole = all(_agrees(version / name, name, mark) for name, mark in manifest.files.items())
        if whole and _DATABASE in manifest.files:
            with closing(sqlite3.connect(version / _DATABASE, timeout=30)) as connection:
                whole = connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except (OSError, ValueError, sqlite3.Error) as error:
        raise IndexDamaged("索引不完整或已损坏，请运行 policy-qa index build 重建。") from error
    if not whole:
        raise IndexDamaged("索引不完整或已损坏，请运行 policy-qa index build 重建。")


def _names(version: Path) -> list[str]:
    skipped = {version / MANIFEST, *(version / ORIGINALS).glob("*")}
    # a small graph is made anew, in place, by whoever loads it: half of one that was killed is no damage
    skipped |= {path for path in (version / CHROMA).glob("*/*") if not (path.parent / _LASTING).exists()}
    found = (path for path in version.rglob("*") if path.is_file() and path not in skipped)
    # SQLite's own side files come and go with each connection
    return sorted(
        path.relative_to(version).as_posix() for path in found if not path.name.startswith("chroma.sqlite3-")
    )


def _mark(path: Path, name: str) -> str:
    if name.startswith(f"{CHROMA}/"):
        return str(path.stat().st_size)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _agrees(path: Path, name: str, mark: str) -> bool:
    if name.startswith(f"{CHROMA}/"):
        return path.stat().st_size >= int(mark)
    return _mark(path, name) == mark
