"""What checking a draft against the documents gives: one check for each quotation and reference."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from index.alignment import Operation
from index.library import Validity

Kind = Literal["quotation", "reference"]


class Verdict(StrEnum):
    """How a quotation or reference stands to the documents; a closed set."""

    VERBATIM = "verbatim"
    """The words are in the documents, but for white space and typographic variants."""
    EXISTS = "exists"
    """The clause that a reference names is there."""
    ALTERED = "altered"
    """The documents say it otherwise."""
    MISPLACED = "misplaced"
    """The words are in the documents, but not in the clause or document named beside them."""
    NOT_FOUND = "not_found"
    """Nothing in the documents says it; no such clause or document."""
    UNRESOLVED = "unresolved"
    """A reference that cannot be checked: nothing says which document it means."""


VERIFIED = frozenset({Verdict.VERBATIM, Verdict.EXISTS})
FAILED = frozenset({Verdict.ALTERED, Verdict.MISPLACED, Verdict.NOT_FOUND})
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

    `location` is where it stands: for `misplaced` the true place. `nearest` is the nearest real
    passage where the words are not in the documents, `diff` how they differ from it.
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

    @property
    def verified(self) -> bool:
        """Whether the draft may keep it as it is."""
        return self.verdict in VERIFIED


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over all checks. `outdated`: verified in a text that does not bind today; `terms`: quoted
    terms that are no quotations, which have no check."""

    total: int
    verified: int
    altered: int
    misplaced: int
    not_found: int
    unresolved: int
    outdated: int
    terms: int


@dataclass(frozen=True, slots=True)
class Report:
    """All checks of a draft, in text order."""

    results: tuple[Check, ...]
    terms: int = 0

    @property
    def failed(self) -> bool:
        """Whether anything must be put right."""
        return any(check.verdict in FAILED for check in self.results)

    @property
    def summary(self) -> Summary:
        """The counts."""
        count = Counter(check.verdict for check in self.results)
        return Summary(
            total=len(self.results),
            verified=sum(check.verified for check in self.results),
            altered=count[Verdict.ALTERED],
            misplaced=count[Verdict.MISPLACED],
            not_found=count[Verdict.NOT_FOUND],
            unresolved=count[Verdict.UNRESOLVED],
            outdated=sum(
                check.verified and check.location is not None and check.location.validity in OUTDATED
                for check in self.results
            ),
            terms=self.terms,
        )
