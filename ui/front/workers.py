"""The worker processes: started, watched, started again, stopped.

Each listens on a Unix socket of its own in a folder that only this user may enter, and holds one end of a
link whose other end is the front's. By the link it says that it is ready; each side learns by its end that
the other has gone, however it went.
"""

import asyncio
import itertools
import json
import logging
import os
import socket
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from ui.front.connection import Connection, WorkerGone

_READY_SECONDS = 180.0
"""A worker that is not ready then is started anew: an index of 100,000 passages opens in 15 s."""
_STOP_SECONDS = 8.0
"""How long a worker may take to end once it was told to: its grace, and what it has to close."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
"""Before a worker that died soon is started again; doubled each time."""
_SETTLED_SECONDS = 10.0
"""One that was ready for so long did not die of its start."""
_ASK_SECONDS, _SILENT_SECONDS = 2.0, 30.0
"""How often a worker is asked whether it is alive; one that has been silent for so long is killed. Taking
over a large index stops it for some seconds."""
_KEPT_CONNECTIONS = 32
"""On which nothing is asked, to each worker."""
_GIVE_UP_AFTER = 3
"""Where so many have died and none was ever ready, none will be."""
_ALIVE = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n"
_log = logging.getLogger(__name__)


class Worker:
    """One process, from its start to its end. `slot` is its place among the workers, which its successor
    takes over."""

    def __init__(
        self, slot: int, process: "subprocess.Popen[bytes]", link: socket.socket, address: str
    ) -> None:
        self.slot = slot
        self.process = process
        self.link = link
        self.ready = False
        self.silent = False
        """It has not answered for some seconds."""
        self.busy = 0
        """Requests that it is working on."""
        self._address = address
        self._idle: list[Connection] = []

    async def connection(self) -> Connection:
        """A connection to it, of those that stand where there is one. Raises WorkerGone."""
        while self._idle:
            connection = self._idle.pop()
            if connection.open:
                return connection
        loop = asyncio.get_running_loop()
        try:
            _, made = await loop.create_unix_connection(Connection, self._address)
        except OSError:
            raise WorkerGone(asked=False) from None
        return made

    def release(self, connection: Connection) -> None:
        """Take `connection` back for another request, or hang up where it cannot take one."""
        if (
            connection.reusable
            and connection.open
            and connection.whole
            and len(self._idle) < _KEPT_CONNECTIONS
        ):
            self._idle.append(connection)
        else:
            connection.close()

    def hang_up(self) -> None:
        """Close the connections on which nothing is asked."""
        while self._idle:
            self._idle.pop().close()


class Workers:
    """`count` workers, started by `command` and what it is given here: the numbers of two open files, its
    listening socket and its end of the link.

    `folder` takes their sockets. `give_up` is called where they die before any was ready.
    """

    def __init__(self, command: Sequence[str], count: int, folder: Path, give_up: Callable[[], None]) -> None:
        self._command = tuple(command)
        self._folder = folder
        self._give_up = give_up
        self._current: list[Worker | None] = [None] * count
        self._names = itertools.count(1)
        self._stopping = asyncio.Event()
        self._tried = [asyncio.Event() for _ in range(count)]
        self._keepers: list[asyncio.Task[None]] = []
        self._directory = -1
        self.first: asyncio.Future[str | None] = asyncio.Future()
        """Done when the first one is ready: why it cannot answer questions, None where it can."""
        self.starts = 0
        """Processes that were started."""

    @property
    def count(self) -> int:
        """How many there are to be."""
        return len(self._current)

    def ready(self) -> list[Worker]:
        """Those that take requests: without the silent ones, unless all are."""
        ready = [worker for worker in self._current if worker is not None and worker.ready]
        return [worker for worker in ready if not worker.silent] or ready

    async def start(self) -> None:
        """Begin to start them, one after the other: the first makes what all of them need."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        self._directory = os.open(self._folder, os.O_DIRECTORY | os.O_CLOEXEC)
        self._keepers = [asyncio.create_task(self._keep(slot)) for slot in range(self.count)]

    async def stop(self) -> None:
        """Let them finish what they are at, and end."""
        self._stopping.set()
        for worker in self._current:
            if worker is not None:
                worker.hang_up()
                worker.link.shutdown(socket.SHUT_RDWR)
        for tried in self._tried:
            tried.set()
        if self._keepers:
            await asyncio.wait(self._keepers)
            os.close(self._directory)

    async def _keep(self, slot: int) -> None:
        """Have a worker in `slot`, always."""
        if slot:
            await self._tried[slot - 1].wait()
        pause = _FIRST_PAUSE
        failures = 0
        while not self._stopping.is_set():
            worker = self._spawn(slot)
            self._current[slot] = worker
            lived = await self._live(worker)
            self._current[slot] = None
            self._tried[slot].set()
            if self._stopping.is_set():
                return
            _log.warning("worker %d ended (%s)", worker.process.pid, worker.process.returncode)
            failures = 0 if lived is not None else failures + 1
            if failures >= _GIVE_UP_AFTER and not self.first.done():
                self._give_up()
                return
            if lived is not None and lived >= _SETTLED_SECONDS:
                pause = _FIRST_PAUSE
                continue
            await self._rest(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            pass

    def _spawn(self, slot: int) -> Worker:
        # A socket's path has room for 108 bytes, which a folder's may exceed; this way leads there in few.
        name = f"{os.getpid()}-{next(self._names)}.sock"
        address = f"/proc/self/fd/{self._directory}/{name}"
        (self._folder / name).unlink(missing_ok=True)
        ours, theirs = socket.socketpair()
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener, theirs:
            listener.bind(address)
            given = (listener.fileno(), theirs.fileno())
            process = subprocess.Popen(  # noqa: S603 - our own command
                [*self._command, *map(str, given)],
                pass_fds=given,
                start_new_session=True,  # Ctrl+C is for the front, which then stops its workers in order
            )
        ours.setblocking(False)
        self.starts += 1
        return Worker(slot, process, ours, address)

    async def _live(self, worker: Worker) -> float | None:
        """From a worker's start to its end; the seconds for which it was ready, None where it never was."""
        loop = asyncio.get_running_loop()
        began: float | None = None
        watch: asyncio.Task[None] | None = None
        try:
            async with asyncio.timeout(_READY_SECONDS):
                said = await _line(worker.link)
            if said is not None:
                worker.ready, began = True, loop.time()
                watch = asyncio.create_task(_watch(worker))
                self._tried[worker.slot].set()
                if not self.first.done():
                    self.first.set_result(json.loads(said)["unable"])
                await _line(worker.link)  # comes to its end with the process
        except TimeoutError:
            _log.warning("worker %d was not ready in time", worker.process.pid)
            worker.process.kill()
        finally:
            worker.ready = False
            if watch is not None:
                watch.cancel()
        await self._end(worker)
        return None if began is None else loop.time() - began

    async def _end(self, worker: Worker) -> None:
        """Wait until the process has ended; it has closed its link, or was told to end."""
        loop = asyncio.get_running_loop()
        until = loop.time() + _STOP_SECONDS
        while worker.process.poll() is None:
            if loop.time() > until:
                worker.process.kill()
            await asyncio.sleep(0.02)
        worker.hang_up()
        worker.link.close()
        (self._folder / Path(worker._address).name).unlink(missing_ok=True)


async def _line(link: socket.socket) -> bytes | None:
    """What the worker says next; None where it has gone, or the link was closed here."""
    said = b""
    loop = asyncio.get_running_loop()
    while not said.endswith(b"\n"):
        try:
            received = await loop.sock_recv(link, 4096)
        except OSError:
            return None
        if not received:
            return None
        said += received
    return said


async def _watch(worker: Worker) -> None:
    """Ask again and again whether it is alive; kill it where it has been silent for long."""
    loop = asyncio.get_running_loop()
    answered = loop.time()
    while worker.process.poll() is None:
        await asyncio.sleep(_ASK_SECONDS)
        try:
            async with asyncio.timeout(_ASK_SECONDS):
                connection = await worker.connection()
                try:
                    await connection.ask(_ALIVE)
                    while await connection.part() is not None:
                        pass
                finally:
                    worker.release(connection)
            answered, worker.silent = loop.time(), False
        except (TimeoutError, WorkerGone):
            worker.silent = True
        if loop.time() - answered > _SILENT_SECONDS:
            _log.error("worker %d has been silent for %d s", worker.process.pid, _SILENT_SECONDS)
            worker.process.kill()
