"""A peer's server in an environment of its own, on loopback, for as long as a run takes."""

import os
import socket
import subprocess
import time
import urllib.request
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

_START_SECONDS = 60.0


def environment(home: Path, package: str) -> Path:
    """The folder of programs of an environment that holds `package`, made where it is missing. Raises
    subprocess.CalledProcessError where the package cannot be had."""
    programs = home / "env" / "bin"
    done = home / "env" / package
    if not done.exists():
        venv.create(home / "env", with_pip=True, clear=True)
        pip = [str(programs / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, package], check=True)  # noqa: S603 - a fixed name and version
        done.touch()
    return programs


@contextmanager
def serving(command: list[str], home: Path, health: str) -> Iterator[str]:
    """The base address of `command --host 127.0.0.1 --port N`, started in `home` and stopped at the end.
    Raises TimeoutError where it does not get up."""
    port = _free_port()
    base_url = f"http://127.0.0.1:{port}"
    # its own choice of keys, databases and settings must not come from whoever starts it
    keep = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(  # noqa: S603 - a program of the environment made above
            [*command, "--host", "127.0.0.1", "--port", str(port)],
            cwd=home,
            env=keep,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _await(f"{base_url}{health}", server)
            yield base_url
        finally:
            server.terminate()
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _await(address: str, server: "subprocess.Popen[bytes]") -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback needs no proxy
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with direct.open(address, timeout=2):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise TimeoutError(f"{address} does not answer; see server.log")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
