"""Source files to stored text: one reader a format, chosen by the file's name and checked by its bytes.

Stored text is the source's characters as extracted; nothing is corrected. A reader also says which
spans are markup, where pages begin, and what the file says of itself (front matter).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from index.schema import Span

FORMATS_VERSION = 1
"""Raise when the same file gives another stored text."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """What a reader gives. Offsets count code points of `text`."""

    text: str
    markup: tuple[Span, ...] = ()
    pages: tuple[int, ...] = ()
    """Offset at which each page begins; empty for formats without pages."""
    fields: Mapping[str, object] = field(default_factory=dict)
    """Front matter, unchecked."""
