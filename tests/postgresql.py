"""A PostgreSQL server of the tests' own, from Debian's package, on a socket that nobody else knows."""

import os
import pwd
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote


def programs() -> Path | None:
    """Where the package's programs lie; None where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


class Server:
    """A running server; each `url()` is a new, empty database."""

    def __init__(self, bin_folder: Path, folder: Path) -> None:
        self._bin = bin_folder
        self._data = folder / "data"
        self._socket = folder / "socket"
        self._user = pwd.getpwnam("postgres") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self._socket.mkdir(parents=True)
        for path in (folder, self._socket):
            os.chown(path, self._user.pw_uid, self._user.pw_gid)
        self._run(
            "initdb", "-D", self._data, "-A", "trust", "-U", "postgres", "--no-sync", "--locale=C.UTF-8"
        )

    def start(self) -> None:
        """Start, and wait until it answers."""
        options = f"-c listen_addresses='' -k {self._socket} -c fsync=off -c max_connections=200"
        log = self._data.parent / "socket" / "log"
        self._run("pg_ctl", "-D", self._data, "-w", "-l", log, "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop; `immediate` is a kill."""
        self._run("pg_ctl", "-D", self._data, "-w", "-m", mode, "stop")

    def url(self) -> str:
        """A new database."""
        name = f"t{uuid.uuid4().hex}"
        self._run("createdb", "-h", self._socket, "-U", "postgres", name)
        return f"postgresql://postgres@/{name}?host={quote(str(self._socket), safe='')}"

    def _run(self, program: str, *arguments: object) -> None:
        subprocess.run(
            [str(self._bin / program), *map(str, arguments)],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            cwd="/",
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
            user=self._user.pw_uid if os.geteuid() == 0 else None,
            group=self._user.pw_gid if os.geteuid() == 0 else None,
        )


@contextmanager
def running() -> Iterator[Server]:
    """A server for the time of a test run. Raises LookupError where the package is not installed."""
    found = programs()
    if found is None:
        raise LookupError("install Debian's package postgresql")
    folder = Path("/tmp") / f"policy-qa-pg-{uuid.uuid4().hex[:12]}"  # noqa: S108 - short, as a socket's path has to be
    folder.mkdir(mode=0o755)
    server = Server(found, folder)
    server.start()
    try:
        yield server
    finally:
        server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)  # a process of it may be writing still
