"""运行: whether questions are answered, and the switch that stops it."""

from fastapi import APIRouter, Request, Response

from assistant.api.opening import opening_of
from assistant.api.parts import store_of
from assistant.api.problems import PAUSED, invalid_fields
from assistant.api.trail import put_down
from assistant.storage.pause import MAX_MESSAGE, line_of
from ui.admin.frame import AdminRoute, go, render
from ui.admin.session import ROOT, Fields, Maintainer, maintainer_of
from ui.admin.wording import at_words

_TOO_LONG = f"要说的话最多 {MAX_MESSAGE} 个字，请缩短"

router = APIRouter(prefix=f"{ROOT}/running", include_in_schema=False, route_class=AdminRoute)


@router.get("")
def running(request: Request, _key: Maintainer) -> Response:
    """How the service stands."""
    store = store_of(request)
    stopped = store.pause.now()
    names = {key.id: key.name for key in store.keys.all()}
    return render(
        request,
        "admin/running.html",
        stopped=stopped,
        since=at_words(stopped.at) if stopped else "",
        by=names.get(stopped.key_id or "", "") if stopped else "",
        usual=PAUSED.advice,
        most=MAX_MESSAGE,
        unable=opening_of(request).unable(),
        done=request.query_params.get("done"),
    )


@router.post("/pause")
def pause(request: Request, fields: Fields) -> Response:
    """Stop answering, with a message."""
    message = line_of(fields.get("message", "")) or PAUSED.advice
    if len(message) > MAX_MESSAGE:
        raise invalid_fields([("message", _TOO_LONG)])
    switch = store_of(request).pause
    paused = switch.now()
    switch.begin(maintainer_of(request), message)
    put_down(request, "pause.change" if paused else "pause.begin", message)
    return go(request, f"{ROOT}/running?done=paused")


@router.post("/resume")
def resume(request: Request, _fields: Fields) -> Response:
    """Answer again."""
    if store_of(request).pause.end():
        put_down(request, "pause.end", "")
    return go(request, f"{ROOT}/running?done=resumed")
