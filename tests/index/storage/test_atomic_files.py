import os
from pathlib import Path

import pytest

from index.storage.atomic_files import PART, link_or_copy, replace_file, sync, sync_tree


def test_a_file_is_made_or_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "清单.json"
    replace_file(path, "旧的内容".encode())
    assert path.read_text(encoding="utf-8") == "旧的内容"
    replace_file(path, b"")
    assert path.read_bytes() == b""
    assert list(tmp_path.iterdir()) == [path]


def test_what_an_earlier_crash_left_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.with_name(f"list{PART}").write_bytes(b"half of something much longer")
    replace_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert not path.with_name(f"list{PART}").exists()


def test_a_crash_before_the_last_step_leaves_the_old_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "list"
    replace_file(path, b"old")

    def die(descriptor: int) -> None:
        raise OSError("no space")

    monkeypatch.setattr(os, "fsync", die)
    with pytest.raises(OSError, match="no space"):
        replace_file(path, b"new")
    assert path.read_bytes() == b"old"


def test_a_reader_keeps_the_old_content(tmp_path: Path) -> None:
    path = tmp_path / "list"
    replace_file(path, b"old")
    with path.open("rb") as file:
        replace_file(path, b"new")
        assert file.read() == b"old"


def test_everything_below_a_directory_is_synced_but_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "下" / "空").mkdir(parents=True)
    (tmp_path / "下" / "文").write_bytes(b"x")
    (tmp_path / "链接").symlink_to(tmp_path / "没有")
    synced: list[str] = []
    monkeypatch.setattr("index.storage.atomic_files.sync", lambda path: synced.append(path.name))
    sync_tree(tmp_path)
    assert sorted(synced[:-1]) == ["下", "文", "空"]
    assert synced[-1] == tmp_path.name


def test_a_missing_file_cannot_be_synced(tmp_path: Path) -> None:
    sync(tmp_path)
    with pytest.raises(FileNotFoundError):
        sync(tmp_path / "missing")


def test_a_file_gets_a_second_name(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes("原件".encode())
    link_or_copy(source, tmp_path / "linked")
    assert (tmp_path / "linked").samefile(source)


def test_a_copy_stands_in_where_no_link_can_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "source"
    source.write_bytes("原件".encode())

    def refuse(self: Path, target: Path) -> None:
        raise OSError("no hard links here")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    link_or_copy(source, tmp_path / "copied")
    assert (tmp_path / "copied").read_bytes() == source.read_bytes()
    assert not (tmp_path / "copied").samefile(source)
