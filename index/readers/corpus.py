"""Source files to documents: stored text, and the description that stands beside it.

Stored text is what the file says, decoded, its byte-order mark dropped and CRLF made LF; nothing
else is changed, and every offset counts its code points.
"""

import hashlib
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from index.errors import DocumentError, InvalidMetadata, UndecodableDocument
from index.schema import Document
from index.settings import CORPUS

LOAD_VERSION = 1
"""Raise when the same file gives another stored text."""

_ID = re.compile(r"[a-z0-9](?:[a-z0-9.-]{1,200}[a-z0-9])")


def decode(data: bytes, name: str) -> str:
    """Stored text of a UTF-8 file's bytes. Raises UndecodableDocument."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UndecodableDocument(
            f"文件“{name}”不是 UTF-8 编码的文本，请用编辑器另存为 UTF-8 后重试。"
        ) from error
    return text.replace("\r\n", "\n")


def load_document(description: Path) -> Document:
    """The document that a TOML file describes; its text stands beside it, named by `file`.

    Raises DocumentError and its kinds.
    """
    try:
        fields = tomllib.loads(description.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidMetadata(f"说明文件“{description.name}”读不出来，请检查其 TOML 格式。") from error
    source = description.parent / _text(fields, "file", description.name)
    try:
        data = source.read_bytes()
    except OSError as error:
        raise DocumentError(f"找不到文件“{source.name}”，请把它放到说明文件旁边。") from error
    identifier = _text(fields, "id", description.name)
    if not _ID.fullmatch(identifier):
        raise InvalidMetadata(f"文件编号“{identifier}”只能用小写字母、数字、点和连字符。")
    first_year, last_year = _period(fields, description.name)
    return Document(
        id=identifier,
        version=_text(fields, "version", description.name),
        title=_text(fields, "title", description.name),
        text=decode(data, source.name),
        sha256=hashlib.sha256(data).hexdigest(),
        source_name=source.name,
        period_start=first_year,
        period_end=last_year,
        subjects=tuple(fields.get("subjects", ())),
        number=_optional_text(fields, "number", description.name),
        issuer=_optional_text(fields, "issuer", description.name),
        published=_date(fields, "published", description.name),
        effective=_date(fields, "effective", description.name),
        repealed=_date(fields, "repealed", description.name),
    )


def load_corpus(directory: Path = CORPUS) -> tuple[Document, ...]:
    """Every document that a TOML file in `directory` describes, ordered by id and version.

    Raises DocumentError and its kinds.
    """
    documents = [load_document(path) for path in sorted(directory.glob("*.toml"))]
    if not documents:
        raise DocumentError("文件目录里没有任何说明文件（*.toml），请放入文件后再建索引。")
    seen: set[tuple[str, str]] = set()
    for document in documents:
        if (document.id, document.version) in seen:
            raise InvalidMetadata(
                f"文件“{document.id}”的版本“{document.version}”出现了两次，请改正说明文件。"
            )
        seen.add((document.id, document.version))
    return tuple(sorted(documents, key=lambda document: (document.id, document.version)))


def _text(fields: dict[str, Any], key: str, name: str) -> str:
    value = fields.get(key)
    if not isinstance(value, str) or not value:
        raise InvalidMetadata(f"说明文件“{name}”缺少 {key}，请补上。")
    return value


def _optional_text(fields: dict[str, Any], key: str, name: str) -> str | None:
    return _text(fields, key, name) if key in fields else None


def _period(fields: dict[str, Any], name: str) -> tuple[int | None, int | None]:
    match fields.get("period"):
        case None:
            return None, None
        case [int(first), int(last)] if first <= last:
            return first, last
    raise InvalidMetadata(f"说明文件“{name}”的 period 应写成 [2020, 2022] 这样的起止年份。")


def _date(fields: dict[str, Any], key: str, name: str) -> date | None:
    value = fields.get(key)
    if value is not None and type(value) is not date:  # a datetime would not compare with a day
        raise InvalidMetadata(f"说明文件“{name}”的 {key} 应写成 2020-10-22 这样的日期。")
    return value
