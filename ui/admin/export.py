"""Questions and answers given out as a table or as lines of JSON, bit by bit."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import chain, islice
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from assistant.api.parts import store_of
from assistant.api.trail import put_down
from assistant.storage.ratings import REASONS
from assistant.storage.review import COUNTED, Reviewed
from index.text.beijing import in_beijing
from ui.admin.filters import in_kinds, read_filters, today_of
from ui.admin.frame import AdminRoute
from ui.admin.session import ROOT, Maintainer, still_logged_in
from ui.admin.wording import RATINGS, status_label
from ui.pages.text import seen

HEADINGS = (
    "时间（北京时间）", "序号", "提问", "实际检索的", "结果", "回答", "简答", "把握", "更正", "没有写到的",
    "引用的条款", "评价", "原因", "意见", "用时（毫秒）",
)  # fmt: skip
LOOKED = 200
"""Exchanges after which the login is looked at again."""
CUT = "登录已经结束，后面的没有导出。"
_BOM = "\ufeff"
"""By which spreadsheets know that a file is UTF-8."""
_FORMULA = re.compile(r"(\A(?=[\t\r\n])|(?:\A|[;\t])(?=\s*[=+\-@＝＋－＠]))")
"""Where spreadsheets would begin what they reckon out, with one of these signs of either width: at the
beginning of a cell, and behind what some take for the end of one whatever the quotation marks say."""

router = APIRouter(prefix=ROOT, include_in_schema=False, route_class=AdminRoute)


@router.get("/export.csv")
def table(request: Request, _key: Maintainer) -> Response:
    """The exchanges that the filters let through, for spreadsheets."""
    found = _found(request, "export.csv")
    rows = ((CUT,) if each is None else _cells(each) for each in found)
    return _file(request, "csv", "text/csv; charset=utf-8", _table(rows))


@router.get("/export.jsonl")
def lines(request: Request, _key: Maintainer) -> Response:
    """The exchanges that the filters let through, for programs."""
    found = _found(request, "export.jsonl")
    objects = ({"incomplete": CUT} if each is None else _object(each) for each in found)
    told = (f"{json.dumps(each, ensure_ascii=False)}\n" for each in objects)
    return _file(request, "jsonl", "application/jsonl; charset=utf-8", told)


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return _FORMULA.sub(r"\1'", cell)


def _found(request: Request, act: str) -> Iterator[Reviewed | None]:
    """What the filters of an address let through, once the trail has it that it is given out; at last None
    where the login ends meanwhile. The first is read at once, so that a fault is a page and no torn file."""
    filters, review = read_filters(request.query_params), store_of(request).review
    count = review.count(filters)
    many = f"{COUNTED} 条以上" if count > COUNTED else f"{count} 条"
    put_down(request, act, f"{in_kinds(filters)}；{many}")
    found = review.each(filters)
    return _while_logged_in(request, chain(list(islice(found, 1)), found))


def _while_logged_in(request: Request, found: Iterable[Reviewed]) -> Iterator[Reviewed | None]:
    for at, each in enumerate(found):
        if at % LOOKED == 0 and at and not still_logged_in(request):
            yield None
            return
        yield each


def _file(request: Request, ending: str, media_type: str, parts: Iterable[str]) -> Response:
    name = f"questions-{today_of(request).isoformat()}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(parts, media_type=media_type, headers=headers)


def _table(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    yield _BOM
    writer.writerow(HEADINGS)
    for row in rows:
        writer.writerow(harmless(seen(cell)) for cell in row)
        yield written.getvalue()
        written.seek(0)
        written.truncate()
    yield written.getvalue()


def _cells(found: Reviewed) -> tuple[str, ...]:
    answer, opinion = found.answered.answer, found.opinion
    return (
        f"{in_beijing(found.answered.created_at):%Y-%m-%d %H:%M:%S}",
        str(found.number),
        found.answered.question,
        answer.standalone_question,
        status_label(answer.status),
        answer.answer,
        answer.short_answer or "",
        f"{answer.confidence:.2f}",
        "是" if answer.correction else "",
        "；".join(answer.missing),
        "；".join(each.clause_id for each in answer.citations),
        RATINGS[opinion.rating] if opinion else "",
        "、".join(REASONS[reason] for reason in opinion.reasons) if opinion else "",
        opinion.comment if opinion else "",
        f"{sum(answer.timings_ms.values()):.0f}",
    )


def _object(found: Reviewed) -> dict[str, Any]:
    opinion, stored = found.opinion, asdict(found.answered.answer)
    for capability in ("id", "conversation_id"):  # who holds these may rate, share and withdraw
        del stored[capability]
    return {
        "number": found.number,
        "asked_at": in_beijing(found.answered.created_at).isoformat(),
        "question": found.answered.question,
        **stored,
        "rating": opinion.rating if opinion else None,
        "reasons": opinion.reasons if opinion else [],
        "comment": opinion.comment if opinion else None,
    }
