"""Where an outline is not whole, so that nobody can say that a clause is not there."""

import re
from collections.abc import Sequence

from index.library.clause_references import AddressPart
from index.library.library import DocumentView
from index.schema import Clause, WarningKind

_ARTICLE = re.compile(r"art(\d+)")
_DOUBTS = (WarningKind.GAP, WarningKind.ORPHAN)


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
