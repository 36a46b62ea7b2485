"""What a reference means: the document, its version, the clauses at the addresses of documents.md."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from index.library.attached_texts import attached_titles, texts_in
from index.library.clause_references import MARKS, AddressPart, Reference
from index.library.library import DocumentView, Library
from index.library.outline_gaps import may_hide
from index.library.titles import TitleIndex, parse_title
from index.schema import Clause
from index.structure.statute_headings import UNIT_NAMES
from index.text.folding import fold_text

_PARAGRAPHS = ("款", "段")
_MAX_RANGE = 2000


class Outcome(StrEnum):
    """How the search for a clause ended; a closed set."""

    FOUND = "found"
    NO_CLAUSE = "no_clause"
    """The document is there, the clause is not."""
    UNSURE = "unsure"
    """The clause was not found, but numbers are missing around it, or the document has no outline."""
    NO_VERSION = "no_version"
    """The document is there, but no version of the named year."""
    NO_DOCUMENT = "no_document"
    """No document has the title."""
    AMBIGUOUS = "ambiguous"
    """Several documents can be meant."""
    NO_CONTEXT = "no_context"
    """Nothing says which document is meant, or it is the text's own article."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a reference means.

    `clauses` are in text order: one, or all of a range. `nearest` is the innermost clause that does
    exist where the reference goes one step too far (第十二条 for a missing 第十二条第九款).
    """

    reference: Reference
    outcome: Outcome
    view: DocumentView | None = None
    clauses: tuple[Clause, ...] = ()
    nearest: Clause | None = None


def resolve(reference: Reference, library: Library, as_of: date) -> Resolution:
    """What `reference` means on `as_of`. For many references make one `Resolver`."""
    return Resolver(library).resolve(reference, as_of)


class Resolver:
    """Resolves references against one library. Thread-safe: what it keeps can be made again."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.titles = TitleIndex(library)
        self._texts: dict[tuple[str, str], tuple[Mapping[str, Clause], ...]] = {}

    def resolve(self, reference: Reference, as_of: date) -> Resolution:
        """What `reference` means: in the version that it names, else in the one of `as_of`."""
        ids = self._documents(reference)
        if ids is None:
            return Resolution(reference, Outcome.NO_CONTEXT)
        if not ids:
            return Resolution(reference, Outcome.NO_DOCUMENT)
        tried = [self._in_document(reference, identifier, as_of) for identifier in ids]
        if len(tried) == 1:
            return tried[0]
        found = [resolution for resolution in tried if resolution.outcome is Outcome.FOUND]
        return found[0] if len(found) == 1 else Resolution(reference, Outcome.AMBIGUOUS)

    def documents(self, title: str) -> tuple[str, ...]:
        """Ids of the documents that `title` can mean."""
        return self.titles.find(title)

    def versions(self, document_id: str) -> tuple[DocumentView, ...]:
        """Every version of a document, oldest first."""
        found = (self._library.get(document_id, version) for version in self._library.versions(document_id))
        return tuple(view for view in found if view is not None)

    def version_named(self, title: str, document_id: str, as_of: date) -> DocumentView | None:
        """The version of a document that `title` names by its year, else the one of `as_of`; None where there
        is none of that year."""
        years = parse_title(title).version_years
        if not years:
            return self._library.get(document_id, as_of=as_of)
        views = self.versions(document_id)[::-1]
        # A revised law still says when it was first passed: the year of the version itself goes first.
        own_year = [view for view in views if view.document.version[:4] in years]
        return next(iter(own_year or [view for view in views if years & _years(view)]), None)

    def in_view(self, reference: Reference, view: DocumentView) -> Resolution:
        """What `reference` means in one version of a document."""
        texts = self._texts_of(view)
        if reference.title and (named := issued_text(reference.title, view, texts)):
            texts = (named,)
        for addresses in texts:
            if clauses := _clauses(reference, addresses):
                return Resolution(reference, Outcome.FOUND, view, clauses)
        nearest = next((found for addresses in texts if (found := _nearest(reference, addresses))), None)
        outcome = Outcome.UNSURE if may_hide(reference.parts, nearest, view) else Outcome.NO_CLAUSE
        return Resolution(reference, outcome, view, nearest=nearest)

    def _documents(self, reference: Reference) -> tuple[str, ...] | None:
        """The ids that the reference can mean; None where nothing says which."""
        if reference.itself:
            return None
        if reference.title is not None:
            return self.titles.find(reference.title)
        if reference.own is not None:
            of_kind = self.titles.ending_with(fold_text(reference.own))
            return of_kind if len(of_kind) == 1 else None
        everything = self._library.ids()
        return everything if len(everything) == 1 else None

    def _in_document(self, reference: Reference, identifier: str, as_of: date) -> Resolution:
        current = self._library.get(identifier, as_of=as_of)
        if current is None:
            return Resolution(reference, Outcome.NO_DOCUMENT)
        view = self.version_named(reference.title or "", identifier, as_of)
        return self.in_view(reference, view) if view else Resolution(reference, Outcome.NO_VERSION, current)

    def _texts_of(self, view: DocumentView) -> tuple[Mapping[str, Clause], ...]:
        key = (view.document.id, view.document.version)
        if key not in self._texts:
            self._texts[key] = texts_in(view)
        return self._texts[key]


def issued_text(
    title: str, view: DocumentView, texts: tuple[Mapping[str, Clause], ...]
) -> Mapping[str, Clause] | None:
    """Of the `texts` of a document the one that has this title and is issued by it."""
    wanted = parse_title(title).core
    if wanted == parse_title(view.document.title).core:
        return None
    for number, attached in enumerate(attached_titles(view), start=1):
        if parse_title(attached).core.endswith(wanted):
            return texts[number]
    return None


