"""提问: what was asked, as it is stored, and each exchange as a whole."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from assistant.api.opening import opened
from assistant.api.parts import store_of
from assistant.api.problems import NOT_FOUND, ProblemError
from assistant.schema import Citation
from assistant.storage.conversations import is_id
from assistant.storage.filters import LOW, SLOW_MS
from assistant.storage.overview import same_as
from assistant.storage.ratings import REASONS
from assistant.storage.review import COUNTED, Reviewed, Shown
from ui.admin.filters import (
    RATING_CHOICES,
    STATUS_CHOICES,
    day_ways,
    fields_of,
    in_words,
    read_filters,
    today_of,
    written,
)
from ui.admin.frame import AdminRoute, go, number_of, render, root_of
from ui.admin.session import ROOT, Maintainer
from ui.admin.wording import (
    RATINGS,
    STEPS,
    at_words,
    duration,
    percent,
    status_label,
    why_refused,
)
from ui.pages.citation_form import official_citation
from ui.pages.text import seen

if TYPE_CHECKING:
    from index.library.library import Library

PAGE = 50
"""Exchanges on one page."""
QUESTIONS = f"{ROOT}/questions"
_GONE = "没有这个问答，它可能已随对话删除；请回到提问列表。"

router = APIRouter(prefix=QUESTIONS, include_in_schema=False, route_class=AdminRoute)


@dataclass(frozen=True, slots=True)
class _Quoted:
    """A citation as it is shown."""

    named: str
    quote: str
    url: str
    path: str


@router.get("")
def questions(request: Request, _key: Maintainer) -> Response:
    """One page of exchanges, the newest first."""
    query, store = request.query_params, store_of(request)
    if is_id(found := query.get("q", "").strip()) and found.startswith("ans_"):
        return go(request, f"{QUESTIONS}/{found}")
    filters = read_filters(query)
    before, after = (number_of(query.get(name, "")) for name in ("before", "after"))
    page = store.review.page(filters, PAGE, before, after)
    whole = before is None and after is None and page.older is None
    count = len(page.shown) if whole else store.review.count(filters)
    today = today_of(request)
    return render(
        request,
        "admin/questions.html",
        exchanges=[_line(each) for each in page.shown],
        count=f"{COUNTED} 条以上" if count > COUNTED else f"{count} 条",
        said=in_words(filters),
        filters=filters,
        query=written(filters),
        given=fields_of(filters),
        statuses=STATUS_CHOICES,
        ratings=RATING_CHOICES,
        documents=titles_of(request, store.review.documents()),
        days=day_ways(filters, today),
        low=percent(LOW),
        late=duration(SLOW_MS),
        moved=before is not None or after is not None,
        older=written(filters, before=page.older) if page.older is not None else None,
        newer=written(filters, after=page.newer) if page.newer is not None else None,
    )


@router.get("/{answer_id}")
def exchange(request: Request, _key: Maintainer, answer_id: str) -> Response:
    """One exchange with all that is stored of it."""
    found = found_exchange(request, answer_id)
    filters, store = read_filters(request.query_params), store_of(request)
    answer = found.answered.answer
    older = store.review.page(filters, 1, before=found.number).shown
    newer = store.review.page(filters, 1, after=found.number).shown
    library = library_of(request)
    opinion = found.opinion
    return render(
        request,
        "admin/exchange.html",
        question=seen(found.answered.question),
        earlier=[seen(each) for each in found.turns[:-1]],
        answer=answer,
        standalone=seen(answer.standalone_question),
        searched=same_as(answer.standalone_question) != same_as(found.answered.question),
        ended=status_label(answer.status),
        at=at_words(found.answered.created_at),
        machine=found.answered.created_at.isoformat(),
        confidence=percent(answer.confidence),
        unsure=answer.confidence < LOW,
        why=why_refused(answer),
        quoted=[_quoted(request, each, library) for each in answer.citations],
        related=[_quoted(request, each, library) for each in answer.related],
        timings=[(STEPS.get(step, step), duration(spent)) for step, spent in answer.timings_ms.items()],
        total=duration(sum(answer.timings_ms.values())),
        opinion=opinion,
        rating=RATINGS[opinion.rating] if opinion else "",
        rated_at=at_words(opinion.created_at) if opinion else "",
        reasons="、".join(REASONS[reason] for reason in opinion.reasons) if opinion else "",
        made=store.made_rows.of(answer_id) is not None,
        query=written(filters),
        said=in_words(filters),
        older=older[0].answer_id if older else None,
        newer=newer[0].answer_id if newer else None,
    )


def found_exchange(request: Request, answer_id: str) -> Reviewed:
    """The exchange of an answer. Raises a 404 problem, StorageFault."""
    found = store_of(request).review.exchange(answer_id)
    if found is None:
        raise ProblemError(NOT_FOUND, _GONE)
    return found


def library_of(request: Request) -> "Library | None":
    """The documents; None while they are not open."""
    try:
        return opened(request).library
    except ProblemError:
        return None


def titles_of(request: Request, ids: "tuple[str, ...]") -> dict[str, str]:
    """The titles of documents by their ids; an id where the document is not held any more."""
    library = library_of(request)
    views = {identifier: library.get(identifier) if library else None for identifier in ids}
    return {identifier: view.document.title if view else identifier for identifier, view in views.items()}


def _line(shown: Shown) -> dict[str, object]:
    return {
        "id": shown.answer_id,
        "at": at_words(shown.asked_at),
        "machine": shown.asked_at.isoformat(),
        "question": seen(shown.question),
        "status": shown.status.value,
        "label": status_label(shown.status),
        "confidence": percent(shown.confidence),
        "unsure": shown.confidence < LOW,
        "correction": shown.correction,
        "rating": RATINGS[shown.rating] if shown.rating else "",
        "down": shown.rating is not None and shown.rating.value == "down",
        "took": duration(shown.total_ms),
    }


def _quoted(request: Request, citation: Citation, library: "Library | None") -> _Quoted:
    named = official_citation(citation, library) if library else citation.clause_label
    path = " › ".join(citation.clause_path)
    return _Quoted(named, citation.quote, f"{root_of(request)}{citation.url}", path)
