"""Adding, replacing and removing documents, for the interface and for the maintainers' pages: each in a
process of its own, told stage by stage.

One at a time: who comes meanwhile is told so, also where another process holds the build lock. A client that
goes away stops nothing; what was begun is finished or, with the server, given up as a whole. Looking at a
file changes nothing: so many at once, and whose client goes away is ended.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, Generic, TypeVar

from fastapi import Request
from fastapi.responses import StreamingResponse

from assistant.api.collection_models import AddRequest
from assistant.api.events import HEADERS, SILENCE, SILENCE_SECONDS, event_text
from assistant.api.handlers import invalid_body
from assistant.api.negotiation import EVENTS
from assistant.api.opening import opened, opening_of
from assistant.api.problems import ProblemError, interrupted, not_ready, reading
from assistant.api.streaming import problem_of
from assistant.api.trail import put_down
from assistant.api.upload import Form, open_incoming, read_form
from assistant.errors import BuildInProgress
from index.build.apart import Abandoned, Added, OnStage, Preview, add_apart, preview_apart, remove_apart

_Result = TypeVar("_Result")
_one_at_a_time = threading.Lock()
PREVIEWS = 2
"""Files that are looked at once by one server process, each held to what `index.build.limits` says."""
looking = threading.BoundedSemaphore(PREVIEWS)
"""Held while a file is looked at."""
_LOOK_SECONDS = 1.0
"""Between two looks at whether a client is still there."""


@dataclass(frozen=True, slots=True)
class _Stage:
    name: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class _Done(Generic[_Result]):
    result: _Result


class Work(Generic[_Result]):
    """Something that is done in a thread. It goes with the server, and with it the process that builds."""

    def __init__(self, work: Callable[[OnStage], _Result], left: threading.Event | None = None) -> None:
        """Begin. `left` is set where the client goes away before the end."""
        self._left = left
        loop = asyncio.get_running_loop()
        self._events: asyncio.Queue[_Stage | _Done[_Result] | Exception] = asyncio.Queue()

        def put(event: _Stage | _Done[_Result] | Exception) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._events.put_nowait, event)

        def run() -> None:
            try:
                put(_Done(work(lambda stage, done, total: put(_Stage(stage, done, total)))))
            except Exception as error:  # noqa: BLE001 - raised again, or told, where it is awaited
                put(error)

        threading.Thread(target=run, name="documents", daemon=True).start()

    async def result(self, request: Request | None = None) -> _Result:
        """What it comes to. Raises what it raised. The client that may go away is that of `request`."""
        while True:
            try:
                event = await asyncio.wait_for(self._events.get(), _LOOK_SECONDS)
            except TimeoutError:
                if self._left is not None and request is not None and await request.is_disconnected():
                    self._left.set()
                continue
            match event:
                case _Done(result=result):
                    return result
                case Exception() as error:
                    raise error

    def events(self, request: Request, told: Callable[[_Result], Any]) -> StreamingResponse:
        """`progress` for each stage, then `done` with what `told` makes of the result, or `error` with a
        problem object."""
        return StreamingResponse(self._frames(request, told), headers=HEADERS, media_type=EVENTS)

    async def _frames(self, request: Request, told: Callable[[_Result], Any]) -> AsyncIterator[str]:
        try:
            async for frame in self._told(request, told):
                yield frame
        finally:  # also where the client has hung up
            if self._left is not None:
                self._left.set()

    async def _told(self, request: Request, told: Callable[[_Result], Any]) -> AsyncIterator[str]:
        while True:
            try:
                event = await asyncio.wait_for(self._events.get(), SILENCE_SECONDS)
            except TimeoutError:
                yield SILENCE
                continue
            match event:
                case _Stage():
                    stage = {"stage": event.name, "done": event.done, "total": event.total}
                    yield event_text("progress", stage)
                case _Done(result=result):
                    yield event_text("done", told(result))
                    return
                case _:
                    yield event_text("error", problem_of(event, request))
                    return


async def receive(request: Request) -> tuple[Form, IO[bytes]]:
    """The form in the body of `request`, and the file in it, which has no name and is the caller's to close.
    Raises a 400, 408, 413, 415, 422 or 503 problem."""
    settings = opened(request).settings
    try:
        file = open_incoming(settings.state_dir)
    except OSError:
        raise no_room() from None
    try:
        form = await read_form(request, file)
    except OSError:
        file.close()
        raise no_room() from None
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return form, file


def asked_in(fields: Mapping[str, str]) -> AddRequest:
    """What the fields of a form ask for. Raises a 422 problem that names the wrong ones."""
    from pydantic import ValidationError

    try:
        return AddRequest.model_validate(dict(fields))
    except ValidationError as error:
        raise invalid_body(error) from None


def add(
    request: Request,
    file: IO[bytes],
    name: str,
    said: Mapping[str, object],
    replace: bool,
    on_stage: OnStage,
    edition: str | None = None,
    act: str | None = None,
) -> Added:
    """Add the document in `file`, put it down in the trail and have this server open the index that holds it.
    `said`: what is said of it beside its text, in JSON. `edition`: as `add_documents` takes it.
    `act`: what it is called in the trail where it takes another's place; else that it was replaced.
    Raises what `add_apart` raises, and a 503 problem where the index does not open."""
    with _alone():
        settings = opened(request).settings.index()
        added = add_apart(settings, file, name, said, replace, on_stage, edition=edition)
    if added.new or added.replaced:
        put_down(request, "document.add" if added.new else act or "document.replace", added.key)
    opening_of(request).catch_up()
    identifier, _, version = added.key.partition("@")
    if opened(request).library.get(identifier, version) is None:
        raise not_ready(f"文件已收录（{added.key}），但服务还没能打开新的索引，请过几秒再查看它。")
    return added


def remove(
    request: Request, identifier: str, version: str | None, on_stage: OnStage, edition: str | None = None
) -> tuple[str, ...]:
    """Remove an added document, or one version of it, and put that down; the removed ones as `id@version`.
    `edition`: as `remove_documents` takes it. Raises what `remove_apart` raises."""
    with _alone():
        settings = opened(request).settings.index()
        removed = remove_apart(settings, identifier, version, on_stage, edition)
    for key in removed:
        put_down(request, "document.remove", key)
    opening_of(request).catch_up()
    return removed


def preview(
    request: Request,
    file: IO[bytes],
    name: str,
    said: Mapping[str, object],
    on_stage: OnStage,
    left: threading.Event,
) -> Preview:
    """What the document in `file` would become if it was added now. Raises what `preview_apart` raises, and a
    503 problem where as many files as may be are read already, or `left` was set."""
    if not looking.acquire(blocking=False):
        raise reading()
    try:
        return preview_apart(opened(request).settings.index(), file, name, said, on_stage, left=left)
    except Abandoned:
        raise interrupted() from None
    finally:
        looking.release()


def no_room() -> ProblemError:
    """The problem of a disk that is full, or not ours to write to."""
    return not_ready("服务器写不下上传的文件，请管理员检查磁盘空间和目录权限，然后再试。")


@contextmanager
def _alone() -> Iterator[None]:
    """Nobody else adds or removes meanwhile. Raises BuildInProgress."""
    if not _one_at_a_time.acquire(blocking=False):
        raise BuildInProgress("正在收录或移除另一份文件，请等它结束后再试。")
    try:
        yield
    finally:
        _one_at_a_time.release()
