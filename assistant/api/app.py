"""The HTTP application: routes, faults and guards put together."""

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import Depends, FastAPI
from starlette.middleware import Middleware

from assistant.api import ask, completions, docs, documents, feedback, health, monitoring, search, verify
from assistant.api.fallback import add_fallback
from assistant.api.heads import HeadAsGet
from assistant.api.hosts import HostCheck
from assistant.api.middleware import BodyLimit, RequestContext
from assistant.api.openapi import TAGS
from assistant.api.opening import Opening
from assistant.api.parameters import require_known_parameters
from assistant.api.problems import add_handlers
from assistant.api.security import SecurityHeaders

if TYPE_CHECKING:
    from assistant.service import Assistant

_DESCRIPTION = (
    "用自己的话问教育政策，得到回答和逐字引自原文的依据。"
    "出错时一律返回 application/problem+json，detail 用中文说明怎样改正。"
)


def create_app(open_assistant: "Callable[[], Assistant]", hosts: Collection[str] = ()) -> FastAPI:
    """The application; `open_assistant` runs in a thread of its own once the server starts.

    `hosts`: names besides the loopback ones under which it may be called, see `HostCheck`.
    `app.state.opening` gives the opened assistant to whatever is mounted beside the interface.
    """
    opening = Opening(open_assistant)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        opening.start()
        opening.follow()
        yield
        opening.stop()

    app = FastAPI(
        title="教育政策问答接口",
        version="1.0",
        description=_DESCRIPTION,
        openapi_tags=TAGS,
        openapi_url=None,  # ours is in another dialect, see assistant.api.openapi
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,  # what generated clients call their functions
        redirect_slashes=False,  # an address that is not there is not there with another ending either
        lifespan=lifespan,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        middleware=[  # outermost first
            Middleware(HeadAsGet),
            Middleware(SecurityHeaders),
            Middleware(RequestContext),
            Middleware(HostCheck, names=hosts),
            Middleware(BodyLimit),
        ],
    )
    app.state.opening = opening
    add_handlers(app)
    for group in (ask, completions, feedback, search, verify, documents, health, monitoring, docs):
        app.include_router(group.router, dependencies=[Depends(require_known_parameters)])
    add_fallback(app)
    return app
