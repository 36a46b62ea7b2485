"""Conversations, keys and added documents in one archive, and back into an empty state folder.

The archive is a tar file that holds `manifest.json` first and then what the manifest names:
`database.sqlite`, a consistent copy that SQLite's own backup makes while others write, and `documents/…`. Who
called how often is not in it. The
index is not in it, since it is made from these; nor are the settings, which hold secrets.
"""

import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from assistant.errors import BackupRefused
from index.storage.atomic_files import sync, sync_tree
from index.storage.versions import build_lock

MANIFEST = "manifest.json"
DATABASE = "database.sqlite"
DOCUMENTS = "documents"
_FORMAT = 1
_MAX_MANIFEST = 64 * 1024 * 1024
_UNFINISHED = ".restoring"
_BROKEN_DATABASE = "数据库已损坏，没有继续；请换一份完好的备份恢复。"
_LOGS = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database."""
_OF_CALLERS = ("counters", "counting_keys")
_NO_CONTENT = frozenset({"lost+found"})
"""Names that an empty folder may hold: of a file system's own."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a backup: its name in the archive, its bytes, their SHA-256 in hexadecimal digits."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds."""

    created_at: datetime
    entries: tuple[Entry, ...]

    @property
    def database(self) -> bool:
        """Whether the database is in it, and not the documents alone."""
        return any(entry.name == DATABASE for entry in self.entries)

    @property
    def documents(self) -> int:
        """Number of files of added documents."""
        return sum(entry.name.startswith(f"{DOCUMENTS}/") for entry in self.entries)


def back_up(target: Path, database: Path | None, documents: Path, index: Path, now: datetime) -> Manifest:
    """Write a backup to `target`, for its owner's eyes alone; what it holds.

    `database`: SQLite's file, None to leave it out. `index`: the index's folder, whose build lock keeps the
    documents as they are meanwhile.
    Raises BackupRefused where `target` is there already or the database is not whole, BuildInProgress.
    """
    if target.exists() or target.is_symlink():
        raise BackupRefused(f"“{target}”已经存在，请换一个文件名，或先把它移走。")
    with (
        build_lock(index),
        tempfile.TemporaryDirectory(dir=target.absolute().parent, prefix=".backup-") as folder,
    ):
        work = Path(folder)  # its owner's alone
        files = {}
        if database is not None:
            files[DATABASE] = work / DATABASE
            _copy_database(database, files[DATABASE])
        for path in sorted(documents.rglob("*")):
            if path.is_file() and not path.is_symlink():
                files[f"{DOCUMENTS}/{path.relative_to(documents).as_posix()}"] = path
        manifest = Manifest(now, tuple(_entry(name, path) for name, path in files.items()))
        archive = work / "archive"
        archive.touch(mode=0o600)
        with archive.open("wb") as raw:
            _write(raw, manifest, files)
            raw.flush()
            os.fsync(raw.fileno())
        archive.rename(target)
    sync(target.absolute().parent)
    return manifest


def restore(source: Path, state: Path, database: Path | None) -> Manifest:
    """Put what the backup `source` holds into the empty folder `state`, which may be missing; what it holds.
    Nothing is there where this fails.

    `database`: where SQLite's file belongs, None where the settings name another kind of database.
    Raises BackupRefused where the archive is damaged or holds what it should not, where `state` is not empty,
    and where the archive's database has no place.
    """
    state.mkdir(parents=True, exist_ok=True)
    if any(path.name not in _NO_CONTENT for path in state.iterdir()):
        raise BackupRefused(f"“{state}”不是空的，恢复只能放进空的文件夹；请另设 POLICY_QA_STATE_DIR 再试。")
    for file in () if database is None else (database, *(Path(f"{database}{end}") for end in _LOGS)):
        if file.exists():  # a log of another database would be read into the restored one
            raise BackupRefused(f"数据库“{file}”已经存在，没有恢复；请先把它移走。")
    work = state / _UNFINISHED
    work.mkdir(mode=0o700)
    try:
        with _opened(source) as archive:
            manifest = _extract(archive, work)
        if manifest.database:
            if database is None:
                raise BackupRefused(
                    "备份里是 SQLite 数据库，而 POLICY_QA_DATABASE_URL 设的是别的数据库，"
                    "没有恢复；请去掉这项设置再试。"
                )
            _check_database(work / DATABASE)
            database.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(work / DATABASE, database)
            sync(database)
        if manifest.documents:
            (work / DOCUMENTS).rename(state / DOCUMENTS)
            sync_tree(state / DOCUMENTS)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    sync(state)
    return manifest


