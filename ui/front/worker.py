"""A worker's side: the application behind the front's socket, as long as the front lives."""

import json
import os
import socket
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from ui.front.addresses import ClientAddress
from ui.front.server import GRACE_SECONDS, server_for
from ui.front.starting import Starting

if TYPE_CHECKING:
    from starlette.applications import Starlette

_CLOSE_SECONDS = 2.0


def run_worker(
    compose: "Callable[[], Starlette]",
    settled: "Callable[[Starlette], str | None]",
    listener: socket.socket,
    link: socket.socket,
) -> None:
    """Serve what `compose` returns on `listener` until the other end of `link` is closed, or a signal comes.

    `settled` waits until the application has done what it can to be able to answer questions, and returns why
    it is not; then the front is told. Raises whatever `compose` raises.
    """

    def stop() -> None:
        server.should_exit = True

    def composed(app: "Starlette") -> None:
        threading.Thread(target=_tell, args=(settled, app, link), name="tell-front", daemon=True).start()

    starting = Starting(compose, stop, composed)
    server = server_for(ClientAddress(starting, behind_front=True), behind_front=True)
    threading.Thread(target=_stay, args=(link, stop), name="watch-front", daemon=True).start()
    server.run(sockets=[listener])
    if starting.failure is not None:
        raise starting.failure


def _tell(settled: "Callable[[Starlette], str | None]", app: "Starlette", link: socket.socket) -> None:
    link.sendall(json.dumps({"unable": settled(app)}).encode() + b"\n")


def _stay(link: socket.socket, stop: Callable[[], None]) -> None:
    """Wait until the front has gone or wants us to, then end: in order, or without it."""
    try:
        link.recv(1)  # it never says anything
    finally:
        stop()
    time.sleep(GRACE_SECONDS + _CLOSE_SECONDS)
    os._exit(1)
