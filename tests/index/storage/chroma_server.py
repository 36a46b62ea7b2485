"""A Chroma server of the tests' own, on loopback."""

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ports import free_port

_RUN = "import sys; from chromadb.cli.cli import app; sys.argv[0] = 'chroma'; app()"
_SECONDS = 180


@contextmanager
def chroma_server(directory: Path) -> Iterator[str]:
    """The address of a server that keeps its data in `directory`, stopped at the end."""
    port = free_port()
    log = directory.with_name(f"{directory.name}.log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", _RUN, "run", "--path", str(directory), "--port", str(port)],
            stdout=output,
            stderr=output,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + _SECONDS
        while not _answers(url):
            assert process.poll() is None, log.read_text(errors="replace")
            assert time.monotonic() < until, log.read_text(errors="replace")
            time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait(_SECONDS)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/api/v2/heartbeat", timeout=5) as answer:  # noqa: S310 loopback
            return bool(answer.status == 200)
    except OSError:
        return False
