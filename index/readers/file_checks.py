"""Files that someone hands in: their size, kind and name are checked before a byte is read."""

import errno
import os
import re
import stat
import unicodedata
from pathlib import Path

from index.errors import DocumentError, DocumentTooLarge, EmptyDocument

MAX_BYTES = 50 * 1024 * 1024
"""Largest file that is read."""
_MAX_NAME = 200
"""Bytes of UTF-8; file systems take 255, and versions add an ending."""
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)")


def read_source(path: Path) -> bytes:
    """The bytes of a regular file of at most `MAX_BYTES`; a larger one is refused unread.

    A symbolic link at the end of the path is not followed, so that what was chosen is what is
    read. Raises DocumentError and its kinds.
    """
    shown = safe_name(path.name)
    try:
        # Without O_NONBLOCK, opening a pipe would wait for someone to write into it.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise DocumentError(f"找不到文件“{shown}”，请检查路径后重试。") from error
    except PermissionError as error:
        raise DocumentError(f"没有读取文件“{shown}”的权限，请调整权限后重试。") from error
    except (OSError, ValueError) as error:
        if getattr(error, "errno", None) == errno.ELOOP:
            raise DocumentError(f"“{shown}”是一个符号链接，不是文件本身，请改选它所指的文件。") from error
        raise DocumentError(f"文件“{shown}”打不开，请检查后重试。") from error
    status = os.fstat(descriptor)
    if stat.S_ISDIR(status.st_mode):
        os.close(descriptor)  # fdopen would refuse it in its own words
        raise DocumentError(f"“{shown}”是文件夹，不是文件，请选择里面的文件。")
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(status.st_mode):
            raise DocumentError(f"“{shown}”不是普通文件（而是设备或管道一类），请选择文档文件。")
        check_size(status.st_size, shown)
        try:
            data = file.read(MAX_BYTES + 1)  # it may have grown since
        except OSError as error:
            raise DocumentError(f"文件“{shown}”读到一半出错，请检查磁盘后重试。") from error
    check_size(len(data), shown)
    return data


def check_size(size: int, name: str) -> None:
    """Raise EmptyDocument or DocumentTooLarge for a file of `size` bytes."""
    if size == 0:
        raise EmptyDocument(f"文件“{name}”是空的（0 字节），请检查是不是选错了文件。")
    if size > MAX_BYTES:
        limit = MAX_BYTES // (1024 * 1024)
        raise DocumentTooLarge(
            f"文件“{name}”有 {size / 1024 / 1024:.0f} MB，超过了 {limit} MB 的上限，请拆成几个文件再添加。"
        )


def safe_name(name: str) -> str:
    """A file name to show and to store under: the last part of `name`, of visible characters only.

    Directories, control and invisible characters, and signs that file systems or shells read in
    their own way go; the ending stays, also where a long name is cut.
    """
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(
        " " if unicodedata.category(char) == "Zs" else char
        for char in unicodedata.normalize("NFC", last)
        if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    )
    kept = re.sub(r'[<>:"|?*]', "_", kept).lstrip(" .-~").rstrip(". ")
    if _RESERVED.match(kept):
        kept = f"_{kept}"
    stem, dot, ending = kept.rpartition(".")
    if not dot or len(ending) > 16:
        stem, dot, ending = kept, "", ""
    room = _MAX_NAME - len((dot + ending).encode())
    stem = stem.encode()[:room].decode("utf-8", "ignore").rstrip(". ")
    return (stem + dot + ending).strip() or "未命名"
