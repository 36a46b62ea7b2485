"""The list of what an index version holds, and whether the files still agree with it.

Nothing in a version is written into once it is finished, so every file must be byte for byte what was
written. A file of the size and the time that it had then is taken for what it was; any other is hashed, and
`policy-qa index verify` hashes all. The originals are left out: no answer is made from them, and they are
checked by their own hashes.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

from index.errors import IndexDamaged
from index.storage.atomic_files import replace_file
from index.storage.catalog import Catalog
from index.storage.entries import COLLECTIONS

MANIFEST = "manifest.json"
ORIGINALS = "originals"
SEGMENTS = "segments"
_PART = 1 << 20


class FileMark(NamedTuple):
    """What a file, or several as one, was when it was finished."""

    size: int
    """In bytes."""
    changed: int
    """The time of the last change, in nanoseconds since 1970."""
    sha256: str


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
    graph: FileMark
    """The files of its graphs in Chroma, which nobody writes into; of none, where that is a server."""


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

    @property
    def graphs(self) -> dict[str, FileMark]:
        """The files of its graphs in Chroma, by what the collections of an edition are called by."""
        return {held.collection: held.graph for held in self.editions.values()}


def write_manifest(version: Path, manifest: Manifest) -> None:
    """Describe the finished directory `version`; written last, so that a half build has none."""
    described = {field.name: getattr(manifest, field.name) for field in fields(manifest)}
    described["editions"] = {key: _described(held) for key, held in manifest.editions.items()}
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


def mark_files(paths: Sequence[Path]) -> FileMark:
    """What finished files are, taken as one. Raises OSError."""
    found = [path.stat() for path in paths]
    changed = max((each.st_mtime_ns for each in found), default=0)
    return FileMark(sum(each.st_size for each in found), changed, _hash_of(paths))


def agree(paths: Sequence[Path], mark: FileMark, thoroughly: bool = False) -> bool:
    """Whether files, taken as one, are what they were: of that size and time, or, where these say otherwise
    and if `thoroughly` is asked for, of that hash. Raises OSError."""
    found = [path.stat() for path in paths]
    size, changed = sum(each.st_size for each in found), max((each.st_mtime_ns for each in found), default=0)
    if (size, changed) == (mark.size, mark.changed) and not thoroughly:
        return True
    return size == mark.size and _hash_of(paths) == mark.sha256


def check_files(version: Path, manifest: Manifest, thoroughly: bool = False) -> None:
    """Raise IndexDamaged where a file of `version` is missing or other than it was written; `thoroughly`,
    every one is hashed."""
    try:
        whole = all(agree([version / name], mark, thoroughly) for name, mark in manifest.files.items())
    except OSError as error:
        raise IndexDamaged("索引不完整或已损坏，请运行 policy-qa index build 重建。") from error
    if not whole:
        raise IndexDamaged("索引不完整或已损坏，请运行 policy-qa index build 重建。")


def _hash_of(paths: Sequence[Path]) -> str:
    found = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while part := file.read(_PART):
                found.update(part)
    return found.hexdigest()


def _described(held: HeldEdition) -> dict[str, Any]:
    return {field.name: getattr(held, field.name) for field in fields(held)}


def _held(described: Mapping[str, Any]) -> HeldEdition:
    sizes, graph = tuple(described["sizes"]), FileMark(*described["graph"])
    made = HeldEdition(**{**described, "sizes": sizes, "graph": graph})
    if len(made.sizes) != len(COLLECTIONS):
        raise ValueError("sizes of other collections")
    return made
