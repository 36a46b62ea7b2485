"""Writing so that a crash leaves the old state or the new one, never something between."""

import os
import shutil
from pathlib import Path

PART = ".part"
"""Ends the name of what is not finished yet; such a file or directory can always be swept away."""


def replace_file(path: Path, data: bytes) -> None:
    """Make `data` the content of `path` in one step that outlives a power cut."""
    part = path.with_name(f"{path.name}{PART}")
    part.write_bytes(data)
    sync(part)
    part.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Wait until a file's bytes, or a directory's names, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(directory: Path) -> None:
    """`sync` for everything below `directory`, and for itself."""
    for path in directory.rglob("*"):
        if not path.is_symlink():
            sync(path)
    sync(directory)


def link_or_copy(source: Path, target: Path) -> None:
    """Give an immutable file a second name; a copy where the file system has no hard links."""
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)
        sync(target)
