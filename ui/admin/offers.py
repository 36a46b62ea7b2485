"""Adding a file: handed in, looked at as it was read, and then counted or dropped."""

import threading
from collections.abc import Mapping
from functools import partial
from typing import IO

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from assistant.api import adding
from assistant.api.adding import Work, asked_in, no_room, receive
from assistant.api.negotiation import accepts_events
from assistant.api.opening import opened
from assistant.api.parts import store_of
from assistant.api.problems import CONFLICT, NOT_FOUND, ProblemError, invalid_fields
from assistant.errors import ChangedSince, DuplicateDocument
from index.build.apart import OnStage, Preview
from index.build.place import Place
from index.readers.formats import SUFFIXES
from index.schema import Document
from index.storage.document_files import key_of
from ui.admin.documents import LIST, address, finished, latest, said_before
from ui.admin.drafts import Draft, Drafts
from ui.admin.frame import FAULTS, AdminRoute, go, problem_for, render
from ui.admin.session import CSRF, Fields, Maintainer, check_form, check_origin, maintainer_of
from ui.admin.words import (
    ADDABLE,
    AUTHORITIES,
    FIELDS,
    PLACES,
    labels,
    said_in,
    shown,
    tree,
    values_of,
    values_read,
)
from ui.pages.facts import counted

_GONE = "这份待收录的文件已经不在了（最多保留一小时），请重新选文件。"
_MEANWHILE = "刚刚有人收录了同一编号、同一版本的文件，这一份没有收录；请点“重新检查”看一看。"
_CHANGED = "您检查以后，有人改了要换下的那一份，或把它移除了，这一份没有收录；请点“重新检查”看一看。"
_NO_FILE = "还没有选文件，请先选一个文件"

router = APIRouter(prefix=LIST, include_in_schema=False, route_class=AdminRoute)


@router.get("/new")
def new(request: Request, _key: Maintainer) -> Response:
    """The form for a file."""
    query = request.query_params
    identifier, version = query.get("id", ""), query.get("version", "")
    assistant = latest(request)
    view = assistant.library.get(identifier, version or None)
    said = said_before(assistant, view.document) if view and version else {}
    values = values_of(view.document) if view else {}
    given = {**{name: values[name] for name in said if name in values}, "id": identifier, "version": version}
    return _form(request, given, said=bool(set(said) - {"id", "version"}))


@router.post("/check")
async def check(request: Request, key: Maintainer) -> Response:
    """Read the file of the form and show what it would become; nothing is added yet."""
    check_origin(request)
    said: dict[str, str] = {}
    try:
        form, file = await receive(request)
        try:
            await run_in_threadpool(check_form, request, form.fields.pop(CSRF, ""))
            said = said_in(form.fields, {}, {})
            if not form.name:
                raise invalid_fields([("file", _NO_FILE)])
            asked_in({**said, "file": form.name})
        except BaseException:
            file.close()
            raise
        left = threading.Event()
        work = Work(partial(_look, request, key, file, form.name, said, left), left)
        return await finished(request, work)
    except FAULTS as error:
        if accepts_events(request):
            raise
        return await run_in_threadpool(_form, request, said, problem_for(error))


@router.get("/draft")
def draft(request: Request, key: Maintainer) -> Response:
    """What a file was read as, and the question whether it is to count."""
    token = request.query_params.get("of", "")
    found = _draft(request, token, key)
    read = values_read(found.report, found.key)
    return render(
        request,
        "admin/draft.html",
        token=token,
        draft=found,
        place=PLACES[found.place],
        there=_there(request, found),
        addable=found.place in ADDABLE,
        replaces=found.place is Place.REPLACES,
        facts=[(each.label, shown(each.name, read[each.name])) for each in FIELDS if read[each.name]],
        missing=labels(found.report["missing"]),
        values=read,
        fields=FIELDS,
        authorities=AUTHORITIES,
        outline=tree(found.report["clauses"]),
        clauses=counted(each["address"] for each in found.report["clauses"]),
        changed="changed" in request.query_params,
    )


@router.post("/draft/check")
async def check_again(request: Request, fields: Fields) -> Response:
    """Look at it again with what the form says of it now."""
    token, found, said = await run_in_threadpool(_given, request, fields)
    left = threading.Event()
    return await finished(request, Work(partial(_again, request, token, found, said, left), left))