def _nearest(reference: Reference, addresses: Mapping[str, Clause]) -> Clause | None:
    """The innermost clause that is there of what the reference names."""
    for depth in range(len(reference.parts) - 1, 0, -1):
        if found := clause_at(reference.parts[:depth], addresses):
            return found
    return None


def clause_at(parts: Sequence[AddressPart], addresses: Mapping[str, Clause]) -> Clause | None:
    """The clause that `parts` name among `addresses`, by the address rules of documents.md."""
    article = next((n for n, part in enumerate(parts) if part.unit == "条"), None)
    if article is not None and any(address.startswith("art") for address in addresses):
        return _in_statute(parts[:article], parts[article], parts[article + 1 :], addresses)
    if all(part.unit in UNIT_NAMES for part in parts) and (unit := _unit(parts, addresses)):
        return unit
    if any(part.inserted for part in parts):
        return None
    return _in_official(parts, addresses)


def _in_statute(
    units: Sequence[AddressPart],
    article: AddressPart,
    below: Sequence[AddressPart],
    addresses: Mapping[str, Clause],
) -> Clause | None:
    name = f"art{article.number}" + (f"-{article.inserted}" if article.inserted else "")
    found = addresses.get(name)
    if found is None:
        return None
    if units:
        unit = _unit(units, addresses)
        if unit is None or not unit.start <= found.start < unit.end:
            return None  # 第三章第二条 where 第二条 stands in 第一章
    for part in below:
        found = _below(found, part, addresses)
        if found is None:
            return None
    return found


def _below(home: Clause, part: AddressPart, addresses: Mapping[str, Clause]) -> Clause | None:
    """The 款, 项 or 目 `part` of `home`."""
    base = home.address
    if part.unit in _PARAGRAPHS:
        if found := addresses.get(f"{base}.p{part.number}"):
            return found
        # An article with one 款 leaves it out of the address.
        return home if part.number == 1 and f"{base}.p2" not in addresses else None
    names = (f"{base}.i{part.number}", f"{base}.{part.number}")
    for name in names if part.unit == "项" else reversed(names):
        if found := addresses.get(name):
            return found
    if part.unit != "项":
        return None
    # 第十二条第（三）项, where only one of several 款 has such items.
    deeper = [found for found in _paragraphs_of(base, addresses) if f"{found}.i{part.number}" in addresses]
    return addresses[f"{deeper[0]}.i{part.number}"] if len(deeper) == 1 else None


def _paragraphs_of(base: str, addresses: Mapping[str, Clause]) -> Iterator[str]:
    number = 1
    while f"{base}.p{number}" in addresses:
        yield f"{base}.p{number}"
        number += 1


def _unit(parts: Sequence[AddressPart], addresses: Mapping[str, Clause]) -> Clause | None:
    """编, 章 or 节, whether or not the reference names what is above it."""
    name = ".".join(f"{UNIT_NAMES.get(part.unit, '?')}{part.number}" for part in parts)
    if found := addresses.get(name):
        return found
    ending = [clause for address, clause in addresses.items() if address.endswith(f".{name}")]
    return ending[0] if len(ending) == 1 else None


def _in_official(parts: Sequence[AddressPart], addresses: Mapping[str, Clause]) -> Clause | None:
    """公文: numbers joined by dots; 第二段 of a clause is `.p2`."""
    numbered = [part for part in parts if part.unit != "段"]
    found = addresses.get(".".join(str(part.number) for part in numbered)) if numbered else None
    if found is None or not _mark_fits(numbered[0], found, len(numbered)):
        return None
    for part in parts[len(numbered) :]:
        found = _below(found, part, addresses)
        if found is None:
            return None
    return found


def _mark_fits(first: AddressPart, clause: Clause, depth: int) -> bool:
    """（二） alone is not 二、: the first mark must be of the level that it is written with."""
    if not first.is_mark:
        return True
    own = clause.label.rpartition("》")[2]  # of what a notice issues: 《方案》一、
    top = own[:1]
    written = "（" if top == "（" else "①" if "①" <= top <= "⑳" else "1" if top.isdecimal() else "一"
    if written == "（":
        written = "（1）" if own[1:2].isdecimal() else "（一）"
    kind = {"一": "一、"}.get(written, written)
    return kind == first.unit or (depth > 1 and MARKS[first.unit] == 0 and kind == "一、")


def _clauses(reference: Reference, addresses: Mapping[str, Clause]) -> tuple[Clause, ...]:
    """The clauses of the reference, all of a range; empty where any is missing."""
    first = clause_at(reference.parts, addresses)
    if first is None or reference.last is None:
        return (first,) if first else ()
    last = clause_at(reference.last, addresses)
    begin, close = reference.parts[-1], reference.last[-1]
    if last is None or last.start < first.start or close.number - begin.number > _MAX_RANGE:
        return ()
    between = [first]
    for number in range(begin.number + 1, close.number):
        found = clause_at((*reference.parts[:-1], replace(begin, number=number, inserted=0)), addresses)
        if found is None:
            return ()
        between.append(found)
    return (*between, last) if last is not first else (first,)


def _years(view: DocumentView) -> set[str]:
    """The years by which people name this version: of its version, its passing, its publication, and the
    first and the last of those that it is for."""
    document = view.document
    days = (document.passed, document.published)
    period = (document.period_start, document.period_end)
    years = (*(day.year for day in days if day), *(year for year in period if year))
    return {document.version[:4], *map(str, years)}