def _copy_database(source: Path, copy: Path) -> None:
    copy.touch(mode=0o600)
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True)) as opened,
            closing(sqlite3.connect(copy)) as into,
        ):
            opened.backup(into)  # in one step, of one moment; writers go on meanwhile
            into.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
            _forget_callers(into)
    except sqlite3.Error as error:
        raise BackupRefused("数据库读不出来，没有备份；请检查它的权限和磁盘。") from error
    _check_database(copy)


def _forget_callers(copy: sqlite3.Connection) -> None:
    """Leave out of a copy who called and how often, and the key that would tell who that was."""
    copy.execute("PRAGMA secure_delete=ON")
    for table in _OF_CALLERS:
        if copy.execute("SELECT 1 FROM sqlite_master WHERE type='table' AND name=?", [table]).fetchone():
            copy.execute(f"DELETE FROM {table}")  # noqa: S608 - a name of ours
    copy.commit()


def _check_database(file: Path) -> None:
    """Raises BackupRefused where SQLite finds the file broken."""
    try:
        with closing(sqlite3.connect(file)) as opened:
            found = opened.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as error:
        raise BackupRefused(_BROKEN_DATABASE) from error
    if found != ("ok",):
        raise BackupRefused(_BROKEN_DATABASE)


def _entry(name: str, path: Path) -> Entry:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Entry(name, path.stat().st_size, digest)


def _write(raw: IO[bytes], manifest: Manifest, files: dict[str, Path]) -> None:
    described = {
        "format": _FORMAT,
        "created_at": manifest.created_at.isoformat(),
        "entries": [asdict(entry) for entry in manifest.entries],
    }
    told = json.dumps(described, ensure_ascii=False, indent=1).encode()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(_member(MANIFEST, len(told), manifest.created_at), io.BytesIO(told))
        for entry in manifest.entries:
            with files[entry.name].open("rb") as file:
                archive.addfile(_member(entry.name, entry.size, manifest.created_at), file)


def _member(name: str, size: int, moment: datetime) -> tarfile.TarInfo:
    """A plain file of nobody in particular."""
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, int(moment.timestamp())
    return member


@contextmanager
def _opened(source: Path) -> Iterator[tarfile.TarFile]:
    """The archive; what is wrong with its form while it is read is a BackupRefused."""
    try:
        with tarfile.open(source, "r:") as archive:
            yield archive
    except (tarfile.TarError, ValueError, KeyError, TypeError) as error:
        raise _damaged() from error


def _extract(archive: tarfile.TarFile, work: Path) -> Manifest:
    """Lay each file that the manifest names below `work`, checked. Raises BackupRefused."""
    manifest = _read_manifest(archive)
    waiting = {entry.name: entry for entry in manifest.entries}
    if len(waiting) != len(manifest.entries):
        raise _damaged()
    while (member := archive.next()) is not None:
        entry = waiting.pop(member.name, None)
        if entry is None or member.type != tarfile.REGTYPE or member.size != entry.size:
            raise _damaged()
        archive.extract(member, work, set_attrs=False, filter="data")
        if _entry(entry.name, work / entry.name) != entry:
            raise _damaged()
        (work / entry.name).chmod(0o600)
    if waiting:
        raise _damaged()
    return manifest


def _read_manifest(archive: tarfile.TarFile) -> Manifest:
    first = archive.next()
    if first is None or first.name != MANIFEST or first.type != tarfile.REGTYPE or first.size > _MAX_MANIFEST:
        raise _damaged()
    file = archive.extractfile(first)
    told: Any = json.loads(file.read() if file else b"")
    if told["format"] != _FORMAT:
        raise BackupRefused("这个备份出自更新的版本，请先升级程序再恢复。")
    entries = tuple(Entry(**entry) for entry in told["entries"])
    if not all(_may_stand(entry.name) for entry in entries):
        raise _damaged()
    return Manifest(datetime.fromisoformat(told["created_at"]), entries)


def _may_stand(name: str) -> bool:
    """Whether a backup of ours can hold a file of this name."""
    path = PurePosixPath(name)
    below = len(path.parts) > 1 and path.parts[0] == DOCUMENTS and ".." not in path.parts
    return str(path) == name and (name == DATABASE or below)


def _damaged() -> BackupRefused:
    return BackupRefused("备份文件已损坏，或不是本程序做的备份，什么也没有恢复；请换一份备份。")
