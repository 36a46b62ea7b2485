"""The page on which a maintainer begins: what came of the last days' questions, and what to look at first."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from fastapi import APIRouter, Request, Response

from assistant.api.opening import opening_of
from assistant.api.parts import store_of
from assistant.schema import Status
from assistant.storage.figures import Tally
from assistant.storage.filters import SLOW_MS, Filters
from assistant.storage.ratings import Rating
from ui.admin.filters import REFUSED, today_of, written
from ui.admin.frame import AdminRoute, render
from ui.admin.ratings import line
from ui.admin.session import ROOT, Maintainer
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
        rows=list(_counted(tallies)),
        fast=["–" if tally.p95 is None else f"{tally.p95 / 1000:.1f} 秒" for _, _, tally in tallies],
        complaints=[line(each) for each in store.opinions.latest(COMPLAINTS, Rating.DOWN).shown],
        lacks=store.lacks.most_asked(lacking, LACKS),
        lacking=written(lacking),
        rows_made=len(store.made_rows.all()),
        paused=store.pause.now() is not None,
        unable=opening_of(request).unable(),
    )


_FIGURES: tuple[tuple[str, Callable[[Tally], int], dict[str, str], bool], ...] = (
    ("提问", lambda tally: tally.asked, {}, False),
    ("作答", lambda tally: tally.answered, {"status": Status.ANSWERED.value}, True),
    ("没能回答", lambda tally: tally.refused, {"status": REFUSED}, True),
    ("纠正了前提", lambda tally: tally.corrections, {"corrections": "1"}, False),
    ("说没用", lambda tally: tally.down, {"rating": Rating.DOWN.value}, False),
    ("说有用", lambda tally: tally.up, {"rating": Rating.UP.value}, False),
    (f"超过 {duration(SLOW_MS)}", lambda tally: tally.slow, {"slow": "1"}, False),
)
"""What is told of each span: its name, how it is counted, which exchanges are behind it, and whether their
share is told too."""


def _counted(tallies: list[tuple[date, date, Tally]]) -> Iterator[dict[str, object]]:
    for name, count, filtering, shared in _FIGURES:
        cells = []
        for since, until, tally in tallies:
            number = count(tally)
            query = written(Filters(since=since, until=until), **filtering) if number else None
            share = share_of(number, tally.asked) if shared and number else ""
            cells.append({"value": number, "share": share, "query": query})
        yield {"name": name, "cells": cells}
