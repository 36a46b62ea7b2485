"""Questions and answers given out as a table or as lines of JSON, bit by bit."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from assistant.api.parts import store_of
from assistant.api.trail import put_down
from assistant.storage.filters import Filters
from assistant.storage.review import Reviewed
from index.text.personal_data import mask
from ui.admin.filters import in_words, read_filters, today_of
from ui.admin.frame import AdminRoute
from ui.admin.questions import Maintainer
from ui.admin.session import ROOT
from ui.admin.wording import RATINGS, REASONS, status_label

HEADINGS = (
    "时间", "回答编号", "提问", "实际检索的", "结果", "回答", "简答", "把握", "更正", "没有写到的",
    "引用的条款", "评价", "原因", "意见", "用时（毫秒）",
)  # fmt: skip
_BOM = "\ufeff"
"""By which spreadsheets know that a file is UTF-8."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""With these, of either width, spreadsheets begin what they reckon out."""

router = APIRouter(prefix=ROOT, include_in_schema=False, route_class=AdminRoute)


@router.get("/export.csv")
def table(request: Request, _key: Maintainer) -> Response:
    """The exchanges that the filters let through, for spreadsheets."""
    filters = _noted(request, "export.csv")
    rows = (_cells(each) for each in store_of(request).review.each(filters))
    return _file(request, "csv", "text/csv; charset=utf-8", _table(rows))


@router.get("/export.jsonl")
def lines(request: Request, _key: Maintainer) -> Response:
    """The exchanges that the filters let through, for programs."""
    filters = _noted(request, "export.jsonl")
    found = store_of(request).review.each(filters)
    told = (f"{json.dumps(_object(each), ensure_ascii=False)}\n" for each in found)
    return _file(request, "jsonl", "application/jsonl; charset=utf-8", told)


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _noted(request: Request, act: str) -> Filters:
    """The filters of an address, once the trail has it that they are given out."""
    filters = read_filters(request.query_params)
    put_down(request, act, mask(in_words(filters)) or "全部")
    return filters


def _file(request: Request, ending: str, media_type: str, parts: Iterable[str]) -> Response:
    name = f"questions-{today_of(request).isoformat()}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(parts, media_type=media_type, headers=headers)


def _table(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    written = io.StringIO()
    writer = csv.writer(written)
    yield _BOM
    writer.writerow(HEADINGS)
    for row in rows:
        writer.writerow(map(harmless, row))
        yield written.getvalue()
        written.seek(0)
        written.truncate()
    yield written.getvalue()


def _cells(found: Reviewed) -> tuple[str, ...]:
    answer, opinion = found.answered.answer, found.opinion
    return (
        found.answered.created_at.astimezone().isoformat(sep=" ", timespec="seconds"),
        answer.id,
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
    answer, opinion = found.answered.answer, found.opinion
    return {
        "asked_at": found.answered.created_at.isoformat(),
        "question": found.answered.question,
        **asdict(answer),
        "rating": opinion.rating if opinion else None,
        "reasons": opinion.reasons if opinion else [],
        "comment": opinion.comment if opinion else None,
    }
