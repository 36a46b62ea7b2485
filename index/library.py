"""The opened documents with their outlines: look-ups by id, version and address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from index.outline import parse_outline
from index.schema import Clause, Document


class Validity(StrEnum):
    """Whether a document binds on a given day (documents.md)."""

    IN_FORCE = "in_force"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    REPEALED = "repealed"
    NOT_YET = "not_yet"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document with its clauses in text order."""

    document: Document
    clauses: tuple[Clause, ...]

    def clause(self, address: str) -> Clause | None:
        """The clause at `address`, or None."""
        return next((clause for clause in self.clauses if clause.address == address), None)

    def children(self, address: str | None) -> tuple[Clause, ...]:
        """The clauses directly under `address` (None: the top level)."""
        return tuple(clause for clause in self.clauses if clause.parent == address)

    def siblings(self, clause: Clause) -> tuple[Clause | None, Clause | None]:
        """The clauses before and after `clause` in text order."""
        at = self.clauses.index(clause)
        before = self.clauses[at - 1] if at else None
        after = self.clauses[at + 1] if at + 1 < len(self.clauses) else None
        return before, after


class Library:
    """All versions of all documents of one index."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._views = {
            (document.id, document.version): DocumentView(document, parse_outline(document.text))
            for document in documents
        }

    def ids(self) -> tuple[str, ...]:
        """Document ids, ordered."""
        return tuple(sorted({identifier for identifier, _ in self._views}))

    def versions(self, document_id: str) -> tuple[str, ...]:
        """Versions of one document, oldest first; empty for an unknown id."""
        return tuple(sorted(version for identifier, version in self._views if identifier == document_id))

    def get(
        self, document_id: str, version: str | None = None, as_of: date | None = None
    ) -> DocumentView | None:
        """One version of a document: the named one, else the one in force on `as_of`, else the newest."""
        versions = self.versions(document_id)
        if version is None:
            usable = [
                v
                for v in versions
                if as_of is None or not _starts_after(self._views[document_id, v].document, as_of)
            ]
            version = (usable or list(versions) or [""])[-1]
        return self._views.get((document_id, version))

    def validity(self, document: Document, as_of: date) -> Validity:
        """Whether `document` binds on `as_of`."""
        if document.repealed and document.repealed <= as_of:
            return Validity.REPEALED
        if _starts_after(document, as_of):
            return Validity.NOT_YET
        later = [v for v in self.versions(document.id) if v > document.version]
        if any(not _starts_after(self._views[document.id, v].document, as_of) for v in later):
            return Validity.SUPERSEDED
        if document.period_end is not None:
            return Validity.EXPIRED if as_of.year > document.period_end else Validity.IN_FORCE
        return Validity.IN_FORCE if document.effective else Validity.UNKNOWN


def _starts_after(document: Document, day: date) -> bool:
    start = document.effective or document.published
    return start is not None and start > day
