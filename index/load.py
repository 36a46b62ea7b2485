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

LOAD_VERSION = 1
"""Raise when the same file gives another stored text."""

CORPUS = Path(__file__).parent / "corpus"
_ID = re.compile(r"[a-z0-9](?:[a-z0-9.-]{1,200}[a-z0-9])")
_TEXT_KEYS = ("number", "issuer")
_DATE_KEYS = ("published", "effective", "repealed")


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
    period = fields.get("period", [None, None])
    return Document(
        id=identifier,
        version=_text(fields, "version", description.name),
        title=_text(fields, "title", description.name),
        text=decode(data, source.name),
        sha256=hashlib.sha256(data).hexdigest(),
        source_name=source.name,
        period_start=period[0],
        period_end=period[1],
        subjects=tuple(fields.get("subjects", ())),
        **{key: fields.get(key) for key in _TEXT_KEYS},
        **{key: _date(fields, key, description.name) for key in _DATE_KEYS},
    )


def load_corpus(directory: Path = CORPUS) -> tuple[Document, ...]:
    """Every document that a TOML file in `directory` describes, ordered by id and version."""
    documents = [load_document(path) for path in sorted(directory.glob("*.toml"))]
    return tuple(sorted(documents, key=lambda document: (document.id, document.version)))


def _text(fields: dict[str, Any], key: str, name: str) -> str:
    value = fields.get(key)
    if not isinstance(value, str) or not value:
        raise InvalidMetadata(f"说明文件“{name}”缺少 {key}，请补上。")
    return value


def _date(fields: dict[str, Any], key: str, name: str) -> date | None:
    value = fields.get(key)
    if value is not None and not isinstance(value, date):
        raise InvalidMetadata(f"说明文件“{name}”的 {key} 应写成 2020-10-22 这样的日期。")
    return value
