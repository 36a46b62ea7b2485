"""What a reference to a document can mean within it: its own clauses, those of a text that it issues, and
clauses that may be there though the outline lacks them."""

import re
from collections.abc import Iterator, Mapping, Sequence

from index.library.clause_references import AddressPart
from index.library.library import DocumentView
from index.schema import Clause, WarningKind
from index.text.folding import squeeze

_ATTACHED = re.compile(r"(?:att|appendix)\d+")
_ARTICLE = re.compile(r"art(\d+)")
_DOUBTS = (WarningKind.GAP, WarningKind.ORPHAN)


def texts_in(view: DocumentView) -> tuple[Mapping[str, Clause], ...]:
    """Clauses by address: of the text itself first, then of each text that is attached to it, whose addresses
    are those within it (2.1 for att1.2.1)."""
    homes = [clause for clause in view.clauses if _ATTACHED.fullmatch(clause.address)]
    own = {clause.address: clause for clause in view.clauses}
    inner = (
        {
            clause.address.removeprefix(f"{home.address}."): clause
            for clause in view.clauses
            if clause.address.startswith(f"{home.address}.")
        }
        for home in homes
    )
    return (own, *inner)


def attached_titles(view: DocumentView) -> Iterator[str]:
    """The titles of the texts that the document issues."""
    for clause in view.clauses:
        if re.fullmatch(r"att\d+", clause.address):
            yield squeeze(clause.heading)


def may_hide(parts: Sequence[AddressPart], nearest: Clause | None, view: DocumentView) -> bool:
    """Whether the clause that `parts` name may be there though the outline lacks it: numbers are missing or
    lines became no clause below `nearest`, the innermost clause that is there, or the text has no outline."""
    warnings = view.document.warnings
    if any(warning.kind is WarningKind.NO_OUTLINE for warning in warnings):
        return True
    article = next((part.number for part in parts if part.unit == "条"), 0)
    articles = [int(match[1]) for c in view.clauses if (match := _ARTICLE.fullmatch(c.address))]
    if article and articles and article > max(articles):
        return False
    within = (nearest.start, nearest.end) if nearest else (0, len(view.document.text))
    return any(
        warning.start is not None and within[0] <= warning.start <= within[1]
        for warning in warnings
        if warning.kind in _DOUBTS
    )
