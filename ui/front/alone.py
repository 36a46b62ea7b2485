"""The server in one process, without a front."""

import socket
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from starlette.types import ASGIApp

from assistant.settings import Network
from ui.front.addresses import ClientAddress
from ui.front.server import server_for
from ui.front.starting import Starting

if TYPE_CHECKING:
    from starlette.applications import Starlette


def run_alone(
    compose: "Callable[[], Starlette]",
    composed: "Callable[[Starlette], None]",
    listener: socket.socket,
    proxies: Sequence[Network] = (),
    most: int | None = None,
    around: Callable[[ASGIApp], ASGIApp] = lambda app: app,
) -> None:
    """Serve what `compose` returns on `listener` until stopped; `composed` is called with it in a thread.

    `proxies`: whose word on a client's address is believed. `most`: clients' connections. `around` is
    put outside what answers with a problem object until then. Raises whatever `compose` raises.
    """

    def stop() -> None:
        server.should_exit = True

    def tell(app: "Starlette") -> None:
        threading.Thread(target=composed, args=(app,), name="composed", daemon=True).start()

    starting = Starting(compose, stop, tell, around)
    server = server_for(ClientAddress(starting, proxies), most=most)
    server.run(sockets=[listener])
    if starting.failure is not None:
        raise starting.failure
