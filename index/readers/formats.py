"""Source files to stored text: one reader a format, chosen by the file's name and checked by its bytes.

Stored text is the source's characters as extracted; nothing is corrected. A reader also says which
spans are markup, where pages begin, and what the file says of itself (front matter).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module

from index.errors import EmptyDocument
from index.readers.file_checks import check_size, read_source, safe_name
from index.readers.file_type import check_kind, suffix
from index.schema import DocumentWarning, Span, Table

__all__ = ["FORMATS_VERSION", "SUFFIXES", "Extracted", "extract", "read_source", "safe_name"]

FORMATS_VERSION = 3
"""Raise when the same file gives another stored text."""

_READERS = {
    ".txt": "plain_text",
    ".text": "plain_text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".docx": "docx",
    ".pdf": "pdf",
}
SUFFIXES = frozenset(_READERS)
"""Endings of the file names that are read, in lower case."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """What a reader gives. Offsets count code points of `text`."""

    text: str
    markup: tuple[Span, ...] = ()
    pages: tuple[int, ...] = ()
    """Offset at which each page begins; empty for formats without pages."""
    fields: Mapping[str, object] = field(default_factory=dict)
    """Front matter, unchecked."""
    page_fields: Mapping[str, str] = field(default_factory=dict)
    """What a saved page says of its text beside it, as it stands there, by the page's own label
    (发文机关, 发文字号, 成文日期, PubDate); never an error."""
    tables: tuple[Table, ...] = ()
    """In text order; none lies in another."""
    warnings: tuple[DocumentWarning, ...] = ()
    """What could not be read."""


def extract(data: bytes, name: str) -> Extracted:
    """The text of a file's bytes, read as the ending of `name` says.

    Raises DocumentError and its kinds, and nothing else, whatever the bytes are.
    """
    shown = safe_name(name)
    check_size(len(data), shown)
    check_kind(data, shown)
    # The libraries behind the readers are heavy: only the one that is needed is imported.
    module = import_module(f"index.readers.{_READERS[suffix(shown)]}")
    read: Callable[[bytes, str], Extracted] = module.read
    extracted = read(data, shown)
    if not _has_text(extracted):
        raise EmptyDocument(f"文件“{shown}”里没有文字，请检查是不是选错了文件。")
    return extracted


def _has_text(extracted: Extracted) -> bool:
    at = 0
    for start, end in extracted.markup:
        if extracted.text[at:start].strip():
            return True
        at = end
    return bool(extracted.text[at:].strip())
