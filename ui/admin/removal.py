"""How a document goes: asked about once more, and removed as it was when that was asked."""

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from assistant.api import adding
from assistant.api.adding import Work
from assistant.api.described import find
from assistant.api.problems import NOT_FOUND, ProblemError
from assistant.errors import ChangedSince
from index.build.apart import OnStage
from index.errors import NotAdded
from index.storage.document_files import edition_of, key_of
from ui.admin.documents import LIST, added_keys, finished, latest
from ui.admin.frame import NOT_THERE, AdminRoute, render
from ui.admin.session import Fields, Maintainer

router = APIRouter(prefix=LIST, include_in_schema=False, route_class=AdminRoute)


@router.get("/remove")
def ask(request: Request, _key: Maintainer) -> Response:
    """Asks once more before a version, or all of a document, is removed."""
    query = request.query_params
    return _asked(request, query.get("id", ""), query.get("version") or None)


@router.post("/remove")
async def remove(request: Request, fields: Fields) -> Response:
    """Remove one version of a document, or all. Where that is no longer what the form's page showed it is
    asked about again."""
    identifier, version = fields.get("id", ""), fields.get("version") or None
    edition = fields.get("edition" if version else "edition_of_all", "")

    def work(on_stage: OnStage) -> str:
        try:
            adding.remove(request, identifier, version, on_stage, edition)
        except NotAdded:
            raise ProblemError(NOT_FOUND, NOT_THERE) from None
        return f"{LIST}?done=removed"

    try:
        return await finished(request, Work(work))
    except ChangedSince:
        return await run_in_threadpool(_asked, request, identifier, version, changed=True)


def _asked(request: Request, identifier: str, version: str | None, changed: bool = False) -> Response:
    """The question whether a version, or all of a document, is to be removed; `changed`: asked before of
    what it was then. Raises UnknownDocument."""
    assistant = latest(request)
    library = assistant.library
    document = find(library, identifier, version, assistant.clock()).document
    versions, added = library.versions(document.id), added_keys(assistant)
    views = [view for each in versions if (view := library.get(document.id, each))]
    return render(
        request,
        "admin/remove.html",
        409 if changed else 200,
        document=document,
        versions=versions,
        edition=edition_of(document),
        edition_of_all=edition_of(*(v.document for v in views if key_of(v.document) in added)),
        changed=changed,
    )
