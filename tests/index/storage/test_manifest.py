import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from index.errors import IndexDamaged
from index.storage.manifest import (
    MANIFEST,
    ORIGINALS,
    HeldEdition,
    Manifest,
    check_files,
    mark_files,
    read_manifest,
    write_manifest,
)

BOOKS = HeldEdition(
    "d", "m", False, "办法", "0" * 64, f"{ORIGINALS}/books.txt", "policy-qa-1", (3, 2, 0, 1), mark_files(())
)
TEXT = "documents/books.txt"


@pytest.fixture
def version(tmp_path: Path) -> Path:
    """A finished version of a few small files."""
    for name in ("documents", ORIGINALS):
        (tmp_path / name).mkdir()
        (tmp_path / name / "books.txt").write_text("免费办理借书证。", encoding="utf-8")
    files = {TEXT: mark_files([tmp_path / TEXT])}
    segments = {"f1-1": ("books@1",)}
    described = Manifest("f1", "r1", "模型", "chroma", {"books@1": "s"}, {"books@1": BOOKS}, segments, files)
    write_manifest(tmp_path, described)
    return tmp_path


def test_a_manifest_is_read_as_it_was_written(version: Path) -> None:
    manifest = read_manifest(version)
    assert (manifest.fingerprint, manifest.recipe, manifest.encoder) == ("f1", "r1", "模型")
    assert (manifest.catalog, manifest.editions) == ({"books@1": "s"}, {"books@1": BOOKS})
    assert manifest.segments == {"f1-1": ("books@1",)}
    assert list(manifest.files) == [TEXT]


def test_a_manifest_counts_what_its_editions_have(version: Path) -> None:
    manifest = read_manifest(version)
    assert manifest.counts == {
        **{"documents": 1, "passages": 3},
        **{"lay_questions": 2, "claims": 0, "open_questions": 1},
    }
    assert manifest.collections == {
        "policy-qa-1-passages": 3,
        "policy-qa-1-questions": 2,
        "policy-qa-1-open": 1,
    }
    empty = Manifest("f", "r", "m", "chroma", {}, {}, {}, {})
    assert set(empty.counts.values()) == {0}


def test_what_was_written_agrees_with_its_manifest(version: Path) -> None:
    check_files(version, read_manifest(version))


def other_text(version: Path) -> None:
    (version / TEXT).write_text("收费办理借书证。", encoding="utf-8")  # of the same length


def no_text(version: Path) -> None:
    (version / TEXT).unlink()


@pytest.mark.parametrize("damage", [other_text, no_text])
@pytest.mark.parametrize("thoroughly", [False, True])
def test_damage_is_found(version: Path, damage: Callable[[Path], None], thoroughly: bool) -> None:
    damage(version)
    with pytest.raises(IndexDamaged, match="index build"):
        check_files(version, read_manifest(version), thoroughly)


def test_a_file_that_only_its_hash_betrays_is_found_by_looking_thoroughly(version: Path) -> None:
    before = (version / TEXT).stat()
    other_text(version)
    os.utime(version / TEXT, ns=(before.st_atime_ns, before.st_mtime_ns))
    check_files(version, read_manifest(version))
    with pytest.raises(IndexDamaged):
        check_files(version, read_manifest(version), thoroughly=True)


def test_a_file_that_was_copied_is_the_same(version: Path) -> None:
    os.utime(version / TEXT, (0, 0))
    check_files(version, read_manifest(version))


def test_what_is_lost_of_the_originals_or_added_by_others_is_no_damage(version: Path) -> None:
    (version / ORIGINALS / "books.txt").unlink()
    (version / "new").touch()
    check_files(version, read_manifest(version))


@pytest.mark.parametrize("content", [None, "", "{", "[]", "{}", json.dumps({"fingerprint": "f1"}), "null"])
def test_a_manifest_that_is_missing_or_broken_is_told(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / MANIFEST).write_text(content, encoding="utf-8")
    with pytest.raises(IndexDamaged, match="清单读不出来"):
        read_manifest(tmp_path)


@pytest.mark.parametrize(
    "change", [{"record": None}, {"editions": {"books@1": {"digest": "d"}}}, {"files": 3}]
)
def test_a_manifest_of_another_program_is_told(version: Path, change: dict[str, object]) -> None:
    fields = json.loads((version / MANIFEST).read_text(encoding="utf-8"))
    changed = {key: value for key, value in {**fields, **change}.items() if value is not None}
    (version / MANIFEST).write_text(json.dumps(changed), encoding="utf-8")
    with pytest.raises(IndexDamaged, match="index build"):
        read_manifest(version)
