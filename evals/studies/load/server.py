"""A server of our own in a folder of its own, and what its processes use, read from /proc."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from assistant.settings import Settings
from index.build.build_index import build_index

_PROC = Path("/proc")
_START_SECONDS = 180.0
_STOP_SECONDS = 30.0
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Usage:
    """What a server's processes have used, or hold, all of them together."""

    cpu: float
    """Seconds of processors, in user mode and in the system."""
    memory: int
    """Resident bytes."""
    threads: int
    files: int
    """Open files and sockets."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server listens, and its first process; 0 where it is not known."""

    port: int
    pid: int = 0
    key: str | None = None
    """An access key's token, shown with each call."""

    def usage(self) -> Usage | None:
        """What it uses now; None where its process is not known or cannot be looked at."""
        return usage_of(self.pid) if self.pid else None


def usage_of(pid: int) -> Usage | None:
    """What a process and those below it use; None where it has gone."""
    found = [each for each in map(_of_process, _family(pid)) if each is not None]
    if not found:
        return None
    return Usage(
        sum(each.cpu for each in found),
        sum(each.memory for each in found),
        sum(each.threads for each in found),
        sum(each.files for each in found),
    )


def _of_process(pid: int) -> Usage | None:
    try:
        fields = _stat(pid)
        files = sum(1 for _ in (_PROC / str(pid) / "fd").iterdir())
    except OSError:  # it has ended meanwhile
        return None
    pages = int(fields[21])
    cpu = (int(fields[11]) + int(fields[12])) / _TICK
    return Usage(cpu, pages * os.sysconf("SC_PAGE_SIZE"), int(fields[17]), files)


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the third on: the name before may hold anything."""
    return (
        (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    )


def _family(pid: int) -> list[int]:
    """A process and all below it."""
    parents: dict[int, int] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdecimal():
            try:
                parents[int(entry.name)] = int(_stat(int(entry.name))[1])
            except OSError:
                continue
    found = [pid]
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found


@contextmanager
def running(state: Path, arguments: Sequence[str] = ()) -> Iterator[Server]:
    """A server over an index of its own in `state`, stopped at the end. `arguments` are further ones of
    `policy-qa serve`. Raises RuntimeError where it does not become ready."""
    port = _free_port()
    command = [sys.executable, "-m", "assistant.cli.main", "serve", "--host", "127.0.0.1"]
    with (state / "server.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 our own command
            [*command, "--port", str(port), *arguments],
            env={**os.environ, "POLICY_QA_STATE_DIR": str(state)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(port, process)
            yield Server(port, process.pid)
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def prepare(settings: Settings, state: Path) -> None:
    """An index of the shipped documents in `state`; what this checkout has worked out is used."""
    if settings.index().cache.is_dir():
        shutil.copytree(settings.index().cache, state / "cache")
    build_index(settings.model_copy(update={"state_dir": state}).index())


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + _START_SECONDS
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10, trust_env=False) as client:
        while time.monotonic() < until:
            if process.poll() is not None:
                raise RuntimeError(f"the server ended with {process.returncode}; see server.log")
            try:
                if client.get("/readyz").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
    raise RuntimeError(f"the server was not ready after {_START_SECONDS:.0f} s; see server.log")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
