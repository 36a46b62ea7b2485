"""Fronts with workers as processes of their own."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.ui.front.plain_worker import AT, GO

WAIT_SECONDS = 60.0
"""Until something must have happened; a crowded machine takes long."""


@dataclass(frozen=True)
class RunningFront:
    """A front that listens."""

    process: "subprocess.Popen[str]"
    base: str
    folder: Path

    def workers(self) -> set[int]:
        """The processes that it has started and that live."""
        listed = subprocess.run(
            ["ps", "-o", "pid=,stat=", "--ppid", str(self.process.pid)], capture_output=True, text=True
        )
        rows = [line.split() for line in listed.stdout.splitlines()]
        return {int(pid) for pid, state in rows if not state.startswith("Z")}

    def await_workers(self, count: int, without: frozenset[int] = frozenset()) -> set[int]:
        """The processes that answer, once there are `count` of them, none of `without` among them."""
        seen: set[int] = set()
        until = time.monotonic() + WAIT_SECONDS
        with httpx.Client(base_url=self.base, timeout=WAIT_SECONDS) as client:
            while time.monotonic() < until:
                for _ in range(16):  # new pages of the chat go to every worker
                    answer = client.get("/gradio_api/x", params={"session_hash": uuid.uuid4().hex})
                    if answer.status_code == 200:
                        seen.add(answer.json()["pid"])
                if len(seen - without) == count and not seen & without:
                    return seen
                seen.clear()
                time.sleep(0.05)
        raise AssertionError(f"no {count} workers: {seen}")

    def busy_worker(self) -> int:
        """The process that has begun to answer `/slow`, once there is one."""
        until = time.monotonic() + WAIT_SECONDS
        while not (said := self._said(AT)):
            assert time.monotonic() < until
            time.sleep(0.02)
        return int(said)

    def may_go_on(self, event: int | str = "") -> None:
        """Whoever waits for it goes on; with `event`, who waits after this one of a stream."""
        (self.folder.parent / f"{GO}{event}").touch()

    def _said(self, name: str) -> str:
        file = self.folder.parent / name
        return file.read_text() if file.exists() else ""

    def kill(self, pid: int) -> None:
        """Kill one of its workers."""
        assert pid in self.workers()
        os.kill(pid, signal.SIGKILL)

    def stop(self) -> int:
        """End it in order; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(WAIT_SECONDS)


StartFront = Callable[..., RunningFront]


@pytest.fixture
def start_front(tmp_path: Path) -> Iterator[StartFront]:
    """Starts a front; `ready`: wait for all workers. Other arguments go into its environment."""
    yield from _starting(tmp_path)


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningFront]:
    """A front with two workers, for tests that leave it as it was."""
    starting = _starting(tmp_path_factory.mktemp("front"))
    yield next(starting)(2)
    next(starting, None)


def _starting(folder: Path) -> Iterator[StartFront]:
    running: list[RunningFront] = []

    def start(count: int = 2, ready: bool = True, **environment: str) -> RunningFront:
        for name in (AT, GO):
            (folder / name).unlink(missing_ok=True)
        with (folder / "log").open("a") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.ui.front.plain_front", str(folder / "run"), str(count)],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, "PLAIN_FOLDER": str(folder), **environment},
            )
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        front = RunningFront(process, f"http://127.0.0.1:{port}", folder / "run")
        running.append(front)
        await_answer(front.base)
        if ready:
            front.await_workers(count)
        return front

    yield start
    for front in running:
        if front.process.poll() is None:
            front.stop()
        assert front.process.stdout is not None
        front.process.stdout.close()


def await_answer(base: str) -> None:
    """Wait until the server at `base` says that it is alive."""
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        try:
            if httpx.get(f"{base}/healthz", timeout=WAIT_SECONDS).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.02)
    raise AssertionError(f"nothing answers at {base}")
