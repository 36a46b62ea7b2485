"""The opened documents with their outlines: look-ups by id, version and address."""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from index.schema import Clause, Document, Validity, version_order
from index.text.folding import fold_text

_TAIL = 2000
_REPEAL = re.compile(r"[^。]*(?:同时|一并|即行)废止")
_TITLE = re.compile(r"《([^《》]{2,60})》")


class DocumentView:
    """A document with its clauses in text order."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.clauses: tuple[Clause, ...] = document.clauses
        self._at = {clause.address: index for index, clause in enumerate(self.clauses)}
        self._children: dict[str | None, list[Clause]] = defaultdict(list)
        for clause in self.clauses:
            self._children[clause.parent].append(clause)

    def clause(self, address: str) -> Clause | None:
        """The clause at `address`, or None."""
        at = self._at.get(address)
        return None if at is None else self.clauses[at]

    def children(self, address: str | None) -> tuple[Clause, ...]:
        """The clauses directly under `address` (None: the top level)."""
        return tuple(self._children.get(address, ()))

    def siblings(self, clause: Clause) -> tuple[Clause | None, Clause | None]:
        """The clauses before and after `clause` in text order."""
        at = self._at[clause.address]
        before = self.clauses[at - 1] if at else None
        after = self.clauses[at + 1] if at + 1 < len(self.clauses) else None
        return before, after


class Library:
    """All versions of all documents of one index."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._views = {(document.id, document.version): DocumentView(document) for document in documents}
        self._versions: dict[str, list[str]] = defaultdict(list)
        for identifier, version in sorted(self._views, key=lambda key: (key[0], version_order(key[1]))):
            self._versions[identifier].append(version)
        self._repealed = _repeals(documents)

    def views(self) -> tuple[DocumentView, ...]:
        """All versions of all documents, by id and version."""
        return tuple(self._views[key] for key in sorted(self._views))

    def ids(self) -> tuple[str, ...]:
        """Document ids, ordered."""
        return tuple(sorted(self._versions))

    def versions(self, document_id: str) -> tuple[str, ...]:
        """Versions of one document, oldest first; empty for an unknown id."""
        return tuple(self._versions.get(document_id, ()))

    def get(
        self, document_id: str, version: str | None = None, as_of: date | None = None
    ) -> DocumentView | None:
        """One version of a document: the named one, else the one in force on `as_of`, else the first that
        will be, else the newest."""
        versions = self.versions(document_id)
        if version is None and versions:
            started = [
                v
                for v in versions
                if as_of is None or not _starts_after(self._views[document_id, v].document, as_of)
            ]
            version = started[-1] if started else versions[0]
        return self._views.get((document_id, version or ""))

    def editions(self, documents: Sequence[str] | None, as_of: date) -> tuple[str, ...] | None:
        """`id@version` of what may be searched on `as_of`: of each document (None: all) the version in
        force, or the nearest to it; None where that leaves nothing out."""
        chosen = []
        for identifier in self.ids() if documents is None else documents:
            view = self.get(identifier, as_of=as_of)
            if view is not None:
                chosen.append(f"{identifier}@{view.document.version}")
        return None if len(chosen) == len(self._views) else tuple(chosen)

    def repealed(self, document: Document) -> date | None:
        """The day on which `document` ceased to bind: as it is described, or as another document that is
        loaded says (《…》同时废止)."""
        return document.repealed or self._repealed.get(_plain(document.title))

    def validity(self, document: Document, as_of: date) -> Validity:
        """Whether `document` binds on `as_of`."""
        repealed = self.repealed(document)
        if repealed and repealed <= as_of:
            return Validity.REPEALED
        if _starts_after(document, as_of):
            return Validity.NOT_YET
        versions = self.versions(document.id)
        later = versions[versions.index(document.version) + 1 :] if document.version in versions else ()
        if any(not _starts_after(self._views[document.id, v].document, as_of) for v in later):
            return Validity.SUPERSEDED
        if document.period_end is not None:
            return Validity.EXPIRED if as_of.year > document.period_end else Validity.IN_FORCE
        return Validity.IN_FORCE if document.effective else Validity.UNKNOWN


def starts(document: Document) -> date | None:
    """The day from which this version can bind: that which its text states, and for an amended text, which
    still states the day of its first version, not before it was made."""
    stated = document.effective or document.published
    try:
        made = date.fromisoformat(document.version)
    except ValueError:
        return stated
    return max(stated, made) if stated else made


def _starts_after(document: Document, day: date) -> bool:
    start = starts(document)
    return start is not None and start > day


def _repeals(documents: Sequence[Document]) -> dict[str, date]:
    """By title, since when a document is repealed by what another one says at its end."""
    found: dict[str, date] = {}
    for document in documents:
        start, end = starts(document), document.text[-_TAIL:]
        for sentence in _REPEAL.findall(end) if start and "废止" in end else ():
            for title in _TITLE.findall(sentence):
                if start and _plain(title) != _plain(document.title):
                    found[_plain(title)] = min(start, found.get(_plain(title), start))
    return found


def _plain(title: str) -> str:
    return fold_text(title).removeprefix("中华人民共和国")
