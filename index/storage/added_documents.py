"""The documents that users added, kept for good outside the index.

    <directory>/
      catalog.json              the documents that count (index.catalog)
      <id>/<version>/
        original/<name>         the file as it came
        text.txt                its stored text
        document.json           its description, and what is needed to make both anew
      .old-<id>@<version>/      an entry that is being replaced, until the catalog names the new one

An entry never changes once the catalog names it, but for `text.txt` and `document.json`, which are
made anew from the original when a reader has improved or when they are damaged; and as a whole, where
somebody replaces it.
"""

import hashlib
import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from index.errors import AddedDocumentsDamaged, DamagedDocument, DocumentError, InvalidMetadata
from index.readers.document import READER_VERSIONS, read_document
from index.readers.file_checks import safe_name
from index.schema import Document
from index.storage.atomic_files import replace_file, sync, sync_tree
from index.storage.catalog import Catalog, read_catalog, write_catalog
from index.storage.document_files import (
    decode_text,
    dump_fields,
    encode_text,
    key_of,
    load_fields,
    make_document,
)

_NEW = ".new-"
_OLD = ".old-"
_DAY = "$day"
_ID = re.compile(r"[0-9a-z](?:[0-9a-z.-]{0,158}[0-9a-z])?")
_VERSION = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z.-]{0,38}[0-9A-Za-z])?")


@dataclass(frozen=True, slots=True)
class AddedDocument:
    """One added document and the file it came from."""

    document: Document
    original: Path
    sidecar: Mapping[str, object]
    fresh: bool = False
    """It was read again from the original: what the entry keeps is of an older reader, or damaged."""


