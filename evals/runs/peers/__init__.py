"""Other assistants asked the same questions, over HTTP on loopback, for a comparison side by side.

To add one: a class like `Baisitong` (see `evals.runs.peers.peer.Peer`) and a line in `PEERS`.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from evals.runs.peers import baisitong
from evals.runs.peers.peer import Peer
from evals.runs.peers.server import environment, serving


@dataclass(frozen=True, slots=True)
class InstalledPeer:
    """How a peer is installed, started, and spoken to."""

    package: str
    program: str
    health: str
    connect: Callable[[str], Peer]


PEERS: Mapping[str, InstalledPeer] = {
    "baisitong": InstalledPeer(baisitong.PACKAGE, "baisitong", "/api/health", baisitong.Baisitong),
}


@contextmanager
def connected(name: str, home: Path, server: str | None = None) -> Iterator[Peer]:
    """The peer called `name`: at the address `server`, else started in `home`, in an environment of its own
    that is made there once (this needs the package index). Raises OSError and subprocess.CalledProcessError
    where it cannot be installed or started."""
    known = PEERS[name]
    if server is not None:
        yield known.connect(server)
        return
    home.mkdir(parents=True, exist_ok=True)
    programs = environment(home, known.package)
    with serving([str(programs / known.program)], home, known.health) as base_url:
        yield known.connect(base_url)
