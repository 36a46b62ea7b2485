"""`policy-qa serve` as a process of its own, that can be killed and started again over the same state."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from assistant.settings import ROOT
from tests.ports import free_port

_OPENING_SECONDS = 180.0
_STOPPING_SECONDS = 120.0


class Launched:
    """A server on one free loopback port; `kill` and `start` leave port and state as they are."""

    def __init__(
        self, state: Path, environment: Mapping[str, str] | None = None, log: Path | None = None
    ) -> None:
        """`state` holds an index already. What the server says goes to `log`, by default to this process's
        own output."""
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self._environment = {**os.environ, "POLICY_QA_STATE_DIR": str(state), **(environment or {})}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it can answer questions."""
        command = [str(Path(sys.executable).with_name("policy-qa")), "serve", "--port", str(self.port)]
        out = self._log.open("ab") if self._log else None
        self._process = subprocess.Popen(command, env=self._environment, stdout=out, stderr=out)
        until = time.monotonic() + _OPENING_SECONDS
        while not self._ready():
            assert self._process.poll() is None, "the server has ended"
            assert time.monotonic() < until, "the server is not ready"
            time.sleep(0.2)

    def kill(self) -> None:
        """End it at once, as a fault of the machine would (SIGKILL)."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        assert self._process is not None
        assert self._process.poll() is None, "the server has ended by itself"
        self._process.send_signal(how)
        self._process.wait(_STOPPING_SECONDS)
        self._process = None

    def _ready(self) -> bool:
        try:
            return httpx.get(f"{self.base}/readyz", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    @property
    def runs(self) -> bool:
        """Whether it was started and not ended since."""
        return self._process is not None


@contextmanager
def launched(
    state: Path, environment: Mapping[str, str] | None = None, log: Path | None = None
) -> Iterator[Launched]:
    """A running server over `state`, whose index is built first; ended in the end."""
    server = Launched(with_index(state), environment, log)
    server.start()
    try:
        yield server
    finally:
        if server.runs:
            server.stop()


def with_index(state: Path) -> Path:
    """`state`, made where it is not there, with an index of the shipped documents."""
    state.mkdir(parents=True, exist_ok=True)
    cache = ROOT / "var" / "cache"
    if cache.is_dir() and not (state / "cache").exists():
        shutil.copytree(cache, state / "cache", ignore=shutil.ignore_patterns("statutes*"))
    environment = {**os.environ, "POLICY_QA_STATE_DIR": str(state)}
    command = [str(Path(sys.executable).with_name("policy-qa")), "index", "build"]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return state