class AddedDocuments:
    """The added documents below one directory. Writing needs the index's build lock."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def catalog(self) -> Catalog:
        """What counts. Raises AddedDocumentsDamaged."""
        return read_catalog(self.directory)

    def load(self, catalog: Catalog) -> tuple[AddedDocument, ...]:
        """The documents that `catalog` names, by id and version. Raises AddedDocumentsDamaged."""
        return tuple(self._load(key) for key in sorted(catalog))

    def prepare(self) -> Catalog:
        """Sweep away what the catalog does not name, so that entries can be written; the catalog.

        Raises AddedDocumentsDamaged, and then sweeps nothing.
        """
        catalog = self.catalog()
        if not catalog:
            write_catalog(self.directory, catalog)  # from now on a missing catalog is a lost one
        self.sweep()
        return catalog

    def sweep(self) -> None:
        """Remove every entry that the catalog does not name, and of two for one key the one that it does not.
        Raises AddedDocumentsDamaged instead."""
        catalog = self.catalog()
        for path in self.directory.glob(f"{_OLD}*"):
            self._settle(path.name.removeprefix(_OLD), catalog)
        for path in self.directory.iterdir():
            if path.name.startswith(_NEW):
                shutil.rmtree(path, ignore_errors=True)
            elif path.is_dir():
                versions = list(path.iterdir())
                gone = [each for each in versions if f"{path.name}@{each.name}" not in catalog]
                for version in gone:
                    shutil.rmtree(version, ignore_errors=True)
                if len(gone) == len(versions):
                    with suppress(OSError):  # not empty, since something could not be removed
                        path.rmdir()

    def write(self, document: Document, data: bytes, sidecar: Mapping[str, object]) -> str:
        """Write an entry, which counts once a catalog names it; the stamp to name it with.

        One that is there already is put aside, and comes back unless the new one is committed.
        Raises InvalidMetadata where its id or version cannot be a name.
        """
        check_key(document)
        home = self.directory / f"{_NEW}{key_of(document)}"
        target = self._place(key_of(document))
        (home / "original").mkdir(parents=True)
        original = home / "original" / safe_name(document.source_name)
        original.write_bytes(data)
        original.chmod(0o444)
        text = encode_text(document.text)
        (home / "text.txt").write_bytes(text)
        described = _describe(document, text, sidecar)
        (home / "document.json").write_bytes(described)
        sync_tree(home)
        target.parent.mkdir(exist_ok=True)
        if target.exists():
            target.replace(self._aside(key_of(document)))
        home.replace(target)
        sync(target.parent)
        return _stamp(described)

    def keep(self, added: AddedDocument) -> None:
        """Keep what was read again from the original, so that it is read once only."""
        self._settle(key_of(added.document), self.catalog())
        home = self._home(key_of(added.document))
        text = encode_text(added.document.text)
        replace_file(home / "text.txt", text)
        replace_file(home / "document.json", _describe(added.document, text, added.sidecar))

    def commit(self, catalog: Catalog) -> None:
        """Make `catalog` the one that counts."""
        write_catalog(self.directory, catalog)

    def original(self, key: str) -> Path:
        """The file that the document came from. Raises AddedDocumentsDamaged."""
        with suppress(OSError, StopIteration):
            return next((self._home(key) / "original").iterdir())
        raise AddedDocumentsDamaged(
            f"已添加的文件 {key} 的原件不见了，请运行 policy-qa index verify 检查并修复。"
        )

    def described(self, key: str) -> Document | None:
        """The document as its entry keeps it, of whatever reader; None where text or description broke."""
        return self._kept(key)[0]

    def forget_text(self, key: str) -> None:
        """Have the text read again from the original the next time."""
        (self._home(key) / "text.txt").unlink(missing_ok=True)

    def restore(self, key: str, document: Document, data: bytes) -> None:
        """Put an original back whose bytes are known to be the right ones."""
        home = self._home(key) / "original"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        original = home / safe_name(document.source_name)
        replace_file(original, data)
        original.chmod(0o444)

    def _home(self, key: str) -> Path:
        """Where the entry lies: for a moment of its replacement it lies aside."""
        place, aside = self._place(key), self._aside(key)
        return aside if not place.exists() and aside.exists() else place

    def _place(self, key: str) -> Path:
        identifier, _, version = key.partition("@")
        return self.directory / identifier / version

    def _aside(self, key: str) -> Path:
        return self.directory / f"{_OLD}{key}"

    def _settle(self, key: str, catalog: Catalog) -> None:
        """End the replacement of an entry: the new one stays where `catalog` names it, else the old one."""
        place, aside = self._place(key), self._aside(key)
        if not aside.exists():
            return
        described = place / "document.json"
        if key in catalog and not (described.exists() and _stamp(described.read_bytes()) == catalog[key]):
            shutil.rmtree(place, ignore_errors=True)
            place.parent.mkdir(exist_ok=True)
            aside.replace(place)
        else:
            shutil.rmtree(aside, ignore_errors=True)

    def _kept(self, key: str) -> tuple[Document | None, dict[str, Any]]:
        """The document of an entry, if text and description are whole, and the description's fields."""
        home = self._home(key)
        described: dict[str, Any] = {}
        with suppress(OSError, ValueError, KeyError, TypeError):
            described = load_fields((home / "document.json").read_bytes(), _revive)
            data = (home / "text.txt").read_bytes()
            if described["text_sha256"] == _digest(data):
                return make_document(described, decode_text(data)), described
        return None, described

    def _load(self, key: str) -> AddedDocument:
        kept, described = self._kept(key)
        sidecar = described.get("sidecar", {})
        if kept is not None and described.get("reading") == READER_VERSIONS:
            return AddedDocument(kept, self.original(key), sidecar)
        try:
            return AddedDocument(
                self._read_again(key, kept, sidecar), self.original(key), sidecar, fresh=True
            )
        except (DocumentError, AddedDocumentsDamaged, OSError) as error:
            if kept is not None:  # of an older reader, but whole
                return AddedDocument(kept, self.original(key), sidecar)
            raise AddedDocumentsDamaged(
                f"已添加的文件 {key} 损坏了，请运行 policy-qa index verify 检查并修复。"
            ) from error

    def _read_again(self, key: str, kept: Document | None, sidecar: Mapping[str, object]) -> Document:
        """The document of `key` from its original; what it says of itself, but for its key, may change."""
        original = self.original(key)
        identifier, _, version = key.partition("@")
        data = original.read_bytes()
        if kept is not None and kept.sha256 != _digest(data):
            raise DamagedDocument(f"{original.name} 与收录时不同。")
        name = kept.source_name if kept is not None else original.name
        document = read_document(data, name, {**sidecar, "id": identifier, "version": version})
        return replace(document, id=identifier, version=version)


def check_key(document: Document) -> None:
    """Raise InvalidMetadata where the id or the version could not stand in links and file names."""
    if not _ID.fullmatch(document.id) or ".." in document.id:
        raise InvalidMetadata(f"文件编号“{document.id[:60]}”只能用小写字母、数字、点和连字符，请改正。")
    if not _VERSION.fullmatch(document.version) or ".." in document.version:
        raise InvalidMetadata(f"版本“{document.version[:60]}”只能用字母、数字、点和连字符，请改正。")


def _describe(document: Document, text: bytes, sidecar: Mapping[str, object]) -> bytes:
    return dump_fields(document, text_sha256=_digest(text), reading=READER_VERSIONS, sidecar=_freeze(sidecar))


def _stamp(described: bytes) -> str:
    """What a catalog names an entry with, as it was written."""
    return _digest(described)[:20]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _freeze(value: object) -> object:
    """TOML values as JSON ones; days keep their kind."""
    match value:
        case Mapping():
            return {str(key): _freeze(item) for key, item in value.items()}
        case list() | tuple():
            return [_freeze(item) for item in value]
        case date() if not isinstance(value, datetime):
            return {_DAY: value.isoformat()}
    return value


def _revive(value: dict[str, Any]) -> Any:
    return date.fromisoformat(value[_DAY]) if value.keys() == {_DAY} else value
