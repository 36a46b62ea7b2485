"""An application really served on a free loopback port, for clients that need an address."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from fastapi import FastAPI

_OPENING_SECONDS = 120.0


@contextmanager
def served(app: "FastAPI", ready: str = "/readyz") -> Iterator[str]:
    """The base address of `app` while it is served; it answers at `ready` by then."""
    from ui.front.server import server_for

    with socket.create_server(("127.0.0.1", 0)) as listener:
        running = server_for(app, 1)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            base = f"http://127.0.0.1:{listener.getsockname()[1]}"
            transport = httpx.HTTPTransport(retries=20)
            with httpx.Client(transport=transport, timeout=60) as client:
                until = time.monotonic() + _OPENING_SECONDS
                while client.get(f"{base}{ready}").status_code != 200:
                    assert time.monotonic() < until, "the application is not ready"
                    time.sleep(0.1)
            yield base
        finally:
            running.should_exit = True
            thread.join()
