"""速度: how long answers take, day by day and step by step, and what came of the questions."""

from datetime import date, timedelta

from fastapi import APIRouter, Request, Response

from assistant.api.parts import store_of
from assistant.storage.figures import STEPS_OF, Day
from assistant.storage.filters import SLOW_MS, Filters
from ui.admin.chart import chart_of
from ui.admin.filters import today_of, written
from ui.admin.frame import AdminRoute, render
from ui.admin.lacking import SPANS, span_of
from ui.admin.session import ROOT, Maintainer
from ui.admin.wording import STEPS, day_name, duration, share_of

router = APIRouter(prefix=f"{ROOT}/speed", include_in_schema=False, route_class=AdminRoute)


@router.get("")
def speed(request: Request, _key: Maintainer) -> Response:
    """Times of a number of days; of the steps, those of one day where one is named."""
    today, span = today_of(request), span_of(request, 7)
    since = today - timedelta(days=span - 1)
    chosen = day_of(request.query_params.get("day", ""), since, today)
    found = store_of(request).figures.speed(since, today, chosen)
    earliest = found.days[::-1]
    steps = sorted(found.steps.items(), key=lambda each: -(each[1].p95 or 0))
    return render(
        request,
        "admin/speed.html",
        span=span,
        spans=SPANS,
        count=found.all.count,
        p50=duration(found.all.p50),
        p95=duration(found.all.p95),
        slow=duration(SLOW_MS),
        is_slow=(found.all.p95 or 0) > SLOW_MS,
        chart=chart_of(
            [each.day for each in earliest],
            [
                ("一半不超过", [each.times.p50 or 0.0 for each in earliest]),
                ("95% 不超过", [each.times.p95 or 0.0 for each in earliest]),
            ],
        ),
        days=[_day(each, today) for each in found.days],
        steps=[
            (STEPS.get(step, step), times.count, duration(times.p50), duration(times.p95))
            for step, times in steps
        ],
        chosen=day_name(chosen, today) if chosen else None,
        most=STEPS_OF,
    )


def day_of(text: str, since: date, until: date) -> date | None:
    """A day in an address, where it lies between the two."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if since <= day <= until else None


def _day(each: Day, today: date) -> dict[str, object]:
    count = each.times.count
    return {
        "day": each.day.isoformat(),
        "name": day_name(each.day, today),
        "count": count,
        "p50": duration(each.times.p50),
        "p95": duration(each.times.p95),
        "answered": share_of(each.answered, count),
        "refused": share_of(each.refused, count),
        "corrected": share_of(each.corrections, count),
        "query": written(Filters(since=each.day, until=each.day)),
    }
