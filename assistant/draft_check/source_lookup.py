"""What a draft names as the source of a quotation, looked up: clauses, a document, or nothing we have."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from assistant.draft_check.nearby_source import NamedSource
from index.library.clause_references import Reference
from index.library.library import DocumentView
from index.library.quotation_search import Stretch
from index.library.resolve import Outcome, Resolution, Resolver
from index.library.title_mentions import Mention, Mentions
from index.library.titles import KINDS, parse_title
from index.schema import Clause

_UNTOLD = (Outcome.NO_CONTEXT, Outcome.AMBIGUOUS, Outcome.UNSURE)
"""Ends of a look-up that say nothing of where a quotation should stand."""


@dataclass(frozen=True, slots=True)
class ResolvedSource:
    """A source named beside a quotation.

    `ids` are the documents that it can mean; `clauses` the places in the version that it means;
    `others` the same clauses in other versions, empty where the draft names the version itself.
    Without any clause, the whole document is meant.
    """

    label: str
    clause_label: str
    ids: tuple[str, ...]
    clauses: tuple[Stretch, ...] = ()
    others: tuple[Stretch, ...] = ()
    missing_clause: bool = False

    @property
    def known(self) -> bool:
        """Whether the document is loaded."""
        return bool(self.ids)

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """The places to look at first."""
        return self.clauses

    def holds(self, found: Stretch) -> bool:
        """Whether `found` stands in what is named (more than half of it: a quotation may run on)."""
        if self.missing_clause:
            return False
        if not self.clauses:
            return found.view.document.id in self.ids
        return any(_mostly_in(found, clause) for clause in self.clauses)

    def holds_elsewhere(self, found: Stretch) -> bool:
        """Whether `found` stands in the same clause of another version."""
        return any(_mostly_in(found, clause) for clause in self.others)


class SourceLookup:
    """Looks up what is named in one draft."""

    def __init__(self, resolver: Resolver, mentions: Mentions, text: str, as_of: date) -> None:
        self._resolver = resolver
        self._mentions = mentions
        self._text = text
        self._as_of = as_of

    def of(self, source: NamedSource) -> ResolvedSource | None:
        """The source looked up; None where nothing says which document is meant."""
        if source.mention is not None:
            return self._document(source.mention)
        resolutions = [self._resolver.resolve(r, self._as_of) for r in source.references]
        told = [r for r in resolutions if r.outcome not in _UNTOLD]
        if not told:
            return None
        label = self._label(source.references)
        ids = tuple(dict.fromkeys(r.view.document.id for r in told if r.view is not None))
        found = [r for r in told if r.outcome is Outcome.FOUND]
        clauses = tuple(_stretch(r.view, c) for r in found if r.view for c in r.clauses)
        names_version = any(parse_title(r.title or "").version_years for r in source.references)
        others = () if names_version else tuple(f for r in found for f in self._in_other_versions(r))
        written = self._text[source.references[0].start : source.references[-1].end]
        return ResolvedSource(label, written.rpartition("》")[2], ids, clauses, others, not clauses)

    def _document(self, mention: Mention) -> ResolvedSource | None:
        title = mention.title
        if title in KINDS:
            earlier = self._mentions.last_of_kind(title, mention.start)
            if earlier is None:
                ids = self._resolver.titles.ending_with(title)
                return ResolvedSource(f"《{title}》", "", ids) if len(ids) == 1 else None
            title = earlier.title
        return ResolvedSource(f"《{title}》", "", self._resolver.documents(title))

    def _label(self, references: tuple[Reference, ...]) -> str:
        written = self._text[references[0].start : references[-1].end]
        first = references[0]
        return written if first.named or first.title is None else f"《{first.title}》{written}"

    def _in_other_versions(self, resolution: Resolution) -> Iterator[Stretch]:
        view = resolution.view
        if view is None:
            return
        for other in self._resolver.versions(view.document.id):
            if other.document.version != view.document.version:
                again = self._resolver.in_view(resolution.reference, other)
                yield from (_stretch(other, clause) for clause in again.clauses)


def _stretch(view: DocumentView, clause: Clause) -> Stretch:
    return Stretch(view, clause.start, clause.end)


def _mostly_in(found: Stretch, clause: Stretch) -> bool:
    if found.view is not clause.view:
        return False
    shared = min(found.end, clause.end) - max(found.start, clause.start)
    return 2 * shared > found.end - found.start
