"""The front: holds the clients' connections, and has workers answer their requests."""

import asyncio
import functools
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.api.middleware import DEFAULT_UPLOAD_BYTES, BodyLimit, RequestContext
from assistant.api.security import SecurityHeaders
from assistant.errors import PolicyQAError
from assistant.settings import Network
from ui.front.addresses import ClientAddress
from ui.front.counts import Counts
from ui.front.forward import Forward
from ui.front.server import default_connections, server_for
from ui.front.starting import HEALTHY
from ui.front.workers import Workers

_FILES_EACH = 2
"""A client's connection, and the one to the worker that answers it."""


class WorkersFailed(PolicyQAError):
    """No worker process could be started."""


def run_front(
    command: Sequence[str],
    count: int,
    listener: socket.socket,
    folder: Path,
    announce: Callable[[str | None], None],
    proxies: Sequence[Network] = (),
    most: int | None = None,
    upload: int = DEFAULT_UPLOAD_BYTES,
    around: Callable[[ASGIApp], ASGIApp] = lambda app: app,
) -> None:
    """Serve on `listener` with `count` workers until stopped; `command` starts one (`ui.front.workers`).

    `announce` is called when the first one is ready, with the reason why it cannot answer questions, or
    None. `proxies`: whose word on a client's address is believed. `most`: clients' connections.
    `upload`: bytes of the largest file that can be handed in. `around` is put outside all that answers with a
    problem object.

    Raises WorkersFailed.
    """
    failed = False

    def give_up() -> None:
        nonlocal failed
        failed = True
        server.should_exit = True

    front = _Front(command, count, folder, announce, give_up, upload)
    app = SecurityHeaders(around(RequestContext(front, logged=False)))
    most = most or default_connections(_FILES_EACH)
    server = server_for(ClientAddress(app, proxies), most=most)
    server.run(sockets=[listener])
    if failed:
        raise WorkersFailed("工作进程没能启动，请看上面各进程写出的原因，排除后再启动。")


class _Front:
    """The application that answers clients (ASGI); its workers live as long as it does."""

    def __init__(
        self,
        command: Sequence[str],
        count: int,
        folder: Path,
        announce: Callable[[str | None], None],
        give_up: Callable[[], None],
        upload: int,
    ) -> None:
        self._upload = upload
        self._make_workers = functools.partial(Workers, command, count, folder, give_up)
        self._announce = announce

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the server's life (ASGI)."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["path"] == "/healthz" and scope["method"] == "GET":
            await HEALTHY(scope, receive, send)
        elif scope["path"] == "/metrics" and scope["method"] == "GET":
            await self._counts(scope, receive, send)
        else:
            await self._forward(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        workers = self._make_workers()
        self._forward = BodyLimit(Forward(workers), upload=self._upload)
        self._counts = Counts(workers)
        await workers.start()
        announcing = asyncio.create_task(self._say(workers))
        await send({"type": "lifespan.startup.complete"})
        await receive()
        announcing.cancel()
        await workers.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _say(self, workers: Workers) -> None:
        unable = await workers.first
        await asyncio.to_thread(self._announce, unable)
