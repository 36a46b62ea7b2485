"""评测题: evaluation rows made of exchanges, kept until they are taken into a data set."""

from fastapi import APIRouter, Request, Response

from assistant.api.opening import opened
from assistant.api.parts import store_of
from assistant.api.problems import NOT_FOUND, ProblemError
from assistant.api.trail import put_down
from assistant.eval_rows.row import ROW, Row, row_line
from assistant.schema import Status
from assistant.storage.ratings import REASONS
from assistant.storage.review import Reviewed
from index.text.beijing import in_beijing
from ui.admin import row_form
from ui.admin.filters import today_of
from ui.admin.frame import AdminRoute, go, render
from ui.admin.lacking import clause_words
from ui.admin.questions import found_exchange, library_of
from ui.admin.row_form import Form
from ui.admin.session import ROOT, Fields, Maintainer
from ui.admin.wording import RATINGS, at_words, status_label
from ui.pages.citation_form import official_citation
from ui.pages.text import seen

ROWS = f"{ROOT}/rows"
_TAKEN = "这个编号已有别的题用了，请换一个"
_NONE = "这次问答没有做成评测题，也许已经删掉了；请回到评测题的列表。"

router = APIRouter(prefix=ROOT, include_in_schema=False, route_class=AdminRoute)


@router.get("/rows")
def rows(request: Request, _key: Maintainer) -> Response:
    """Every row, and how it is taken into a data set."""
    library = library_of(request)
    shown = []
    for made in store_of(request).made_rows.all():
        row = ROW.validate_json(made.row)
        shown.append(
            {
                "id": row.id,
                "answer_id": made.answer_id,
                "turns": [seen(each) for each in row.turns],
                "kind": row_form.KINDS.get(row.kind, row.kind),
                "status": row.status,
                "label": status_label(Status(row.status)),
                "clauses": [clause_words(f"{gold.document}#{gold.clause}", library) for gold in row.gold],
                "note": row.note,
                "at": at_words(made.created_at),
            }
        )
    return render(
        request,
        "admin/rows.html",
        here=f"{ROOT}/questions",
        rows=shown,
        made=request.query_params.get("made", ""),
        removed=request.query_params.get("removed", ""),
    )


@router.get("/rows.jsonl")
def download(request: Request, _key: Maintainer) -> Response:
    """Every row as a line of JSON."""
    found = store_of(request).made_rows.all()
    put_down(request, "row.download", f"{len(found)} 道")
    name = f"rows-{today_of(request).isoformat()}.jsonl"
    return Response(
        "".join(f"{made.row}\n" for made in found),
        media_type="application/jsonl; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get("/rows/{answer_id}")
def form(request: Request, _key: Maintainer, answer_id: str) -> Response:
    """The form from which the row of an exchange is made or changed."""
    found = found_exchange(request, answer_id)
    kept = _kept(request, answer_id)
    return _page(request, found, row_form.first_form(found, kept), kept is not None)


@router.post("/rows/{answer_id}")
def make(request: Request, fields: Fields, answer_id: str) -> Response:
    """Keep the row that the form describes; where something is wrong the form comes back."""
    found = found_exchange(request, answer_id)
    library = opened(request).library
    sent = row_form.read_form(fields, found)
    row, faults = row_form.made_of(sent, found, library)
    if not faults and not store_of(request).made_rows.keep(answer_id, row.id, row_line(row)):
        faults = (_TAKEN,)
    if faults:
        kept = _kept(request, answer_id)
        return _page(request, found, row_form.again(sent, faults), kept is not None, 422)
    put_down(request, "row.make", row.id)
    return go(request, f"{ROWS}?made={row.id}")


@router.post("/rows/{answer_id}/remove")
def remove(request: Request, _fields: Fields, answer_id: str) -> Response:
    """Let go of the row of an exchange."""
    kept = _kept(request, answer_id)
    if kept is None or not store_of(request).made_rows.remove(answer_id):
        raise ProblemError(NOT_FOUND, _NONE)
    put_down(request, "row.remove", kept.id)
    return go(request, f"{ROWS}?removed={kept.id}")


def _kept(request: Request, answer_id: str) -> Row | None:
    made = store_of(request).made_rows.of(answer_id)
    return ROW.validate_json(made.row) if made else None


def _page(request: Request, found: Reviewed, held: Form, kept: bool, status: int = 200) -> Response:
    library, opinion = library_of(request), found.opinion
    quotes = [
        {
            "at": at,
            "quote": citation.quote,
            "named": official_citation(citation, library) if library else citation.clause_label,
            "chosen": at in held.chosen,
            "related": at >= len(found.answered.answer.citations),
        }
        for at, citation in enumerate(row_form.offered(found))
    ]
    views = library.views() if library else ()
    return render(
        request,
        "admin/row.html",
        status,
        here=f"{ROOT}/questions",
        answer=found.answered.answer,
        given=status_label(found.answered.answer.status),
        earlier=found.turns[:-1],
        form=held,
        kept=kept,
        quotes=quotes,
        documents={
            f"{view.document.id}@{view.document.version}": f"{view.document.title}（{view.document.version}）"
            for view in views
        },
        kinds=row_form.KINDS,
        statuses={each.value: status_label(each) for each in Status},
        id_pattern=row_form.ID,
        day=f"{in_beijing(found.answered.created_at):%Y-%m-%d}",
        rating=RATINGS[opinion.rating] if opinion else "",
        reasons="、".join(REASONS[reason] for reason in opinion.reasons) if opinion else "",
        comment=opinion.comment if opinion else "",
    )
