"""Debian's Firefox, driven over WebDriver BiDi: a window, its keys and scripts, what it asked for."""

import base64
import json
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

MISSING = "没有找到 firefox-esr；安装：apt-get install firefox-esr fonts-noto-cjk"
ENTER = "\ue007"
"""The key as WebDriver names it."""
_OPENING_SECONDS = 60.0
_ANSWER_SECONDS = 60.0


class Window:
    """The one window of a browser that was just started."""

    def __init__(self, connection: "ClientConnection") -> None:
        self._connection = connection
        self._number = 0
        self.said: list[str] = []
        """Warnings and errors of the page's console."""
        self.asked: list[str] = []
        """The address of every request."""
        self._call("session.new", capabilities={})
        self._call("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
        self._context: str = self._call("browsingContext.getTree")["contexts"][0]["context"]

    def size(self, width: int, height: int) -> None:
        """Make the window so many CSS pixels large."""
        self._here("browsingContext.setViewport", viewport={"width": width, "height": height})

    def open(self, address: str) -> None:
        """Go there and wait until all is loaded."""
        self._here("browsingContext.navigate", url=address, wait="complete")

    def reload(self) -> None:
        """Load the page again and wait until all is loaded."""
        self._here("browsingContext.reload", wait="complete")

    def back(self) -> None:
        """The browser's own way back."""
        self._here("browsingContext.traverseHistory", delta=-1)

    def keys(self, typed: str) -> None:
        """Press and release one key after the other."""
        pressed = [{"type": kind, "value": key} for key in typed for kind in ("keyDown", "keyUp")]
        self._here("input.performActions", actions=[{"type": "key", "id": "keys", "actions": pressed}])

    def value(self, expression: str) -> Any:
        """What an expression of JavaScript gives: a number, a string or a truth value."""
        found = self._call(
            "script.evaluate", expression=expression, target={"context": self._context}, awaitPromise=True
        )
        assert found["type"] == "success", found
        return found["result"].get("value")

    def wait(self, expression: str, seconds: float = 20.0) -> None:
        """Wait until an expression is true."""
        until = time.monotonic() + seconds
        while not self.value(f"!!({expression})"):
            assert time.monotonic() < until, expression
            time.sleep(0.1)

    def picture(self, path: Path) -> None:
        """What the window shows, as a PNG."""
        path.write_bytes(base64.b64decode(self._here("browsingContext.captureScreenshot")["data"]))

    def _here(self, method: str, **parameters: Any) -> Any:
        return self._call(method, context=self._context, **parameters)

    def _call(self, method: str, **parameters: Any) -> Any:
        self._number += 1
        self._connection.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while True:
            got = json.loads(self._connection.recv(_ANSWER_SECONDS))
            if got.get("id") == self._number:
                assert got["type"] == "success", got
                return got["result"]
            self._keep(got.get("method"), got.get("params", {}))

    def _keep(self, event: str | None, told: Any) -> None:
        if event == "log.entryAdded" and told["level"] in {"warn", "error"}:
            self.said.append(str(told["text"]))
        if event == "network.beforeRequestSent":
            self.asked.append(told["request"]["url"])


@contextmanager
def firefox() -> Iterator[Window]:
    """A window, closed in the end. Raises FileNotFoundError where the machine has no Firefox."""
    from websockets.sync.client import connect

    path = shutil.which("firefox-esr")
    if path is None:
        raise FileNotFoundError(MISSING)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="policy-qa-firefox-") as profile:
        command = [path, "--headless", "--no-remote", "--profile", profile]
        process = subprocess.Popen(
            [*command, "--remote-debugging-port", str(port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _listening(port, process)
            with connect(f"ws://127.0.0.1:{port}/session", max_size=None) as connection:
                yield Window(connection)
        finally:
            process.terminate()
            process.wait(30)


def _listening(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + _OPENING_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert process.poll() is None, "the browser has ended"
            assert time.monotonic() < until, "the browser does not listen"
            time.sleep(0.2)
        else:
            return
