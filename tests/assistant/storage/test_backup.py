"""Backups: whole while others write, back again byte for byte, and refused where anything about them is not
right."""

import hashlib
import io
import json
import sqlite3
import stat
import tarfile
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from assistant.cli.main import main
from assistant.errors import BackupRefused, BuildInProgress
from assistant.storage.backup import DATABASE, MANIFEST, back_up, restore
from assistant.storage.store import Store
from assistant.storage.tables import counters, counting_keys
from index.storage.versions import build_lock

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


class State:
    """A state folder with a database in WAL mode and two added documents."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "conversations.sqlite"
        self.documents = folder / "documents"
        original = self.documents / "notice" / "2024" / "original"
        original.mkdir(parents=True)
        (original / "通知 一.txt").write_text("关于校服的通知", encoding="utf-8")
        (self.documents / "catalog.json").write_text("{}")
        (folder / "index").mkdir()
        (folder / "index" / "big").write_bytes(b"x" * 1000)
        with closing(sqlite3.connect(self.database)) as opened, opened:
            opened.execute("PRAGMA journal_mode=WAL")
            opened.execute("CREATE TABLE pairs (first INTEGER, second INTEGER)")
            opened.execute("INSERT INTO pairs VALUES (1, 1)")

    def back_up(self, target: Path) -> Any:
        """A backup of it all."""
        return back_up(target, self.database, self.documents, self.folder / "index", NOW)

    def files(self) -> dict[str, bytes]:
        """What lies in `documents`."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in self.documents.rglob("*")
            if path.is_file()
        }


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path / "state")


def test_who_called_how_often_is_in_no_backup(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'c.sqlite'}")
    store.counters.count("address/240/60/203.0.113.77", 60)
    with store.database.connect() as connection:
        key = connection.execute(select(counting_keys.c.key)).scalar_one()
        name = connection.execute(select(counters.c.name)).scalar_one()
    target = tmp_path / "backup.tar"
    back_up(target, tmp_path / "c.sqlite", tmp_path / "documents", tmp_path / "index", NOW)
    store.close()
    held = target.read_bytes()
    assert key.encode() not in held
    assert name.encode() not in held
    assert b"counting_keys" in held


def _pairs(file: Path) -> list[tuple[int, int]]:
    with closing(sqlite3.connect(file)) as opened:
        return opened.execute("SELECT first, second FROM pairs").fetchall()


def test_a_backup_comes_back_as_it_was(state: State, tmp_path: Path) -> None:
    made = state.back_up(tmp_path / "b.tar")
    assert made.database
    assert made.documents == 2
    assert stat.S_IMODE((tmp_path / "b.tar").stat().st_mode) == 0o600
    again = tmp_path / "again"
    assert restore(tmp_path / "b.tar", again, again / "conversations.sqlite") == made
    assert _pairs(again / "conversations.sqlite") == [(1, 1)]
    assert stat.S_IMODE((again / "conversations.sqlite").stat().st_mode) == 0o600
    assert {name: (again / name).read_bytes() for name in state.files()} == state.files()
    assert {path.name for path in again.iterdir()} == {"conversations.sqlite", "documents"}


def test_the_archive_holds_a_manifest_and_what_it_names_and_nothing_else(
    state: State, tmp_path: Path
) -> None:
    (state.documents / "link").symlink_to("/etc/hostname")
    state.back_up(tmp_path / "b.tar")
    with tarfile.open(tmp_path / "b.tar") as archive:
        names = archive.getnames()
        told = json.loads(archive.extractfile(MANIFEST).read())  # type: ignore[union-attr]
        for entry in told["entries"]:
            data = archive.extractfile(entry["name"]).read()  # type: ignore[union-attr]
            assert (len(data), hashlib.sha256(data).hexdigest()) == (entry["size"], entry["sha256"])
        assert all(member.isreg() and member.mode == 0o600 for member in archive)
    assert names == [MANIFEST, *(entry["name"] for entry in told["entries"])]
    assert names[1:] == [DATABASE, "documents/catalog.json", "documents/notice/2024/original/通知 一.txt"]
    assert {path.name for path in tmp_path.iterdir()} == {"state", "b.tar"}, "nothing is left beside it"


