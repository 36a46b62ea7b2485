"""What else somebody may ask after an answer: about the clauses beside the main evidence.

Where a document has prepared questions, one of each clause that was tried and found answered with it
(`policy-qa eval calibrate follow_ups`); elsewhere a fixed form that names the clause, which the outline
answers. None is about a clause that is cited already. The same answer has the same questions.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from assistant.answering.outline_lookup import heading_name, is_unit, numbered, unit_of
from assistant.fitted import DATA
from assistant.schema import Answer, Citation, NoticeKind, Status
from index.encoder.fitted import read_fitted
from index.library.library import DocumentView, Library
from index.schema import Clause
from index.text.folding import squeeze
from prompts import reply

MOST = 3
"""Questions after one answer."""
_LONGEST = 40
"""Characters of a question that names a clause by its heading; a longer heading is left out."""
_COUNTRY = "中华人民共和国"


def follow_ups(answer: Answer, library: Library) -> tuple[str, ...]:
    """At most `MOST` questions, the nearest clause's first. Under a refusal what the nearest clauses do
    answer comes first. Empty where nothing was found, and where somebody may be in danger."""
    if any(notice.kind is NoticeKind.SAFETY for notice in answer.notices):
        return ()
    beside: Sequence[Citation] = answer.citations if answer.status is Status.ANSWERED else answer.related
    main = beside[0] if beside else None
    view = library.get(main.document_id, main.document_version) if main else None
    if main is None or view is None:
        return ()
    cited = {_unit(view, one.clause_id) for one in answer.citations if _edition(one) == _edition(main)}
    prepared = _prepared().get(_edition(main))
    found: list[str] = []
    for clause in _nearest(view, main):
        if clause.address not in cited and (question := _question(view, clause, prepared)):
            found.append(question)
        if len(found) == MOST:
            break
    return tuple(found)


def _edition(citation: Citation) -> str:
    return f"{citation.document_id}@{citation.document_version}"


def _unit(view: DocumentView, identifier: str) -> str | None:
    """The address of the numbered unit that the clause with this id is or stands in."""
    clause = unit_of(view, identifier.partition("#")[2])
    return clause.address if clause else None


def _nearest(view: DocumentView, main: Citation) -> list[Clause]:
    """The numbered units, nearest to the main evidence first: by steps through the outline, then by places in
    the text, what follows before what precedes."""
    units = [clause for clause in view.clauses if is_unit(clause)]
    places = {clause.address: place for place, clause in enumerate(units)}
    own = _unit(view, main.clause_id)
    here = places[own] if own is not None else -1
    above = _line(view, units[here]) if own is not None else ()

    def distance(clause: Clause) -> tuple[int, int, bool]:
        line = _line(view, clause)
        shared = sum(one == other for one, other in zip(above, line, strict=False))
        away = places[clause.address] - here
        return len(above) + len(line) - 2 * shared, abs(away), away < 0

    return sorted(units, key=distance)


def _line(view: DocumentView, clause: Clause) -> tuple[str, ...]:
    """The addresses from the outermost clause down to `clause`."""
    found = [clause.address]
    while clause.parent is not None and (outer := view.clause(clause.parent)) is not None:
        clause = outer
        found.append(clause.address)
    return tuple(reversed(found))


def _question(view: DocumentView, clause: Clause, prepared: Mapping[str, str] | None) -> str | None:
    if prepared is not None:
        return prepared.get(clause.address)
    if clause.address not in _asked_units(view):
        return None
    title, label = view.document.title.removeprefix(_COUNTRY), clause.label.rstrip("、")
    heading = heading_name(clause)
    if squeeze(clause.heading) in ("", label) or not heading:
        return reply("follow_up_article", title=title, label=label)
    asked = reply("follow_up_heading", title=title, label=label, heading=heading)
    return asked if len(asked) <= _LONGEST else reply("follow_up_article", title=title, label=label)


def _asked_units(view: DocumentView) -> frozenset[str]:
    """The addresses of the innermost units of the outline: a whole chapter is no answer."""
    found: list[str] = []
    waiting = list(numbered(view, None))
    while waiting:
        clause = waiting.pop()
        below = numbered(view, clause.address)
        waiting += below
        if not below:
            found.append(clause.address)
    return frozenset(found)


@lru_cache(maxsize=1)
def _prepared() -> Mapping[str, Mapping[str, str]]:
    """By edition and the clause's address the question that was tried."""
    data: Mapping[str, Mapping[str, str]] = read_fitted(DATA / "follow_ups.json")
    return data
