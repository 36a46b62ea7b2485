"""GET /v1/documents…: the documents, their outlines, their stored text, their clauses."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import PlainTextResponse

from assistant.api import document_models
from assistant.api.described import clause_of, detail_of, find, summary_of
from assistant.api.files import WholeFile, original_of
from assistant.api.openapi import problem_responses
from assistant.api.opening import opened
from assistant.api.sample import ADDRESS, PLAN, VERSION

router = APIRouter(prefix="/v1/documents", tags=["文件"])

DocumentId = Annotated[str, Path(alias="id", description="文件编号", examples=[PLAN])]
Version = Annotated[
    str | None,
    Query(min_length=1, description="版本；不填就取今天有效的版本，没有则取最新的", examples=[VERSION]),
]
Address = Annotated[str, Path(description="条款地址", examples=[ADDRESS])]


@router.get("", summary="全部文件", response_description="文件列表", responses=problem_responses(422, 503))
def documents(request: Request) -> document_models.DocumentList:
    """Every document, in the version in force today."""
    assistant = opened(request)
    today = assistant.clock()
    views = (find(assistant.library, identifier, None, today) for identifier in assistant.library.ids())
    found = [summary_of(assistant.library, view, today) for view in views]
    return document_models.DocumentList(documents=found)


@router.get(
    "/{id}",
    summary="一份文件和它的目录",
    response_description="文件",
    responses=problem_responses(404, 422, 503),
)
def document(
    request: Request, document_id: DocumentId, version: Version = None
) -> document_models.DocumentDetail:
    """One document with its outline."""
    assistant = opened(request)
    today = assistant.clock()
    view = find(assistant.library, document_id, version, today)
    return detail_of(assistant.library, view, today)


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
    """The file as it came."""
    assistant = opened(request)
    return original_of(assistant, find(assistant.library, document_id, version, assistant.clock()).document)


@router.get(
    "/{id}/clauses/{address}",
    summary="一个条款",
    response_description="条款",
    responses=problem_responses(404, 422, 503),
)
def clause(
    request: Request, document_id: DocumentId, address: Address, version: Version = None
) -> document_models.ClauseDetail:
    """One clause with the addresses around it."""
    assistant = opened(request)
    view = find(assistant.library, document_id, version, assistant.clock())
    return clause_of(view, address)