def test_a_backup_under_writes_is_of_one_moment(state: State, tmp_path: Path) -> None:
    stop, written = threading.Event(), 0

    def write() -> None:
        nonlocal written
        with closing(sqlite3.connect(state.database, timeout=30)) as opened:
            while not stop.is_set():
                with opened:  # both or none
                    opened.execute("INSERT INTO pairs VALUES (?, 0)", (written,))
                    opened.execute("UPDATE pairs SET second = first WHERE second = 0")
                written += 1

    writers = threading.Thread(target=write)
    writers.start()
    try:
        before = []
        for number in range(5):
            before.append(written)
            state.back_up(tmp_path / f"{number}.tar")
    finally:
        stop.set()
        writers.join()
    assert before[-1] > before[0], "they went on writing"
    for number, least in enumerate(before):
        again = tmp_path / f"again{number}"
        restore(tmp_path / f"{number}.tar", again, again / "d.sqlite")
        pairs = _pairs(again / "d.sqlite")
        assert all(first == second for first, second in pairs)
        assert len(pairs) >= least, "all that was committed before it began"


def test_a_backup_takes_no_others_place_and_waits_for_no_build(state: State, tmp_path: Path) -> None:
    (tmp_path / "b.tar").write_text("mine")
    with pytest.raises(BackupRefused, match="已经存在"):
        state.back_up(tmp_path / "b.tar")
    assert (tmp_path / "b.tar").read_text() == "mine"
    with build_lock(state.folder / "index"), pytest.raises(BuildInProgress):
        state.back_up(tmp_path / "c.tar")
    assert not (tmp_path / "c.tar").exists()


def test_a_broken_database_is_told_when_it_is_backed_up(state: State, tmp_path: Path) -> None:
    state.database.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    with pytest.raises(BackupRefused):
        state.back_up(tmp_path / "b.tar")
    assert not (tmp_path / "b.tar").exists()


@pytest.mark.parametrize("held", ["conversations.sqlite", "documents/x", ".hidden"])
def test_nothing_is_restored_over_anything(state: State, tmp_path: Path, held: str) -> None:
    state.back_up(tmp_path / "b.tar")
    there = tmp_path / "there"
    (there / held).parent.mkdir(parents=True)
    (there / held).write_text("mine")
    with pytest.raises(BackupRefused, match="不是空的"):
        restore(tmp_path / "b.tar", there, there / "d.sqlite")
    assert [path for path in there.rglob("*") if path.is_file()] == [there / held]
    elsewhere = tmp_path / "taken.sqlite"
    elsewhere.write_text("mine")
    with pytest.raises(BackupRefused, match="已经存在"):
        restore(tmp_path / "b.tar", tmp_path / "new", elsewhere)
    assert elsewhere.read_text() == "mine"
    elsewhere.rename(f"{elsewhere}-wal")
    with pytest.raises(BackupRefused, match=r"taken\.sqlite-wal”已经存在"):
        restore(tmp_path / "b.tar", tmp_path / "new", elsewhere)


def test_a_fresh_file_systems_own_folder_is_no_content(state: State, tmp_path: Path) -> None:
    state.back_up(tmp_path / "b.tar")
    (tmp_path / "volume" / "lost+found").mkdir(parents=True)
    restore(tmp_path / "b.tar", tmp_path / "volume", tmp_path / "volume" / "d.sqlite")
    assert (tmp_path / "volume" / "documents" / "catalog.json").is_file()


