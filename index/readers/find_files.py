"""Which files someone means: single ones, those in a folder, and the descriptions beside them."""

import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from index.errors import DocumentError, InvalidMetadata
from index.readers.formats import SUFFIXES, read_source, safe_name

_MAX_SIDECAR = 1024 * 1024
_SIDECAR = ".toml"


class Source(Protocol):
    """Something to be added."""

    @property
    def name(self) -> str:
        """As it is shown."""

    @property
    def file_name(self) -> str:
        """As its file is called, `safe_name`."""

    def data(self) -> bytes:
        """Its bytes. Raises DocumentError and its kinds."""

    def said(self) -> Mapping[str, object]:
        """What somebody says of it beside the text: the fields of a description. Raises InvalidMetadata."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to be added, and its name as it is shown: below a folder with the way to it."""

    path: Path
    name: str

    @property
    def file_name(self) -> str:
        """As the file is called."""
        return safe_name(self.path.name)

    def data(self) -> bytes:
        """What the file holds. Raises DocumentError and its kinds."""
        return read_source(self.path)

    def said(self) -> Mapping[str, object]:
        """The description beside it. Raises InvalidMetadata."""
        return read_sidecar(self.path)


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file that somebody hands over: its bytes, its name, and what they say of it."""

    content: bytes = field(repr=False)
    file_name: str
    fields: Mapping[str, object]

    @property
    def name(self) -> str:
        """As it is shown."""
        return self.file_name

    def data(self) -> bytes:
        """What the file holds."""
        return self.content

    def said(self) -> Mapping[str, object]:
        """What is said of it."""
        return self.fields


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was not added, and why, with what to do."""

    name: str
    reason: str
    error: DocumentError | None = field(default=None, compare=False)
    """The error that says so, where a file could be tried."""


def find_sources(paths: Sequence[Path]) -> tuple[tuple[SourceFile, ...], tuple[Refusal, ...]]:
    """The files that `paths` mean, folders searched to the bottom; and what is no document.

    In a folder only files of known kinds count. A TOML file is the description of the document of its
    name and no document itself.
    """
    found: dict[Path, SourceFile] = {}
    descriptions: list[Path] = []
    refused: list[Refusal] = []
    for path in paths:
        if path.is_dir():
            below = list(_below(path, refused))
            found.update((source.path.absolute(), source) for source in below)
            if not below:
                kinds = "、".join(sorted(SUFFIXES))
                reason = f"文件夹里没有能收录的文件，请放入这些格式的文件后再试：{kinds}。"
                refused.append(Refusal(_shown(path), reason))
        elif path.suffix.lower() == _SIDECAR and path.is_file():
            descriptions.append(path)
        else:
            found[path.absolute()] = SourceFile(path, _shown(path))
    described = {sidecar for path in found for sidecar in _sidecars(path)}
    for path in descriptions:
        if path.absolute() not in described:
            reason = "这是说明文件，不是文件本身，请添加它所说明的文件。"
            refused.append(Refusal(_shown(path), reason))
    return tuple(found.values()), tuple(refused)


def read_sidecar(path: Path) -> Mapping[str, object]:
    """The description beside the file at `path` (`x.md.toml`, else `x.toml`); empty without one.

    Raises InvalidMetadata.
    """
    found = (sidecar for sidecar in _sidecars(path) if sidecar.is_file())
    return next(map(read_description, found), {})


def read_description(path: Path) -> Mapping[str, object]:
    """The fields of a description (TOML). Raises InvalidMetadata."""
    try:
        if path.stat().st_size > _MAX_SIDECAR:
            raise InvalidMetadata(f"说明文件“{_shown(path)}”太大，请只写文件的题目、日期等信息。")
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidMetadata(
            f"说明文件“{_shown(path)}”读不出来，请检查它的 TOML 格式和 UTF-8 编码。"
        ) from error


def _sidecars(path: Path) -> tuple[Path, Path]:
    return path.with_name(f"{path.name}{_SIDECAR}"), path.with_name(f"{path.stem}{_SIDECAR}")


def _below(folder: Path, refused: list[Refusal]) -> Iterator[SourceFile]:
    def tell(error: OSError) -> None:
        refused.append(Refusal(_shown(Path(error.filename)), "这个文件夹打不开，请检查权限后再试。"))

    for home, folders, names in os.walk(folder, onerror=tell):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            # editors and office programs keep their own files beside a document
            if name.startswith((".", "~$")) or Path(name).suffix.lower() not in SUFFIXES:
                continue
            path = Path(home, name)
            way = path.relative_to(folder).parts
            yield SourceFile(path, "/".join(safe_name(part) for part in way))


def _shown(path: Path) -> str:
    return safe_name(path.absolute().name)
