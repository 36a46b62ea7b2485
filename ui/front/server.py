"""uvicorn as this project runs it: our limits, nothing believed that a client says of its address."""

import resource
import socket
from typing import Any

import uvicorn

from assistant.api.protocol import TAKE_SECONDS, limited_to

GRACE_SECONDS = 5
"""How long running answers may take to finish once the server is told to stop."""
KEPT_SECONDS = 3600
"""How long a worker keeps a connection on which the front asks nothing: longer than any front does, so that
none is closed just when it is used again."""
_MOST_CONNECTIONS = 10_000
_OWN_FILES = 256
"""Of the files that the process may have open these are kept for all that is no client: the index, the
database, models' endpoints, and connections that were accepted and not yet counted."""
_ACCEPTED_AT_ONCE = 16
_BACKLOG = 1024
"""Connections that the system holds until they are accepted."""


def server_for(
    app: Any, grace_seconds: int = GRACE_SECONDS, most: int | None = None, behind_front: bool = False
) -> uvicorn.Server:
    """The server of `app`, not yet running, with at most `most` connections (by default as many as the
    process may have files open for). `behind_front`: it answers our own front alone."""
    config = uvicorn.Config(
        app,
        http=limited_to(most or default_connections(), None if behind_front else TAKE_SECONDS),
        ws="none",
        log_config=None,  # assistant.logs writes for all
        access_log=False,
        proxy_headers=False,  # see ui.front.addresses
        server_header=not behind_front,
        date_header=not behind_front,
        timeout_keep_alive=KEPT_SECONDS if behind_front else 5,
        timeout_graceful_shutdown=grace_seconds,
        backlog=_ACCEPTED_AT_ONCE,
    )
    return _Server(config)


def default_connections(files_each: int = 1) -> int:
    """As many connections as the process's limit of open files has room for, at `files_each` of them."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit == resource.RLIM_INFINITY:
        return _MOST_CONNECTIONS
    return max(16, min(_MOST_CONNECTIONS, (limit - min(_OWN_FILES, limit // 2)) // files_each))


class _Server(uvicorn.Server):
    """Accepts a few connections at a time, while the system lines up many.

    Event loops take one number for both. asyncio's accepts that many before it counts the first: a crowd
    would use up the process's open files, whereupon it accepts nobody for a second.
    """

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        for listener in sockets or ():
            listener.listen(_BACKLOG)
