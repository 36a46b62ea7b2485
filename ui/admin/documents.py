"""文件: the documents that are there, and what is said of each."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from assistant.api import adding
from assistant.api.adding import Work, asked_in
from assistant.api.described import find
from assistant.api.negotiation import accepts_events
from assistant.api.opening import opened, opening_of
from assistant.api.parts import store_of
from assistant.errors import ChangedSince, UnknownDocument
from index.build.apart import OnStage
from index.library.library import DocumentView
from index.storage.added_documents import AddedDocuments
from index.storage.document_files import edition_of, key_of
from index.structure.faults import told
from index.structure.levels import levels_of
from ui.admin.drafts import Drafts
from ui.admin.frame import AdminRoute, go, number_of, render, root_of
from ui.admin.session import ROOT, Fields, Maintainer
from ui.admin.words import AUTHORITIES, CHANGEABLE, FIELDS, said_in, shown, size, tree, values_of
from ui.pages.facts import clause_count

if TYPE_CHECKING:
    from assistant.service import Assistant
    from index.schema import Document

LIST = f"{ROOT}/documents"
PAGE = 50
"""Documents on one page of the list."""
DONE = {
    "new": "已收录。下面是读出的目录，请核对一遍。",
    "replaced": "已换成这一份。下面是读出的目录，请核对一遍。",
    "changed": "说明已保存，回答里马上按它来。",
    "known": "没有变化：已收录的就是这一份。",
    "removed": "已移除。",
    "dropped": "已放弃，什么都没有改变。",
}

router = APIRouter(prefix=LIST, include_in_schema=False, route_class=AdminRoute)


@dataclass(frozen=True, slots=True)
class _Row:
    """One document of the list."""

    document: "Document"
    validity: str
    versions: tuple[str, ...]
    clauses: int
    size: str
    added: bool


@router.get("")
def documents(request: Request, _key: Maintainer) -> Response:
    """The list, or what of it has the words that were looked for."""
    assistant = latest(request)
    Drafts(assistant.settings.state_dir, store_of(request).clock).sweep()
    words = request.query_params.get("q", "").strip()[:100]
    at = number_of(request.query_params.get("page", "")) or 1
    today, library = assistant.clock(), assistant.library
    views = [view for each in library.ids() if (view := library.get(each, as_of=today))]
    found = [view for view in views if _has(view.document, words)]
    pages = max(1, -(-len(found) // PAGE))
    at = min(max(at, 1), pages)
    keys = added_keys(assistant)
    rows = [_row(assistant, view, keys, today) for view in found[(at - 1) * PAGE : at * PAGE]]
    return render(
        request,
        "admin/documents.html",
        rows=rows,
        words=words,
        found=len(found),
        total=len(views),
        page=at,
        pages_of_list=pages,
        done=DONE.get(request.query_params.get("done", "")),
    )


@router.get("/show")
def show(request: Request, _key: Maintainer) -> Response:
    """One document in one version."""
    assistant = latest(request)
    view, added = _named(request, assistant)
    document, today = view.document, assistant.clock()
    values = values_of(document)
    facts = [(each.label, shown(each.name, values[each.name])) for each in FIELDS if values[each.name]]
    return render(
        request,
        "admin/document.html",
        document=document,
        validity=assistant.library.validity(document, today).label,
        added=added,
        facts=facts,
        values=values,
        was=values,
        fields=CHANGEABLE,
        authorities=AUTHORITIES,
        edition=edition_of(document),
        versions=assistant.library.versions(document.id),
        warnings=[{"text": told(each), "page": each.page} for each in document.warnings],
        levels=levels_of(view.clauses),
        clauses=clause_count(document),
        size=size(assistant.original(document).stat().st_size),
        outline=tree([_clause(each) for each in view.clauses]),
        done=DONE.get(request.query_params.get("done", "")),
    )


@router.post("/change")
async def change(request: Request, fields: Fields) -> Response:
    """Say something else of a document that was added: its file is added again in its place.

    Where it is no longer as the form's page showed it nothing changes, and a page shows both; where it is
    gone, what the form says.
    """
    try:
        return await _changed(request, fields)
    except UnknownDocument as gone:
        return _nowhere(request, fields, gone)


async def _changed(request: Request, fields: Mapping[str, str]) -> Response:
    assistant = await run_in_threadpool(latest, request)
    view = find(assistant.library, fields.get("id", ""), fields.get("version"), assistant.clock())
    document = view.document
    before = await run_in_threadpool(said_before, assistant, document)
    values = values_of(document)
    changed = said_in(fields, values, {})
    asked = asked_in({**changed, "file": document.source_name})
    cleared = [each.name for each in CHANGEABLE if each.name in fields and not fields[each.name].strip()]
    kept = {name: value for name, value in before.items() if name not in cleared}
    said = {**kept, **asked.said(), "id": document.id, "version": document.version}

    def work(on_stage: OnStage) -> str:
        with assistant.original(document).open("rb") as file:
            edition = fields.get("edition", "")
            added = adding.add(
                request, file, document.source_name, said, True, on_stage, edition, act="document.describe"
            )
        return address(added.key, "changed" if added.replaced else "known")

    try:
        return await finished(request, Work(work))
    except ChangedSince:
        return await run_in_threadpool(_both, request, fields)


def _both(request: Request, fields: Mapping[str, str]) -> Response:
    """What is said of a document now, and what a form says that did not know of it: the fields that it shows
    as they were opened are left as they are now."""
    assistant = latest(request)
    view = find(assistant.library, fields.get("id", ""), fields.get("version"), assistant.clock())
    document = view.document
    now = values_of(document)
    opened_with = {each.name: fields.get(f"was-{each.name}", now[each.name]) for each in CHANGEABLE}
    given = {name: fields.get(name, value) for name, value in opened_with.items()}
    own = {name: value for name, value in given.items() if value != opened_with[name]}
    rows = [
        (each.label, shown(each.name, now[each.name]), shown(each.name, given[each.name]), each.name in own)
        for each in CHANGEABLE
        if now[each.name] != given[each.name]
    ]
    return render(
        request,
        "admin/changed.html",
        409,
        document=document,
        rows=rows,
        edition=edition_of(document),
        fields=CHANGEABLE,
        values={**now, **own},
        was=now,
        authorities=AUTHORITIES,
    )


def _nowhere(request: Request, fields: Mapping[str, str], gone: UnknownDocument) -> Response:
    """What a form says of a document that is not there any more."""
    if accepts_events(request):
        raise gone
    given = [(each.label, value) for each in CHANGEABLE if (value := fields.get(each.name, "").strip())]
    names = {name: fields.get(name, "") for name in ("id", "version")}
    return render(request, "admin/gone.html", 404, given=given, **names)


async def finished(request: Request, work: Work[str]) -> Response:
    """To the page whose address is what `work` comes to; a script is told how far it is, and then where."""
    if accepts_events(request):
        return work.events(request, lambda path: {"location": root_of(request) + path})
    return go(request, await work.result(request))


def latest(request: Request) -> "Assistant":
    """The assistant over the newest index. Raises a 503 problem."""
    opening_of(request).catch_up()
    return opened(request)


def added_keys(assistant: "Assistant") -> frozenset[str]:
    """`id@version` of what was added; all else came with the program. Raises AddedDocumentsDamaged."""
    return frozenset(AddedDocuments(assistant.settings.index().collection).catalog())


def address(key: str, done: str = "") -> str:
    """The page of a document."""
    identifier, _, version = key.partition("@")
    query = {"id": identifier, "version": version, **({"done": done} if done else {})}
    return f"{LIST}/show?{urlencode(query)}"


def said_before(assistant: "Assistant", document: "Document") -> dict[str, Any]:
    """What was said of an added document, in JSON; of one that came with the program nothing, since it cannot
    be changed."""
    collection = AddedDocuments(assistant.settings.index().collection)
    catalog, key = collection.catalog(), key_of(document)
    if key not in catalog:
        return {}
    (added,) = collection.load({key: catalog[key]})
    as_json: dict[str, Any] = json.loads(json.dumps(dict(added.sidecar), default=_plain))
    return as_json


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _named(request: Request, assistant: "Assistant") -> tuple[DocumentView, bool]:
    """The document that an address names, and whether it was added. Raises UnknownDocument."""
    query = request.query_params
    view = find(assistant.library, query.get("id", ""), query.get("version") or None, assistant.clock())
    return view, key_of(view.document) in added_keys(assistant)


def _row(assistant: "Assistant", view: DocumentView, keys: frozenset[str], today: date) -> _Row:
    document = view.document
    return _Row(
        document,
        assistant.library.validity(document, today).label,
        assistant.library.versions(document.id),
        clause_count(document),
        size(assistant.original(document).stat().st_size),
        key_of(document) in keys,
    )


def _has(document: "Document", words: str) -> bool:
    places = (document.title, document.id, document.number or "", document.issuer or "")
    return all(any(word in place for place in places) for word in words.split())


def _clause(each: Any) -> Mapping[str, Any]:
    names = ("address", "parent", "label", "heading")
    return {name: getattr(each, name) for name in names}
