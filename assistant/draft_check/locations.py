"""Stretches of documents as locations that people can open, and the differences from a quotation."""

import re
from collections.abc import Sequence
from datetime import date

from assistant.draft_check.verdicts import DiffStep, Location
from assistant.schema import page_url
from index.library.library import DocumentView, Library
from index.library.quotation_search import Stretch
from index.schema import Clause, Document, Validity, clause_id
from index.text.alignment import changes
from index.text.folding import fold, shown

_PREFERENCE = (
    Validity.IN_FORCE,
    Validity.UNKNOWN,
    Validity.EXPIRED,
    Validity.NOT_YET,
    Validity.SUPERSEDED,
    Validity.REPEALED,
)
_PART = re.compile(r"(?:^|\.)[pi]\d+$")
_LONG_CLAUSE = 1000
"""A longer clause that a reference names (a chapter) is shown by its heading."""


class Locator:
    """Makes locations on one day."""

    def __init__(self, library: Library, as_of: date) -> None:
        self._library = library
        self._as_of = as_of
        self._validities: dict[tuple[str, str], Validity] = {}

    def location(self, found: Stretch) -> Location:
        """The location of `found`, by the innermost clause that holds it, or by the first and the last
        of several."""
        view = found.view
        around = [c for c in view.clauses if c.start <= found.start and found.end <= c.end]
        home = min(around, key=lambda c: c.end - c.start, default=None)
        siblings = view.children(home.address if home else None)
        first = next((c for c in siblings if c.start <= found.start < c.end), None)
        last = next((c for c in siblings if c.start < found.end <= c.end), None)
        if first and last and first is not last and (home is None or not _PART.search(first.address)):
            return self._make(view, first, f"{first.label}至{last.label}", found.start, found.end)
        home = home or first or last
        label = home.label if home else ""
        return self._make(view, home, label, found.start, found.end)

    def clauses(self, view: DocumentView, clauses: Sequence[Clause]) -> Location:
        """The location of the clauses of a reference: one, or a range."""
        first, last = clauses[0], clauses[-1]
        label = first.label if first is last else f"{first.label}至{last.label}"
        start, end = first.start, last.end
        if end - start > _LONG_CLAUSE:
            end = first.heading_end if first.heading_end > start else min(end, start + _LONG_CLAUSE)
        return self._make(view, first, label, start, end)

    def rank(self, found: Stretch) -> int:
        """Smaller for what binds more."""
        return _PREFERENCE.index(self._validity(found.view.document))

    def newest_first(self, found: Stretch) -> tuple[int, int]:
        """Sorts newer versions first, then by place in the text."""
        versions = self._library.versions(found.view.document.id)
        return -versions.index(found.view.document.version), found.start

    def versions(self, document_id: str) -> tuple[str, ...]:
        """The versions of a document."""
        return self._library.versions(document_id)

    def _validity(self, document: Document) -> Validity:
        key = document.id, document.version
        if key not in self._validities:
            self._validities[key] = self._library.validity(document, self._as_of)
        return self._validities[key]

    def _make(self, view: DocumentView, clause: Clause | None, label: str, start: int, end: int) -> Location:
        document = view.document
        address = clause.address if clause else ""
        return Location(
            document_id=document.id,
            document_title=document.title,
            document_version=document.version,
            validity=self._validity(document),
            clause_id=clause_id(document.id, document.version, address),
            clause_label=label,
            quote=document.text[start:end],
            start=start,
            end=end,
            page=document.page(start),
            url=page_url(document.id, document.version, address, start, end),
        )


def diff_of(raw: str, words: str, found: Stretch) -> tuple[DiffStep, ...]:
    """The steps from the stored text to a quotation: `raw` as it stands in the draft, `words` the same
    with its markup as white space. The steps' texts, put together, give `raw` and `found.text`."""
    document = found.view.document
    original = shown(document.text, document.markup)[found.start : found.end]
    folded, stored = fold(words), fold(original)
    steps = changes(folded.view, stored.view)
    result: list[DiffStep] = []
    at_quote = at_original = 0
    for number, step in enumerate(steps, start=1):
        last = number == len(steps)
        to_quote = len(raw) if last else _offset(folded.offsets, step.quote_end, len(raw), at_quote)
        to_original = len(original) if last else _offset(stored.offsets, step.end, len(original), at_original)
        result.append(DiffStep(step.op, raw[at_quote:to_quote], found.text[at_original:to_original]))
        at_quote, at_original = to_quote, to_original
    return tuple(result)


def _offset(offsets: Sequence[int], index: int, end: int, at_least: int) -> int:
    return max(at_least, offsets[index] if index < len(offsets) else end)
