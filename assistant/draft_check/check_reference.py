"""One reference against the documents: whether the clause is there."""

import re

from assistant.draft_check import notes
from assistant.draft_check.locations import Locator
from assistant.draft_check.verdicts import Check, Location, Verdict
from index.library.resolve import Outcome, Resolution

_TITLE = re.compile(r"^.*?》(?:[(（][^()（）]*[)）])?的?")


def check_reference(text: str, resolution: Resolution, locator: Locator) -> Check:
    """The check of the reference in `text` that was resolved."""
    reference = resolution.reference
    written = text[reference.start : reference.end]
    verdict, location, note = _outcome(resolution, written, locator)
    return Check("reference", written, reference.start, reference.end, verdict, location, None, (), note)


def _outcome(resolution: Resolution, written: str, locator: Locator) -> tuple[Verdict, Location | None, str]:
    reference, view = resolution.reference, resolution.view
    title = reference.title or reference.own or ""
    if resolution.outcome is Outcome.FOUND and view is not None:
        location = locator.clauses(view, resolution.clauses)
        return Verdict.FOUND, location, notes.clause_exists(location)
    if resolution.outcome is Outcome.NO_CLAUSE and view is not None:
        deepest = resolution.nearest.label if resolution.nearest else None
        document = view.document
        note = notes.no_clause(document.title, document.version, _clause_of(written, title), deepest)
        return Verdict.NOT_FOUND, None, note
    if resolution.outcome is Outcome.UNSURE and view is not None:
        note = notes.unsure_clause(view.document.title, _clause_of(written, title))
        return Verdict.AMBIGUOUS, None, note
    if resolution.outcome is Outcome.NO_VERSION and view is not None:
        versions = "、".join(locator.versions(view.document.id))
        return Verdict.NOT_FOUND, None, notes.no_version(view.document.title, versions)
    if resolution.outcome is Outcome.NO_DOCUMENT:
        return Verdict.NOT_FOUND, None, notes.no_document(title)
    if resolution.outcome is Outcome.AMBIGUOUS:
        return Verdict.AMBIGUOUS, None, notes.ambiguous(title)
    return Verdict.AMBIGUOUS, None, notes.no_context()


def _clause_of(written: str, title: str) -> str:
    """第十二条 out of 《体育法》第十二条 and 体育法第十二条."""
    return _TITLE.sub("", written).removeprefix(title).removeprefix("的")
