"""What answers while the application is still being put together, which takes seconds of imports."""

import asyncio
import gc
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.api.middleware import RequestContext
from assistant.api.problems import not_ready, refuse
from assistant.api.security import SecurityHeaders

if TYPE_CHECKING:
    from starlette.applications import Starlette


class Starting:
    """Passes everything to what `compose` returns. Until it has returned, /healthz alone answers, and all
    else gets a 503 problem.

    `compose` runs in a thread of its own once the server has started; the application's lifespan begins when
    it has returned, then `composed` is called, and the lifespan ends with the server's. Where `compose`
    raises, `failure` is set and `give_up` called. `around` is put outside what answers until then.
    """

    def __init__(
        self,
        compose: "Callable[[], Starlette]",
        give_up: Callable[[], None],
        composed: "Callable[[Starlette], None]" = lambda _: None,
        around: Callable[[ASGIApp], ASGIApp] = lambda app: app,
    ) -> None:
        self._compose = compose
        self._give_up = give_up
        self._composed = composed
        self._app: ASGIApp = SecurityHeaders(around(RequestContext(_meanwhile, logged=False)))
        self._stopping = asyncio.Event()
        self.failure: BaseException | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or connection (ASGI)."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._app(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        loop = asyncio.get_running_loop()
        composed: asyncio.Future[Starlette] = loop.create_future()
        threading.Thread(
            target=_put_together, args=(self._compose, loop, composed), name="compose", daemon=True
        ).start()
        living = asyncio.create_task(self._follow(composed))
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._stopping.set()
        if not composed.done():
            composed.cancel()  # its thread ends with the process
        await asyncio.wait([living])
        await send({"type": "lifespan.shutdown.complete"})

    async def _follow(self, composed: "asyncio.Future[Starlette]") -> None:
        try:
            app = await composed
            async with app.router.lifespan_context(app):
                self._app = app
                self._composed(app)
                await self._stopping.wait()
        except Exception as error:  # noqa: BLE001 - raised again by whoever runs the server
            self.failure = error
            self._give_up()


def _put_together(
    compose: "Callable[[], Starlette]",
    loop: asyncio.AbstractEventLoop,
    composed: "asyncio.Future[Starlette]",
) -> None:
    gc.disable()  # imports make objects that stay; walking through them is a tenth of the time
    app, failure = None, None
    try:
        app = compose()
    except BaseException as error:  # noqa: BLE001 - handed over
        failure = error
    finally:
        gc.enable()

    def hand_over() -> None:
        if composed.done():
            return
        if failure is not None:
            composed.set_exception(failure)
        elif app is not None:
            composed.set_result(app)

    if not loop.is_closed():  # the server was stopped meanwhile
        loop.call_soon_threadsafe(hand_over)


async def _meanwhile(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["path"] == "/healthz" and scope["method"] == "GET":
        await HEALTHY(scope, receive, send)
    else:
        await refuse(scope, not_ready("服务正在启动，请过几秒再试。"))(scope, receive, send)


HEALTHY = JSONResponse({"status": "ok"})
"""What /healthz answers, as `assistant.api.health` does: the process is alive."""
