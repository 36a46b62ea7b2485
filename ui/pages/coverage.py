"""What the service covers: its documents with whose they are and until when they hold, and one line of it."""

from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from index.library.library import Library
from index.schema import Document
from ui.pages.facts import clause_count, full_title, period_words, validity_words

if TYPE_CHECKING:
    from assistant.service import Assistant

_NAMED, _ROOM = 2, 34
"""Titles that the line names at most, and characters of them for which it has room."""


@dataclass(frozen=True, slots=True)
class Covered:
    """One document, in the version in force or the one nearest to it."""

    id: str
    version: str
    title: str
    """As official writing prints it, without 《》."""
    issuer: str | None
    """Who issued it; None where the text does not say."""
    number: str | None
    """文号; None where it has none."""
    place: str | None
    """Where it holds; None where the text does not say."""
    published: date | None
    effective: date | None
    period: str | None
    """`2020—2022年`; None where it covers no period."""
    validity: str
    """Whether it binds, in words: `实施期2020—2022年，已满`."""
    validity_label: str
    """The same in a word or two: `实施期已满`."""
    clauses: int
    """How many, the title and what stands before the outline left out, each table counted once."""
    address: str
    """Its page, below the root of this server."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """All documents, by id."""

    documents: tuple[Covered, ...]
    line: str
    """One short line without a full stop, for the chat's header."""


def coverage(assistant: "Assistant") -> Coverage:
    """What `assistant` covers today."""
    library, today = assistant.library, assistant.clock()
    views = [view for each in library.ids() if (view := library.get(each, as_of=today)) is not None]
    documents = tuple(_covered(view.document, library, today) for view in views)
    return Coverage(documents, _line(documents))


def document_address(document: Document) -> str:
    """The page of `document` in its version, below the root of this server."""
    return f"/documents/{quote(document.id)}?{urlencode({'version': document.version})}"


def _covered(document: Document, library: Library, today: date) -> Covered:
    return Covered(
        document.id,
        document.version,
        full_title(document.title),
        document.issuer,
        document.number,
        document.jurisdiction,
        document.published,
        document.effective,
        period_words(document),
        validity_words(document, library, today),
        library.validity(document, today).label,
        clause_count(document),
        document_address(document),
    )


def _line(documents: tuple[Covered, ...]) -> str:
    if not documents:
        return "还没有收录文件"
    if len(documents) == 1:
        return f"收录《{documents[0].title}》，{documents[0].validity_label}"
    first = documents[:_NAMED]
    lengths = accumulate(len(each.title) for each in first)
    named = [f"《{each.title}》" for each, length in zip(first, lengths, strict=True) if length <= _ROOM]
    if len(named) == len(documents):
        return f"收录{''.join(named)}"
    return f"收录{len(documents)}份文件" + (f"：{''.join(named)}等" if named else "")
