import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest

from index.errors import IndexDamaged
from index.storage.manifest import (
    CHROMA,
    MANIFEST,
    ORIGINALS,
    alone,
    check_files,
    read_manifest,
    write_manifest,
)


@pytest.fixture
def version(tmp_path: Path) -> Path:
    """A finished version of a few small files."""
    for name in ("documents", CHROMA, ORIGINALS):
        (tmp_path / name).mkdir()
    (tmp_path / "documents" / "books.txt").write_text("免费办理借书证。", encoding="utf-8")
    (tmp_path / ORIGINALS / "books.txt").write_text("免费办理借书证。", encoding="utf-8")
    (tmp_path / CHROMA / "graph.bin").write_bytes(b"12345")
    with closing(sqlite3.connect(tmp_path / CHROMA / "chroma.sqlite3")) as database:
        database.execute("CREATE TABLE passages (text)")
    (tmp_path / CHROMA / "chroma.sqlite3-wal").touch()
    write_manifest(tmp_path, "f1", "r1", "模型", {"books@1": "s"}, {"books@1": "d"}, {"passages": 1})
    return tmp_path


def test_a_manifest_is_read_as_it_was_written(version: Path) -> None:
    manifest = read_manifest(version)
    assert (manifest.fingerprint, manifest.recipe, manifest.encoder) == ("f1", "r1", "模型")
    assert (manifest.catalog, manifest.editions) == ({"books@1": "s"}, {"books@1": "d"})
    assert manifest.counts == {"passages": 1}
    assert sorted(manifest.files) == [
        *(f"{CHROMA}/chroma.sqlite3", f"{CHROMA}/graph.bin", "documents/books.txt", "opening"),
    ]
    assert manifest.files[f"{CHROMA}/graph.bin"] == "5"


def test_what_was_written_agrees_with_its_manifest(version: Path) -> None:
    check_files(version, read_manifest(version))


def other_text(version: Path) -> None:
    (version / "documents" / "books.txt").write_text("收费办理借书证。", encoding="utf-8")


def no_text(version: Path) -> None:
    (version / "documents" / "books.txt").unlink()


def shorter_graph(version: Path) -> None:
    (version / CHROMA / "graph.bin").write_bytes(b"1234")


def broken_database(version: Path) -> None:
    path = version / CHROMA / "chroma.sqlite3"
    path.write_bytes(b"x" * path.stat().st_size)


@pytest.mark.parametrize("damage", [other_text, no_text, shorter_graph, broken_database])
def test_damage_is_found(version: Path, damage: Callable[[Path], None]) -> None:
    damage(version)
    with pytest.raises(IndexDamaged, match="index build"):
        check_files(version, read_manifest(version))


def test_what_chroma_and_others_may_change_is_no_damage(version: Path) -> None:
    (version / CHROMA / "graph.bin").write_bytes(b"rewritten")
    (version / ORIGINALS / "books.txt").unlink()
    (version / CHROMA / "chroma.sqlite3-wal").unlink()
    (version / "new").touch()
    check_files(version, read_manifest(version))


@pytest.mark.parametrize("content", [None, "", "{", "[]", "{}", json.dumps({"fingerprint": "f1"}), "null"])
def test_a_manifest_that_is_missing_or_broken_is_told(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / MANIFEST).write_text(content, encoding="utf-8")
    with pytest.raises(IndexDamaged, match="清单读不出来"):
        read_manifest(tmp_path)


def test_one_waits_while_another_is_alone(version: Path) -> None:
    entered: list[str] = []

    def enter() -> None:
        with alone(version):
            entered.append("second")

    other = Thread(target=enter)
    with alone(version):
        other.start()
        other.join(0.1)
        entered.append("first")
    other.join(10)
    assert entered == ["first", "second"]


def test_nobody_is_alone_in_a_version_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged), alone(tmp_path / "gone"):
        pass
