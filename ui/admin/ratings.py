"""评价: what people thought of answers, counted and in their own words."""

import re
from datetime import timedelta

from fastapi import APIRouter, Request, Response

from assistant.api.parts import store_of
from assistant.storage.conversations import is_id
from assistant.storage.filters import Filters
from assistant.storage.opinions import Complaint
from assistant.storage.ratings import REASONS, Rating
from ui.admin.filters import RATING_CHOICES, read_filters, today_of, written
from ui.admin.frame import AdminRoute, render
from ui.admin.lacking import SPANS, span_of
from ui.admin.questions import titles_of
from ui.admin.session import ROOT, Maintainer
from ui.admin.wording import RATINGS, at_words, day_name, share_of, status_label
from ui.pages.text import seen

PAGE = 30
"""Ratings on one page."""
_KEY = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)-(\w{1,64})", re.ASCII)

router = APIRouter(prefix=f"{ROOT}/ratings", include_in_schema=False, route_class=AdminRoute)


@router.get("")
def ratings(request: Request, _key: Maintainer) -> Response:
    """Counts of a number of days, and one page of ratings, the latest first."""
    store, today, span = store_of(request), today_of(request), span_of(request, 30)
    wanted = read_filters(request.query_params).rating
    since = today - timedelta(days=span - 1)
    found = store.figures.opinions(since, today)
    before = before_of(request.query_params.get("before", ""))
    page = store.opinions.latest(PAGE, wanted, before)
    titles = titles_of(request, tuple(name for name in found.documents if name is not None))
    return render(
        request,
        "admin/ratings.html",
        span=span,
        spans=SPANS,
        votes=found.all,
        useful=share_of(found.all.up, found.all.up + found.all.down),
        reasons=[(REASONS[reason], count) for reason, count in found.reasons.items()],
        documents=[
            {
                "title": titles[name] if name is not None else "没有引用文件的回答",
                "votes": votes,
                "query": written(Filters(rating=Rating.DOWN, document=name, since=since)) if name else None,
            }
            for name, votes in found.documents.items()
        ],
        days=[
            {
                "day": day_name(day, today),
                "votes": votes,
            }
            for day, votes in found.days.items()
        ],
        opinions=[line(each) for each in page.shown],
        choices=RATING_CHOICES,
        wanted=wanted.value if wanted else "",
        moved=before is not None,
        older=f"{page.older[0]:.6f}-{page.older[1]}" if page.older else None,
    )


def line(each: Complaint) -> dict[str, object]:
    """A rating as it is shown in a list."""
    opinion = each.opinion
    return {
        "id": each.answer_id,
        "question": seen(each.question),
        "status": each.status.value,
        "label": status_label(each.status),
        "rating": RATINGS[opinion.rating],
        "down": opinion.rating is Rating.DOWN,
        "reasons": "、".join(REASONS[reason] for reason in opinion.reasons),
        "comment": seen(opinion.comment),
        "at": at_words(opinion.created_at),
        "machine": opinion.created_at.isoformat(),
    }


def before_of(text: str) -> tuple[float, str] | None:
    """From which rating on a page goes on; None for what names none."""
    found = _KEY.fullmatch(text)
    return (float(found[1]), found[2]) if found and is_id(found[2]) else None