@router.post("/draft/add")
async def add(request: Request, fields: Fields) -> Response:
    """Have it count. What the form says of it otherwise than when it was looked at is looked at first."""
    token, found, said = await run_in_threadpool(_given, request, fields)
    if said != found.said:
        left = threading.Event()

        def look(on_stage: OnStage) -> str:
            return f"{_again(request, token, found, said, left, on_stage)}&changed=1"

        return await finished(request, Work(look, left))

    def work(on_stage: OnStage) -> str:
        drafts = _drafts(request)
        try:
            file = drafts.file(token)
        except FileNotFoundError:
            raise _gone() from None
        with file:
            asked = asked_in({**said, "file": found.name})
            replacing = found.place is Place.REPLACES
            try:
                added = adding.add(
                    request, file, found.name, asked.said(), replacing, on_stage, found.edition
                )
            except DuplicateDocument:
                raise ProblemError(CONFLICT, _MEANWHILE) from None
            except ChangedSince:
                raise ProblemError(CONFLICT, _CHANGED) from None
        drafts.drop(token)
        return address(added.key, "replaced" if added.replaced else "new" if added.new else "known")

    return await finished(request, Work(work))


@router.post("/draft/drop")
def drop(request: Request, fields: Fields) -> Response:
    """Forget it."""
    token = fields.get("of", "")
    if _drafts(request).get(token, maintainer_of(request)) is not None:
        _drafts(request).drop(token)
    return go(request, f"{LIST}?done=dropped")


def _look(
    request: Request,
    key: str,
    file: IO[bytes],
    name: str,
    said: Mapping[str, str],
    left: threading.Event,
    on_stage: OnStage,
) -> str:
    """Read a file and keep it as a draft, unless `left` is set before; the draft's page."""
    with file:
        asked = asked_in({**said, "file": name})
        found = adding.preview(request, file, name, asked.said(), on_stage, left)
        file.seek(0)
        try:
            token = _drafts(request).keep(file, _draft_of(name, key, said, found))
        except OSError:
            raise no_room() from None
    return f"{LIST}/draft?of={token}"


def _again(
    request: Request,
    token: str,
    before: Draft,
    said: Mapping[str, str],
    left: threading.Event,
    on_stage: OnStage,
) -> str:
    """Read the file of a draft again; the draft's page."""
    drafts = _drafts(request)
    asked = asked_in({**said, "file": before.name})
    try:
        with drafts.file(token) as file:
            found = adding.preview(request, file, before.name, asked.said(), on_stage, left)
        drafts.change(token, _draft_of(before.name, before.key_id, said, found))
    except FileNotFoundError:
        raise _gone() from None
    except OSError:
        raise no_room() from None
    return f"{LIST}/draft?of={token}"


def _draft_of(name: str, key: str, said: Mapping[str, str], found: Preview) -> Draft:
    return Draft(name, key, said, found.place, found.key, found.there, found.edition, found.report)


def _given(request: Request, fields: Mapping[str, str]) -> tuple[str, Draft, dict[str, str]]:
    """The draft that a form is about, and what the form says of it. Raises a 404 or 422 problem."""
    token = fields.get("of", "")
    found = _draft(request, token, maintainer_of(request))
    said = said_in(fields, values_read(found.report, found.key), found.said)
    asked_in({**said, "file": found.name})
    return token, found, said


def _draft(request: Request, token: str, key: str) -> Draft:
    found = _drafts(request).get(token, key)
    if found is None:
        raise _gone()
    return found


def _there(request: Request, found: Draft) -> Document | None:
    """The document that was read from the same bytes; None where there is none."""
    identifier, _, version = (found.there or "").partition("@")
    view = opened(request).library.get(identifier, version)
    return view.document if view else None


def _drafts(request: Request) -> Drafts:
    return Drafts(opened(request).settings.state_dir, store_of(request).clock)


def _gone() -> ProblemError:
    return ProblemError(NOT_FOUND, _GONE)


def _form(
    request: Request, given: Mapping[str, str], problem: ProblemError | None = None, said: bool = False
) -> Response:
    """The form for a file. Where `given` names a document that is held, it is to be another version of that,
    or in the place of the version that is named, of which something was `said` beside its text."""
    held = latest(request).library.get(given.get("id", ""), given.get("version") or None)
    known = held.document if held else None
    return render(
        request,
        "admin/new.html",
        problem.fault.status if problem else 200,
        problem=problem,
        wrong=[name for name, _ in problem.errors] if problem else (),
        known=known,
        said=said,
        version=given.get("version", ""),
        back=address(key_of(known)) if known else LIST,
        values={each.name: given.get(each.name, "") for each in FIELDS},
        fields=FIELDS,
        authorities=AUTHORITIES,
        most=opened(request).settings.upload_megabytes,
        formats=",".join(sorted(SUFFIXES)),
    )
