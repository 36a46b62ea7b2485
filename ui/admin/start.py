"""The page on which a maintainer begins: what came of the last days' questions, and what to look at first."""

from collections.abc import Callable
from datetime import date, timedelta

from fastapi import APIRouter, Request, Response

from assistant.api.parts import store_of
from assistant.api.problems import ProblemError
from assistant.schema import Status
from assistant.storage.figures import SLOW_MS, Tally
from assistant.storage.filters import Filters
from assistant.storage.ratings import Rating
from ui.admin.filters import REFUSED, today_of, written
from ui.admin.frame import AdminRoute, render
from ui.admin.questions import Maintainer
from ui.admin.ratings import line
from ui.admin.session import ROOT
from ui.admin.wording import duration, share_of

COMPLAINTS, LACKS = 5, 8
"""Lines that are shown of each."""

router = APIRouter(prefix=ROOT, include_in_schema=False, route_class=AdminRoute)


@router.get("")
def start(request: Request, _key: Maintainer) -> Response:
    """The last days in figures, the latest complaints, and what was asked most and not answered."""
    store, today = store_of(request), today_of(request)
    yesterday, week = today - timedelta(days=1), today - timedelta(days=6)
    spans = (
        ("今天", today, today),
        ("昨天", yesterday, yesterday),
        ("近 7 天", week, today),
        ("再前 7 天", week - timedelta(days=7), week - timedelta(days=1)),
    )
    tallies = [(since, until, store.figures.tally(since, until)) for _, since, until in spans]
    lacking = Filters(statuses=(Status.NOT_COVERED,), since=week)
    return render(
        request,
        "admin/start.html",
        spans=[name for name, _, _ in spans],
        rows=[_row(name, value, filtering, tallies) for name, value, filtering in _FIGURES],
        asked=tallies[2][2].asked,
        complaints=[line(each) for each in store.opinions.latest(COMPLAINTS, Rating.DOWN).shown],
        lacks=store.lacks.most_asked(lacking, LACKS),
        lacking=written(lacking),
        rows_made=len(store.made_rows.all()),
        paused=store.pause.now() is not None,
        unable=_unable(request),
    )


def _count(part: int, tally: Tally) -> str:
    return f"{part}（{share_of(part, tally.asked)}）" if tally.asked else "–"


_FIGURES: tuple[tuple[str, Callable[[Tally], str], dict[str, str] | None], ...] = (
    ("提问", lambda tally: str(tally.asked), {}),
    ("作答", lambda tally: _count(tally.answered, tally), {"status": Status.ANSWERED.value}),
    ("没答上", lambda tally: _count(tally.refused, tally), {"status": REFUSED}),
    ("更正了提问", lambda tally: str(tally.corrections), {"corrections": "1"}),
    ("说没用", lambda tally: str(tally.down), {"rating": Rating.DOWN.value}),
    ("说有用", lambda tally: str(tally.up), {"rating": Rating.UP.value}),
    (f"超过 {SLOW_MS // 1000} 秒", lambda tally: str(tally.slow), None),
    ("95% 快于", lambda tally: duration(tally.p95), None),
)
"""What is told of each span: its name, how it is read, and which exchanges are behind it, None where no
filter says so."""


def _row(
    name: str,
    value: Callable[[Tally], str],
    filtering: dict[str, str] | None,
    tallies: list[tuple[date, date, Tally]],
) -> dict[str, object]:
    cells = []
    for since, until, tally in tallies:
        shown = value(tally)
        linked = filtering is not None and shown not in ("0", "–") and not shown.startswith("0（")
        query = written(Filters(since=since, until=until), **(filtering or {})) if linked else None
        cells.append({"value": shown, "query": query})
    return {"name": name, "cells": cells}


def _unable(request: Request) -> str | None:
    """Why questions cannot be answered now; None where they can."""
    try:
        request.app.state.opening.assistant()
    except ProblemError as problem:
        return problem.detail
    return None
