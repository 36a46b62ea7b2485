"""POST and DELETE /v1/documents: adding, replacing and removing, each in a process of its own.

One at a time: who comes meanwhile is told so, also where another process holds the build lock. A client that
goes away stops nothing; what was begun is finished or, with the server, given up as a whole.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import ValidationError

from assistant.api import document_models
from assistant.api.collection_models import AddRequest, Removed
from assistant.api.described import detail_of, find
from assistant.api.events import HEADERS, SILENCE, SILENCE_SECONDS, event_text
from assistant.api.negotiation import EVENTS, accepts_events
from assistant.api.openapi import ADDING_EVENTS, form_of, problem_responses
from assistant.api.opening import Opening, opened
from assistant.api.problems import BROKEN_FORM, invalid_body, not_ready
from assistant.api.streaming import problem_of
from assistant.api.trail import put_down
from assistant.api.upload import open_incoming, read_form
from assistant.errors import BuildInProgress, UnknownDocument
from index.build.apart import OnStage, add_apart, remove_apart

router = APIRouter(prefix="/v1/documents", tags=["文件"])

_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Stage:
    name: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class _Done:
    status: int
    body: document_models.DocumentDetail | Removed
    headers: dict[str, str] | None = None


_Event = _Stage | _Done | Exception
_Events = asyncio.Queue[_Event]


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
    settings = opened(request).settings
    try:
        file = open_incoming(settings.state_dir)
    except OSError:
        raise _no_room() from None
    try:
        form = await read_form(request, file)
        asked = AddRequest.model_validate({**form.fields, "file": form.name})
    except OSError:
        file.close()
        raise _no_room() from None
    except ValidationError as error:
        file.close()
        raise invalid_body(error) from None
    except BaseException:
        file.close()
        raise
    events = _begin(lambda on_stage: _add(request, asked, file, on_stage))
    if accepts_events(request):
        return StreamingResponse(_frames(events, request), headers=HEADERS, media_type=EVENTS)
    return await _whole(events)


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
    return await _whole(_begin(lambda on_stage: _remove(request, document_id, version, on_stage)))


def _add(request: Request, asked: AddRequest, file: IO[bytes], on_stage: OnStage) -> _Done:
    with file, _alone():
        file.seek(0)
        settings = opened(request).settings.index()
        added = add_apart(settings, file, asked.file, asked.said(), asked.replace, on_stage)
    if added.new or added.replaced:
        put_down(request, "document.add" if added.new else "document.replace", added.key)
    identifier, _, version = added.key.partition("@")
    detail = _served(request, identifier, version)
    if not added.new:
        return _Done(200, detail)
    return _Done(201, detail, {"Location": f"/v1/documents/{identifier}?version={version}"})


def _remove(request: Request, identifier: str, version: str | None, on_stage: OnStage) -> _Done:
    with _alone():
        removed = remove_apart(opened(request).settings.index(), identifier, version, on_stage)
    for key in removed:
        put_down(request, "document.remove", key)
    _opening(request).catch_up()
    return _Done(200, Removed(removed=list(removed)))


def _served(request: Request, identifier: str, version: str) -> document_models.DocumentDetail:
    """The document as this server has it from now on. Raises a 503 problem."""
    opening = _opening(request)
    opening.catch_up()
    assistant = opening.assistant()
    today = assistant.clock()
    try:
        view = find(assistant.library, identifier, version, today)
    except UnknownDocument:
        raise not_ready(
            f"文件已收录（{identifier}@{version}），但服务还没能打开新的索引，请过几秒再查看它。"
        ) from None
    return detail_of(assistant.library, view, today)


def _begin(work: Callable[[OnStage], _Done]) -> _Events:
    """Do `work` in a thread; its stages and, last, its result or fault. The thread goes with the server, and
    with it the process that builds."""
    loop = asyncio.get_running_loop()
    events: _Events = asyncio.Queue()

    def put(event: _Event) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(events.put_nowait, event)

    def run() -> None:
        try:
            put(work(lambda stage, done, total: put(_Stage(stage, done, total))))
        except Exception as error:  # noqa: BLE001 - raised again, or told, where it is awaited
            put(error)

    threading.Thread(target=run, name="documents", daemon=True).start()
    return events


async def _whole(events: _Events) -> Response:
    """The last event as a JSON response. Raises what the work raised."""
    while isinstance(event := await events.get(), _Stage):
        pass
    if isinstance(event, Exception):
        raise event
    return JSONResponse(event.body.model_dump(mode="json"), event.status, event.headers)


async def _frames(events: _Events, request: Request) -> AsyncIterator[str]:
    while True:
        try:
            event = await asyncio.wait_for(events.get(), SILENCE_SECONDS)
        except TimeoutError:
            yield SILENCE
            continue
        match event:
            case _Stage():
                yield event_text("progress", {"stage": event.name, "done": event.done, "total": event.total})
            case _Done():
                yield event_text("done", event.body.model_dump(mode="json"))
                return
            case _:
                yield event_text("error", problem_of(event, request))
                return


@contextmanager
def _alone() -> Iterator[None]:
    """Nobody else adds or removes meanwhile. Raises BuildInProgress."""
    if not _one_at_a_time.acquire(blocking=False):
        raise BuildInProgress("正在收录或移除另一份文件，请等它结束后再试。")
    try:
        yield
    finally:
        _one_at_a_time.release()


def _opening(request: Request) -> Opening:
    opening: Opening = request.app.state.opening
    return opening


def _no_room() -> Any:
    return not_ready("服务器写不下上传的文件，请管理员检查磁盘空间和目录权限，然后再试。")
