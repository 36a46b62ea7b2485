"""What checking a draft against the documents gives: one check for each quotation and reference."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from index.schema import Validity
from index.text.alignment import Operation

Kind = Literal["quotation", "reference"]


class Verdict(StrEnum):
    """How a quotation or reference stands to the documents; a closed set."""

    VERBATIM = "verbatim"
    """The words are in the documents, but for white space and typographic variants."""
    FOUND = "found"
    """The clause that a reference names is there."""
    ALTERED = "altered"
    """The documents say it otherwise."""
    NOT_FOUND = "not_found"
    """Nothing in the documents says it; no such clause or document."""
    AMBIGUOUS = "ambiguous"
    """A reference that cannot be checked: nothing says which of the documents it means, or the document's
    numbering is not whole where it points."""


OUTDATED = frozenset({Validity.EXPIRED, Validity.SUPERSEDED, Validity.REPEALED, Validity.NOT_YET})


@dataclass(frozen=True, slots=True)
class Location:
    """A stretch of a document: `quote` equals the stored text at `start:end`."""

    document_id: str
    document_title: str
    document_version: str
    validity: Validity
    clause_id: str
    clause_label: str
    quote: str
    start: int
    end: int
    page: int | None
    url: str


@dataclass(frozen=True, slots=True)
class DiffStep:
    """One step of the comparison. The `quote`s of all steps give the quotation, the `original`s the
    stored text. `insert`: only the quotation has it; `delete`: the quotation lacks it."""

    op: Operation
    quote: str
    original: str


@dataclass(frozen=True, slots=True)
class Check:
    """One quotation or reference at `start:end` of the draft, whose characters there are `text`.

    `location` is where it stands. `misplaced`: the words do stand there, but not in the clause or
    document named beside them. `nearest` is the nearest real passage where the words are not in the
    documents, `diff` how they differ from it.
    """

    kind: Kind
    text: str
    start: int
    end: int
    verdict: Verdict
    location: Location | None
    nearest: Location | None
    diff: tuple[DiffStep, ...]
    note: str
    misplaced: bool = False

    @property
    def verified(self) -> bool:
        """Whether the draft may keep it as it is."""
        return self.verdict in (Verdict.VERBATIM, Verdict.FOUND) and not self.misplaced


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over all checks. `outdated`: verified in a text that does not bind today; `terms`: quoted
    terms that are no quotations, `own`: references of the draft to its own articles; both have no check."""

    total: int
    verified: int
    altered: int
    misplaced: int
    not_found: int
    ambiguous: int
    outdated: int
    terms: int
    own: int


@dataclass(frozen=True, slots=True)
class DraftReport:
    """All checks of a draft, in text order."""

    results: tuple[Check, ...]
    terms: int = 0
    own: int = 0

    @property
    def verified(self) -> bool:
        """Whether nothing is left to look at."""
        return all(check.verified for check in self.results)

    @property
    def summary(self) -> Summary:
        """The counts."""
        count = Counter(check.verdict for check in self.results)
        return Summary(
            total=len(self.results),
            verified=sum(check.verified for check in self.results),
            altered=count[Verdict.ALTERED],
            misplaced=sum(check.misplaced for check in self.results),
            not_found=count[Verdict.NOT_FOUND],
            ambiguous=count[Verdict.AMBIGUOUS],
            outdated=sum(
                check.verified and check.location is not None and check.location.validity in OUTDATED
                for check in self.results
            ),
            terms=self.terms,
            own=self.own,
        )
