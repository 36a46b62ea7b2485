"""GET /v1/documents…: the documents, their outlines, their stored text, their clauses."""

from collections import defaultdict
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import PlainTextResponse

from assistant.api import models
from assistant.api.files import WholeFile
from assistant.api.openapi import problem_responses
from assistant.api.opening import opened
from assistant.api.sample import ADDRESS, PLAN, VERSION
from assistant.errors import UnknownClause, UnknownDocument
from index.library.library import DocumentView, Library
from index.schema import Clause, clause_id
from index.structure.faults import told
from index.structure.levels import levels_of

router = APIRouter(prefix="/v1/documents", tags=["文件"])

DocumentId = Annotated[str, Path(alias="id", description="文件编号", examples=[PLAN])]
Version = Annotated[
    str | None,
    Query(min_length=1, description="版本；不填就取今天有效的版本，没有则取最新的", examples=[VERSION]),
]
Address = Annotated[str, Path(description="条款地址", examples=[ADDRESS])]


@router.get("", summary="全部文件", response_description="文件列表", responses=problem_responses(422, 503))
def documents(request: Request) -> models.DocumentList:
    """Every document, in the version in force today."""
    assistant = opened(request)
    today = assistant.clock()
    views = (find(assistant.library, identifier, None, today) for identifier in assistant.library.ids())
    return models.DocumentList(documents=[_summary(assistant.library, view, today) for view in views])


@router.get(
    "/{id}",
    summary="一份文件和它的目录",
    response_description="文件",
    responses=problem_responses(404, 422, 503),
)
def document(request: Request, document_id: DocumentId, version: Version = None) -> models.DocumentDetail:
    """One document with its outline."""
    assistant = opened(request)
    today = assistant.clock()
    view = find(assistant.library, document_id, version, today)
    summary = _summary(assistant.library, view, today)
    described = view.document
    warnings = [
        models.DocumentWarning(kind=each.kind, text=told(each), start=each.start, page=each.page)
        for each in described.warnings
    ]
    return models.DocumentDetail(
        **dict(summary),
        levels=levels_of(view.clauses),
        tables=len(described.tables),
        warnings=warnings,
        outline=_outline(view),
    )


@router.get(
    "/{id}/text",
    summary="原文",
    description="文件的原文；引文的起止位置都按它的字数计。",
    response_class=PlainTextResponse,
    response_description="原文",
    responses=problem_responses(404, 422, 503),
)
def text(request: Request, document_id: DocumentId, version: Version = None) -> PlainTextResponse:
    """The stored text, unchanged."""
    assistant = opened(request)
    return PlainTextResponse(find(assistant.library, document_id, version, assistant.clock()).document.text)


@router.get(
    "/{id}/original",
    summary="原文件",
    description="收录时的原文件，一字节未改；一律作为附件下载。",
    response_class=WholeFile,
    response_description="原文件",
    responses=problem_responses(404, 422, 503),
)
def original(request: Request, document_id: DocumentId, version: Version = None) -> WholeFile:
    """The file as it came. Always an attachment of no particular type: nothing in it is run or rendered."""
    assistant = opened(request)
    found = find(assistant.library, document_id, version, assistant.clock()).document
    return WholeFile(
        assistant.original(found),
        media_type="application/octet-stream",
        filename=found.source_name,
        headers={"X-Content-Type-Options": "nosniff"},
    )


@router.get(
    "/{id}/clauses/{address}",
    summary="一个条款",
    response_description="条款",
    responses=problem_responses(404, 422, 503),
)
def clause(
    request: Request, document_id: DocumentId, address: Address, version: Version = None
) -> models.ClauseDetail:
    """One clause with the addresses around it."""
    assistant = opened(request)
    view = find(assistant.library, document_id, version, assistant.clock())
    found = view.clause(address)
    if found is None:
        raise UnknownClause("这份文件里没有这个条款，条款地址请从文件的目录（outline）里选。")
    before, after = view.siblings(found)
    return models.ClauseDetail(
        clause_id=clause_id(view.document.id, view.document.version, found.address),
        address=found.address,
        label=found.label,
        path=list(found.path),
        text=view.document.text[found.start : found.end],
        start=found.start,
        end=found.end,
        previous=before.address if before else None,
        next=after.address if after else None,
        children=[child.address for child in view.children(found.address)],
    )


def find(library: Library, identifier: str, version: str | None, today: date) -> DocumentView:
    """The named version of a document, else the one in force `today`. Raises UnknownDocument."""
    view = library.get(identifier, version, today)
    if view is not None:
        return view
    if library.versions(identifier):
        raise UnknownDocument("这份文件没有这个版本，请从它的 versions 里选，或不填版本。")
    raise UnknownDocument("没有这个编号的文件，请从 /v1/documents 列出的里面选。")


def _summary(library: Library, view: DocumentView, today: date) -> models.DocumentSummary:
    described = view.document
    return models.DocumentSummary(
        id=described.id,
        version=described.version,
        title=described.title,
        number=described.number,
        issuer=described.issuer,
        jurisdiction=described.jurisdiction,
        published=described.published,
        effective=described.effective,
        repealed=library.repealed(described),
        versions=list(library.versions(described.id)),
        validity=library.validity(described, today),
        clauses=len(view.clauses),
    )


def _outline(view: DocumentView) -> list[models.OutlineNode]:
    """The tree in one pass: a statute has thousands of clauses."""
    under: dict[str | None, list[Clause]] = defaultdict(list)
    for each in view.clauses:
        under[each.parent].append(each)

    def node(each: Clause) -> models.OutlineNode:
        return models.OutlineNode(
            address=each.address,
            label=each.label,
            heading=each.heading.strip(),
            start=each.start,
            end=each.end,
            children=[node(child) for child in under[each.address]],
        )

    return [node(top) for top in under[None]]
