"""What reading a file that someone handed in may take, so that none can occupy the machine."""

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What the process that reads one file gets."""

    seconds: float = 300
    """On the clock, from its start until the file is read."""
    cpu_seconds: int = 180
    """Of all its threads."""
    memory: int = 4096 * MIB
    """Bytes of address space, the libraries with it."""


@contextmanager
def held_to(limits: Limits) -> Iterator[Callable[[], None]]:
    """This process gets no more than `limits` of processor and memory; the callable lifts that.

    Over its processor time the process is ended by SIGXCPU, over its memory there is a MemoryError.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    used = resource.getrusage(resource.RUSAGE_SELF)
    kinds = {
        resource.RLIMIT_CPU: int(used.ru_utime + used.ru_stime) + limits.cpu_seconds,
        resource.RLIMIT_AS: limits.memory,
    }
    before = {kind: resource.getrlimit(kind) for kind in kinds}

    def lift() -> None:
        for kind, found in before.items():
            resource.setrlimit(kind, found)

    for kind, most in kinds.items():
        hard = before[kind][1]
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    try:
        yield lift
    finally:
        lift()