def _named(*files: tuple[str, bytes]) -> list[dict[str, Any]]:
    return [
        {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in files
    ]


def _packed(*files: tuple[str, bytes] | tarfile.TarInfo, entries: Any = None, form: int = 1) -> bytes:
    """An archive of `files` under a manifest that names them, or holds `entries`."""
    named = [
        {"name": file[0], "size": len(file[1]), "sha256": hashlib.sha256(file[1]).hexdigest()}
        for file in files
        if isinstance(file, tuple)
    ]
    manifest = {
        "format": form,
        "created_at": NOW.isoformat(),
        "entries": named if entries is None else entries,
    }
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for file in ((MANIFEST, json.dumps(manifest).encode()), *files):
            if isinstance(file, tuple):
                member = tarfile.TarInfo(file[0])
                member.size = len(file[1])
                archive.addfile(member, io.BytesIO(file[1]))
            else:
                archive.addfile(file)
    return out.getvalue()


def _special(name: str, kind: bytes, target: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


_X, _Y, _NOTHING = ("documents/x", b"text"), ("documents/y", b"y" * 4000), ("documents/x", b"")
HOSTILE: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "no archive": lambda: b"conversations" * 1000,
    "an archive of something else": lambda: _packed()[512:],
    "no entries": lambda: _packed(_X, entries={"name": 1}),
    "entries of another shape": lambda: _packed(_X, entries=[{"name": "documents/x"}]),
    "cut off": lambda: _packed(_X, _Y)[:-12000],
    "a file missing": lambda: _packed(_X, entries=_named(_X, _Y)),
    "a file too many": lambda: _packed(_X, _Y, entries=_named(_X)),
    "a file twice": lambda: _packed(_X, _X),
    "another content": lambda: _packed(_X, entries=_named(("documents/x", b"texT"))),
    "another size": lambda: _packed(_X, entries=_named(("documents/x", b"texts"))),
    "out of the folder": lambda: _packed(("documents/../../escaped", b"x")),
    "an absolute path": lambda: _packed(("/escaped", b"x")),
    "beside the documents": lambda: _packed(("index/CURRENT", b"x")),
    "the documents themselves": lambda: _packed(("documents", b"x")),
    "another spelling": lambda: _packed(("documents//x", b"x")),
    "a link": lambda: _packed(_special("documents/x", tarfile.SYMTYPE, "/etc"), entries=_named(_NOTHING)),
    "a hard link": lambda: _packed(
        _Y, _special("documents/x", tarfile.LNKTYPE, "documents/y"), entries=_named(_Y, _NOTHING)
    ),
    "a device": lambda: _packed(_special("documents/x", tarfile.CHRTYPE, ""), entries=_named(_NOTHING)),
    "a broken database": lambda: _packed((DATABASE, b"SQLite format 3\0" + b"\xff" * 5000)),
    "of a later program": lambda: _packed(_X, form=2),
}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_an_archive_that_is_not_right_leaves_nothing(tmp_path: Path, hostile: str) -> None:
    (tmp_path / "b.tar").write_bytes(HOSTILE[hostile]())
    there = tmp_path / "deep" / "there"
    with pytest.raises(BackupRefused) as refused:
        restore(tmp_path / "b.tar", there, there / "d.sqlite")
    assert "备份" in refused.value.message or "数据库" in refused.value.message
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / "b.tar"]
    assert not list(there.iterdir())


def test_any_byte_that_is_turned_is_noticed_or_of_no_weight(state: State, tmp_path: Path) -> None:
    state.back_up(tmp_path / "b.tar")
    whole = (tmp_path / "b.tar").read_bytes()
    wanted = state.files()
    for place in range(0, len(whole), 509):
        (tmp_path / "t.tar").write_bytes(whole[:place] + bytes([whole[place] ^ 0x41]) + whole[place + 1 :])
        there = tmp_path / f"there{place}"
        try:
            restore(tmp_path / "t.tar", there, there / "d.sqlite")
        except BackupRefused:
            assert not list(there.iterdir())
        else:
            assert {name: (there / name).read_bytes() for name in wanted} == wanted
            assert _pairs(there / "d.sqlite") == [(1, 1)]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., int]:
    """Runs a command over a state folder, with further settings."""
    from assistant.settings import load_settings

    def run(*arguments: str, state: Path, **settings: str) -> int:
        monkeypatch.setenv("POLICY_QA_STATE_DIR", str(state))
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        load_settings.cache_clear()
        try:
            return main(list(arguments))
        finally:
            load_settings.cache_clear()
            for name in settings:
                monkeypatch.delenv(name)

    return run


def test_postgresql_is_left_to_its_own_tool(
    told: Callable[..., int], state: State, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(tmp_path / "b.tar")
    url = {"POLICY_QA_DATABASE_URL": "postgresql+psycopg://policy:secret@127.0.0.1:9/policy"}
    assert told("backup", file, state=state.folder, **url) == 1
    said = capsys.readouterr().err
    assert "pg_dump" in said
    assert "secret" not in said
    assert told("backup", file, "--documents-only", state=state.folder, **url) == 0
    assert told("restore", file, state=tmp_path / "again", **url) == 0
    assert not list((tmp_path / "again").glob("*.sqlite"))
    assert (tmp_path / "again" / "documents" / "catalog.json").is_file()
    state.back_up(tmp_path / "with.tar")
    assert told("restore", str(tmp_path / "with.tar"), state=tmp_path / "third", **url) == 1
    assert not list((tmp_path / "third").iterdir())
