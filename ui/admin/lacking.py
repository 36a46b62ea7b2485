"""没能回答的: what people ask and the documents do not say, the most frequent first."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from assistant.api.parts import store_of
from assistant.schema import Status
from assistant.storage.filters import Filters
from index.text.beijing import in_beijing
from index.text.folding import squeeze
from ui.admin.filters import today_of, written
from ui.admin.frame import AdminRoute, render
from ui.admin.questions import library_of
from ui.admin.session import ROOT, Maintainer
from ui.pages.citation_form import official_title
from ui.pages.text import seen

if TYPE_CHECKING:
    from index.library.library import Library

SPANS = (7, 30, 90)
"""Days that can be looked back on."""
QUESTIONS = 50
"""Questions that are listed."""
CLAUSES = 20
OF_CLAUSE = 5
"""Questions that are shown with a clause."""
BEGINNING = 24
"""Code points of a clause's heading, or text, by which it is known."""

router = APIRouter(prefix=f"{ROOT}/lacking", include_in_schema=False, route_class=AdminRoute)


@router.get("")
def lacking(request: Request, _key: Maintainer) -> Response:
    """What is asked and not covered, by question and by the clause that is nearest."""
    store, today, span = store_of(request), today_of(request), span_of(request, 30)
    since = today - timedelta(days=span - 1)
    wanted = Filters(statuses=(Status.NOT_COVERED,), since=since)
    library = library_of(request)
    return render(
        request,
        "admin/lacking.html",
        here=f"{ROOT}/questions",
        span=span,
        spans=SPANS,
        asked=[
            {
                "question": seen(one.question),
                "count": one.count,
                "last": f"{in_beijing(one.last):%Y-%m-%d}",
                "id": one.answer_id,
            }
            for one in store.lacks.most_asked(wanted, QUESTIONS)
        ],
        near=[
            {
                "clause": clause_words(one.clause_id, library),
                "count": one.count,
                "questions": [seen(each) for each in one.questions],
                "query": written(replace(wanted, nearest=one.clause_id)),
            }
            for one in store.lacks.by_clause(wanted, CLAUSES, OF_CLAUSE)
        ],
        query=written(wanted),
    )


def span_of(request: Request, usual: int) -> int:
    """How many days an address looks back on; `usual` where it names none that can be chosen."""
    return next((span for span in SPANS if request.query_params.get("days") == str(span)), usual)


def clause_words(clause_id: str, library: "Library | None") -> str:
    """A clause by its label and how it begins, with its document's title where there are several; its id
    where the document is not held any more."""
    edition, _, address = clause_id.partition("#")
    identifier, _, version = edition.rpartition("@")
    view = library.get(identifier, version) if library else None
    clause = view.clause(address) if view else None
    if library is None or view is None or clause is None:
        return clause_id
    text = squeeze(clause.heading or view.document.text[clause.start : clause.end])
    words = text if len(text) <= BEGINNING else f"{text[:BEGINNING]}…"
    title = official_title(view.document.title) if len(library.ids()) > 1 else ""
    return f"{title}{clause.label} {words}"
