"""A document as it is read: its text, what it says of itself, its clauses, its passages.

All offsets are half-open `[start, end)` and count code points of the document's stored text.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

Span = tuple[int, int]


NATIONWIDE = "全国"
"""The jurisdiction of what holds everywhere in the country."""


class Validity(StrEnum):
    """Whether a document binds on a given day (documents.md)."""

    IN_FORCE = "in_force"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    REPEALED = "repealed"
    NOT_YET = "not_yet"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """Its name for people, in Chinese."""
        return _VALIDITY_LABELS[self]


_VALIDITY_LABELS = {
    Validity.IN_FORCE: "有效",
    Validity.EXPIRED: "实施期已满",
    Validity.SUPERSEDED: "已有新版本",
    Validity.REPEALED: "已废止",
    Validity.NOT_YET: "尚未施行",
    Validity.UNKNOWN: "效力未注明",
}


class Authority(StrEnum):
    """Who made a document, and with it what it yields to: in descending order of force."""

    LAW = "law"
    """法律, by the National People's Congress or its Standing Committee."""
    ADMINISTRATIVE = "administrative_regulation"
    """行政法规, by the State Council."""
    LOCAL = "local_regulation"
    """地方性法规, by a local people's congress or its standing committee."""
    RULE = "rule"
    """规章, by a ministry or a local government."""
    POLICY = "policy"
    """规范性文件 and plans."""

    @property
    def label(self) -> str:
        """Its name for people, in Chinese."""
        return _AUTHORITY_LABELS[self]


_AUTHORITY_LABELS = {
    Authority.LAW: "法律",
    Authority.ADMINISTRATIVE: "行政法规",
    Authority.LOCAL: "地方性法规",
    Authority.RULE: "规章",
    Authority.POLICY: "规范性文件",
}


class Cell(NamedTuple):
    """A cell of a table: its own text is `start:end` of the stored text, an empty span where it has none."""

    start: int
    end: int
    column: int
    """The first column that it covers, from 0."""
    rows: int = 1
    """How many rows it covers, its own and those below; its text stands in its own alone."""
    columns: int = 1
    """How many columns it covers."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the source. Its rows stand one after the other in the stored text, each on a line of its
    own, and hold together all of `start:end` but white space and markup."""

    start: int
    end: int
    headers: int
    """How many rows at the top name the columns; 0 where none does."""
    rows: tuple[tuple[Cell, ...], ...]
    """Cells by the row in whose line their text stands, from left to right."""


class WarningKind(StrEnum):
    """What may be wrong with a document as it was read; for maintainers."""

    GAP = "gap"
    """A number of the outline is missing before this place."""
    ORPHAN = "orphan"
    """A line that begins like a heading and became none."""
    NO_OUTLINE = "no_outline"
    """The text has no outline that was recognised: each paragraph stands for itself."""
    UNREAD_PAGE = "unread_page"
    """A page without text that could be read."""
    COLUMNS = "columns"
    """A page whose order of reading is not sure."""
    UNREAD_PART = "unread_part"
    """Something of the file, such as a picture, that no text was read from."""


@dataclass(frozen=True, slots=True)
class DocumentWarning:
    """Something that a maintainer should look at before relying on a document's outline."""

    kind: WarningKind
    subject: str
    """What it is about, as the text has it: a line's beginning, the missing number's label, a page number."""
    start: int | None = None
    """Where in the stored text; None where it is nowhere."""
    page: int | None = None
    """On which page of the source, from 1; None for sources without pages."""


