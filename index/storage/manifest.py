"""The list of what an index version holds, and whether the files still agree with it.

Nothing in a version is written into once it is finished, so every file must be byte for byte what was
written. A file of the size and the time that it had then is taken for what it was; any other is hashed, and
`policy-qa index verify` hashes all. The originals are left out: no answer is made from them, and they are
checked by their own hashes.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

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


class FileMark(NamedTuple):
    """What a file of a version was when that was finished."""

    size: int
    """In bytes."""
    changed: int
    """The time of its last change, in nanoseconds since 1970."""
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """One index version: `editions` by `id@version`, `files` by path.

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
    files: Mapping[str, FileMark]

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
    described = {field.name: getattr(manifest, field.name) for field in fields(manifest)}
    described["editions"] = {key: asdict(held) for key, held in manifest.editions.items()}
    replace_file(version / MANIFEST, json.dumps(described, ensure_ascii=False).encode())


def read_manifest(version: Path) -> Manifest:
    """What `write_manifest` wrote. Raises IndexDamaged, also for a version that an older program wrote."""
    try:
        described = json.loads((version / MANIFEST).read_text(encoding="utf-8"))
        return Manifest(
            described["fingerprint"],
            described["recipe"],
            described["encoder"],
            described["record"],
            dict(described["catalog"]),
            {key: _held(each) for key, each in described["editions"].items()},
            {name: tuple(keys) for name, keys in described["segments"].items()},
            {name: FileMark(*mark) for name, mark in described["files"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamaged("索引清单读不出来，请运行 policy-qa index build 重建。") from error


def mark_file(path: Path) -> FileMark:
    """What a finished file is. Raises OSError."""
    found = path.stat()
    return FileMark(found.st_size, found.st_mtime_ns, _hash_of(path))


def check_files(version: Path, manifest: Manifest, thoroughly: bool = False) -> None:
    """Raise IndexDamaged where a file of `version` is missing or other than it was written; `thoroughly`,
    every one is hashed."""
    try:
        whole = all(_agrees(version / name, mark, thoroughly) for name, mark in manifest.files.items())
    except OSError as error:
        raise IndexDamaged("索引不完整或已损坏，请运行 policy-qa index build 重建。") from error
    if not whole:
        raise IndexDamaged("索引不完整或已损坏，请运行 policy-qa index build 重建。")


def _agrees(path: Path, mark: FileMark, thoroughly: bool) -> bool:
    found = path.stat()
    if (found.st_size, found.st_mtime_ns) == (mark.size, mark.changed) and not thoroughly:
        return True
    return found.st_size == mark.size and _hash_of(path) == mark.sha256


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _held(described: Mapping[str, Any]) -> HeldEdition:
    made = HeldEdition(**{**described, "sizes": tuple(described["sizes"])})
    if len(made.sizes) != len(COLLECTIONS):
        raise ValueError("sizes of other collections")
    return made
