"""The HTTP application: routes, faults and guards put together."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends, FastAPI
from starlette.middleware import Middleware

from assistant.access.rules import Rules
from assistant.api import (
    answers,
    ask,
    collection,
    completions,
    conversations,
    docs,
    documents,
    feedback,
    health,
    monitoring,
    search,
    verify,
)
from assistant.api.access import Access, Guard
from assistant.api.fallback import add_fallback
from assistant.api.handlers import add_handlers
from assistant.api.heads import HeadAsGet
from assistant.api.hosts import HostCheck
from assistant.api.housekeeping import Housekeeping
from assistant.api.middleware import DEFAULT_UPLOAD_BYTES, BodyLimit, RequestContext
from assistant.api.openapi import TAGS
from assistant.api.opening import Opening
from assistant.api.parameters import require_known_parameters
from assistant.api.security import SecurityHeaders

if TYPE_CHECKING:
    from assistant.service import Assistant
    from assistant.storage.store import Store

_DESCRIPTION = (
    "用自己的话问教育政策，得到回答和逐字引自原文的依据。"
    "出错时一律返回 application/problem+json，detail 用中文说明怎样改正。"
)


@dataclass(frozen=True, slots=True)
class AppOptions:
    """How an application serves, as settings and command line say; the defaults are for a machine of one's
    own."""

    rules: Rules = field(default_factory=Rules)
    """Who may call, and how much; by default everybody."""
    hosts: frozenset[str] = frozenset()
    """Names besides the loopback ones under which it may be called, see `HostCheck`."""
    retention_days: int = 0
    """Conversations are erased so long after their last question; 0: never."""
    upload_bytes: int = DEFAULT_UPLOAD_BYTES
    """The largest file that can be added."""
    public_url: str = ""
    """Address under which people reach it; "" where it is the one under which it is called."""


def create_app(
    open_assistant: "Callable[[], Assistant]",
    store: "Store",
    options: AppOptions | None = None,
    routers: Sequence[APIRouter] = (),
    around: Sequence[Middleware] = (),
    sweeps: Sequence[Callable[[Opening], None]] = (),
) -> FastAPI:
    """The application; `open_assistant` runs in a thread of its own once the server starts. `store` keeps the
    keys by which callers are admitted, and has to be the one in which the assistant keeps conversations.

    `options`: None are those for a machine of one's own. `routers`: further routes that belong to the
    interface. `around`: middleware outside all that answers with a problem object, outermost first. `sweeps`:
    what else is erased once an hour, see `Housekeeping`.
    `app.state.opening` gives the opened assistant to whatever is mounted beside the interface.
    """
    options = options or AppOptions()
    opening = Opening(open_assistant)
    access = Access(options.rules, store.keys, store.counters)
    further = [partial(each, opening) for each in sweeps]
    housekeeping = Housekeeping(store, options.retention_days, further)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        opening.start()
        opening.follow()
        housekeeping.start()
        yield
        housekeeping.stop()
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
            *around,
            Middleware(RequestContext),
            Middleware(HostCheck, names=options.hosts, guarded=True),
            Middleware(Guard, access=access),
            Middleware(BodyLimit, upload=options.upload_bytes),
        ],
    )
    app.state.opening = opening
    app.state.store = store
    app.state.access = access
    app.state.housekeeping = housekeeping
    app.state.public_url = options.public_url
    add_handlers(app)
    groups = (
        ask,
        completions,
        conversations,
        answers,
        feedback,
        search,
        verify,
        documents,
        collection,
        health,
        monitoring,
        docs,
    )
    for router in (*(group.router for group in groups), *routers):
        app.include_router(router, dependencies=[Depends(require_known_parameters)])
    add_fallback(app)
    return app