@dataclass(frozen=True, slots=True)
class Document:
    """One published text in one version. What the text does not say is None, never guessed."""

    id: str
    version: str
    title: str
    text: str
    sha256: str
    """SHA-256 of the source file's bytes, in hexadecimal."""
    source_name: str
    number: str | None = None
    issuer: str | None = None
    passed: date | None = None
    published: date | None = None
    effective: date | None = None
    repealed: date | None = None
    period_start: int | None = None
    """First year of the period that a plan covers."""
    period_end: int | None = None
    """Last year of the period that a plan covers."""
    authority: Authority | None = None
    jurisdiction: str | None = None
    """Whose rules it states: `NATIONWIDE`, or a place by its full name (重庆市, 重庆市渝中区)."""
    markup: tuple[Span, ...] = ()
    """Spans of the stored text that are markup (the `##` of Markdown): kept, and read as white space."""
    pages: tuple[int, ...] = ()
    """Offset at which each page of the source begins, the first page first; empty without pages."""
    tables: tuple[Table, ...] = field(default=(), repr=False)
    """The tables of the source in text order; none lies in another."""
    warnings: tuple[DocumentWarning, ...] = ()
    """What a maintainer should look at, in text order."""
    clauses: tuple["Clause", ...] = field(default=(), repr=False)
    """The outline in text order, parsed once when the document is read."""

    def page(self, offset: int) -> int | None:
        """The number, from 1, of the page that holds the character at `offset`."""
        return bisect_right(self.pages, offset) or None if self.pages else None


@dataclass(frozen=True, slots=True)
class Clause:
    """A numbered or titled unit (条款) of a document's outline.

    `start:end` runs from the heading to the end of the last child; `own` lists the spans that
    belong to this clause and to none of its children, the heading left out.
    """

    address: str
    label: str
    heading: str
    path: tuple[str, ...]
    """Headings from the outermost clause down to this one."""
    parent: str | None
    start: int
    end: int
    heading_end: int
    """The heading is `start:heading_end`; equal to `start` where there is none."""
    own: tuple[tuple[int, int], ...]


class PassageKind(StrEnum):
    """What a passage is: a heading of a clause or the caption of a table, a sentence, or a table's row."""

    HEADING = "heading"
    SENTENCE = "sentence"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Passage:
    """What is searched and quoted: one sentence or heading inside one clause."""

    id: str
    document_id: str
    document_version: str
    address: str
    label: str
    path: tuple[str, ...]
    kind: PassageKind
    start: int
    end: int
    text: str
    """The stored text at `start:end`, unchanged."""
    ordinal: int
    """Position among the document's passages, from 0."""
    context: str = ""
    """What a statute's passage is about and does not say: title, chapter, what a list item belongs to.
    Of a row three lines: the document's title, the table's caption, and the row with the names of its columns
    and the values that it shares with other rows. Searched with the passage, never quoted."""
    page: int | None = None
    """Page of the source on which the passage begins."""

    @property
    def caption(self) -> str:
        """Of a row what its table is about; empty for what is none."""
        return self.context.split("\n")[1] if self.kind is PassageKind.ROW else ""

    @property
    def reads(self) -> str:
        """How it reads: its text, or of a row its cells with the names of their columns."""
        return self.context.rpartition("\n")[2] if self.kind is PassageKind.ROW else self.text

    @property
    def edition(self) -> str:
        """`id@version` of the document that holds this passage."""
        return f"{self.document_id}@{self.document_version}"

    @property
    def clause_id(self) -> str:
        """Citable id of the clause that holds this passage."""
        return clause_id(self.document_id, self.document_version, self.address)


UNDATED = "undated-"
"""What versions begin with whose day nobody states; added ones go on with the order in which they came."""


def version_order(version: str) -> tuple[bool, bool, str]:
    """What versions of one document are ordered by, oldest first: by day; after these the undated ones, in
    the order in which they were added."""
    undated = version.startswith(UNDATED)
    return undated, undated and "-" in version.removeprefix(UNDATED), version


def edition_order(edition: str) -> tuple[str, str]:
    """What versions of documents (`id@version`) are ordered by, wherever positions must agree: id, then
    version. As strings `a-b@1` would stand before `a@1`."""
    identifier, _, version = edition.partition("@")
    return identifier, version


def clause_id(document_id: str, version: str, address: str) -> str:
    """`{document}@{version}#{address}`."""
    return f"{document_id}@{version}#{address}"
