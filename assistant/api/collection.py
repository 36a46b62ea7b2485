"""POST and DELETE /v1/documents: adding, replacing and removing."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from assistant.api import adding, document_models
from assistant.api.adding import Work, asked_in, receive
from assistant.api.collection_models import AddRequest, Removed
from assistant.api.described import detail_of, find
from assistant.api.negotiation import accepts_events
from assistant.api.openapi import ADDING_EVENTS, form_of, problem_responses
from assistant.api.opening import opened
from assistant.api.problems import BROKEN_FORM
from index.build.apart import Added, OnStage

router = APIRouter(prefix="/v1/documents", tags=["文件"])


@router.post(
    "",
    summary="添加或替换一份文件",
    description="上传一份文件和对它的说明，没有填的从文件里读。已有同一编号、同一版本而内容不同的，答 409；"
    "加 replace=true 就替换。需要管理员的密钥。请求头 Accept 为 text/event-stream 时边做边返回："
    "progress（reading 读文件，indexing 建索引，做了多少、共多少）、done（文件）、error（出错说明）。",
    response_model=document_models.DocumentDetail,
    responses={
        **problem_responses(BROKEN_FORM, 408, 409, 413, 415, 422, 503),
        200: ADDING_EVENTS,
        201: {"description": "新收录的文件", "model": document_models.DocumentDetail},
    },
    openapi_extra=form_of(AddRequest),
)
async def add(request: Request) -> Response:
    """Add the file of the form, or replace the one of its id and version."""
    opened(request)
    form, file = await receive(request)
    try:
        asked = asked_in({**form.fields, "file": form.name or ""})
    except BaseException:
        file.close()
        raise

    def work(on_stage: OnStage) -> tuple[Added, dict[str, Any]]:
        with file:
            added = adding.add(request, file, asked.file, asked.said(), asked.replace, on_stage)
        return added, _detail(request, added).model_dump(mode="json")

    begun = Work(work)
    if accepts_events(request):
        return begun.events(request, lambda done: done[1])
    added, body = await begun.result()
    if not added.new:
        return JSONResponse(body)
    identifier, _, version = added.key.partition("@")
    return JSONResponse(body, 201, {"Location": f"/v1/documents/{identifier}?version={version}"})


@router.delete(
    "/{id}",
    summary="移除一份文件",
    description="移除添加的文件，或它的一个版本。随程序自带的不能移除。需要管理员的密钥。",
    response_description="移除了什么",
    response_model=Removed,
    responses=problem_responses(404, 409, 422, 503),
)
async def remove(
    request: Request,
    document_id: Annotated[str, Path(alias="id", description="文件编号", examples=["night-room"])],
    version: Annotated[
        str | None,
        Query(description="版本；不填就移除全部版本", min_length=1, max_length=200, examples=["2024-06-01"]),
    ] = None,
) -> Response:
    """Remove an added document, or one version of it."""
    opened(request)
    removed = await Work(lambda on_stage: adding.remove(request, document_id, version, on_stage)).result()
    return JSONResponse(Removed(removed=list(removed)).model_dump(mode="json"))


def _detail(request: Request, added: Added) -> document_models.DocumentDetail:
    """The document as this server has it from now on."""
    assistant = opened(request)
    today = assistant.clock()
    identifier, _, version = added.key.partition("@")
    return detail_of(assistant.library, find(assistant.library, identifier, version, today), today)
