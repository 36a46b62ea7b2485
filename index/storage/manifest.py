"""The list of what an index version holds, and whether the files still agree with it.

Nothing in a version is written into once it is finished, so every file must be byte for byte what was
written. The originals are left out: no answer is made from them, and `policy-qa index verify` checks them by
their own hashes.
"""

import hashlib
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from index.errors import IndexDamaged
from index.storage.atomic_files import replace_file
from index.storage.catalog import Catalog
from index.storage.entries import COLLECTIONS

MANIFEST = "manifest.json"
ORIGINALS = "originals"
SEGMENTS = "segments"
_SETTLED_NS = 2_000_000_000
"""A file whose last change is younger may change once more without its time telling."""

_MOST_HASHED = 100_000


@dataclass(frozen=True, slots=True)
class HeldEdition:
    """What is known of one version of one document without reading it."""

    digest: str
    """Stands for all that it contributes (`index.build.content`)."""
    mark: str
    """Stands for the files that it is read from: the same mark gives the same digest."""
    shipped: bool
    title: str
    sha256: str
    """Of the original."""
    original: str
    """Where the version keeps that."""
    collection: str
    """What its collections in Chroma are called by."""
    sizes: tuple[int, ...]
    """How many entries it has in each of `COLLECTIONS`."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One index version: `editions` by `id@version`, `files` a hash by path.

    `catalog` is the one that the version answers for (index.storage.versions); `recipe` stands for how
    editions became an index (index.build.content).
    """

    fingerprint: str
    recipe: str
    encoder: str
    """Id of the model that made its vectors."""
    record: str
    """Where Chroma keeps its entries (`index.storage.chroma.record_of`)."""
    catalog: Catalog
    editions: Mapping[str, HeldEdition]
    segments: Mapping[str, tuple[str, ...]]
    """The editions that count in each segment, by the segment's name."""
    files: Mapping[str, str]

    @property
    def counts(self) -> dict[str, int]:
        """How much of each kind it holds."""
        totals = [sum(each) for each in zip(*(held.sizes for held in self.editions.values()), strict=True)]
        kinds = ("passages", "lay_questions", "claims", "open_questions")
        return {"documents": len(self.editions), **dict(zip(kinds, totals or [0] * len(kinds), strict=True))}

    @property
    def collections(self) -> dict[str, int]:
        """How many entries Chroma has in each collection."""
        return {
            f"{held.collection}-{name}": size
            for held in self.editions.values()
            for name, size in zip(COLLECTIONS, held.sizes, strict=True)
            if size
        }


def write_manifest(version: Path, manifest: Manifest) -> None:
    """Describe the finished directory `version`; written last, so that a half build has none."""
    described = asdict(manifest)
    replace_file(version / MANIFEST, json.dumps(described, ensure_ascii=False, indent=1).encode())


def read_manifest(version: Path) -> Manifest:
    """What `write_manifest` wrote. Raises IndexDamaged, also for a version that an older program wrote."""
    try:
        fields = json.loads((version / MANIFEST).read_text(encoding="utf-8"))
        return Manifest(
            fields["fingerprint"],
            fields["recipe"],
            fields["encoder"],
            fields["record"],
            dict(fields["catalog"]),
            {key: _held(each) for key, each in fields["editions"].items()},
            {name: tuple(keys) for name, keys in fields["segments"].items()},
            dict(fields["files"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamaged("索引清单读不出来，请运行 policy-qa index build 重建。") from error


def hash_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_files(version: Path, manifest: Manifest) -> None:
    """Raise IndexDamaged where a file of `version` is missing or other than it was written.

    A file that this process has hashed is not hashed again while it is the same one, unchanged.
    """
    try:
        whole = all(_checked_hash(version / name) == hashed for name, hashed in manifest.files.items())
    except OSError as error:
        raise IndexDamaged("索引不完整或已损坏，请运行 policy-qa index build 重建。") from error
    if not whole:
        raise IndexDamaged("索引不完整或已损坏，请运行 policy-qa index build 重建。")


_hashed: dict[tuple[int, ...], str] = {}
_lock = threading.Lock()


def _checked_hash(path: Path) -> str:
    found = path.stat()
    key = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)  # links move the change time
    with _lock:
        known = _hashed.get(key)
    if known is None:
        known = hash_of(path)
        if time.time_ns() - found.st_mtime_ns > _SETTLED_NS:
            with _lock:
                if len(_hashed) > _MOST_HASHED:
                    _hashed.clear()
                _hashed[key] = known
    return known


def _held(fields: Mapping[str, object]) -> HeldEdition:
    made = HeldEdition(**{**fields, "sizes": tuple(fields["sizes"])})  # type: ignore[arg-type]
    if len(made.sizes) != len(COLLECTIONS):
        raise ValueError("sizes of other collections")
    return made
