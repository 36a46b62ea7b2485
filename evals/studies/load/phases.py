"""The parts of a load test, each bounded in number and time."""

import asyncio
import os
import resource
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice

from evals.studies.load.bound import Bound, ModelsAlone
from evals.studies.load.client import Reply, Round, closed_loop, open_loop, repeated
from evals.studies.load.server import Server, Usage

Say = Callable[[str], None]
ROUNDS = 3
QUESTIONS = {1: 20, 8: 60, 32: 100}
"""Questions of a round, by the clients that ask them."""
_REPEATED = 20
_REPEATED_SECONDS = 5.0
SHARE = 0.8
"""Of what the service can do, in the long run."""
_SAMPLE_SECONDS = 10.0
_SETTLED_SECONDS = 120.0
"""After which memory is looked at: what is kept between questions is there by then."""
_UNDER_WAY = 64
BESIDE_SLOW = 40
"""Questions that are asked quietly, and as many beside slow connections, twice each."""
_SLOW_STEP_SECONDS = 1.0
_SLOW_HEAD = b"POST /v1/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "


@dataclass(frozen=True, slots=True)
class Pair:
    """The same questions, asked of the service and done by its models alone, in the same minute."""

    service: Round
    bound: Bound
    cpu: float | None
    """Seconds of processors that the service used; None where its process is not known."""
    load: float
    """The machine's load average at the end."""

    @property
    def ratio(self) -> float:
        """The service's throughput as a share of its models'."""
        return self.service.throughput / self.bound.throughput

    @property
    def besides(self) -> float | None:
        """Seconds of processors a question that the service used besides its models."""
        asked = len(self.service.replies)
        return None if self.cpu is None else self.cpu / asked - self.bound.cpu / self.bound.questions


@dataclass(frozen=True, slots=True)
class Soak:
    """The service under load for a long time."""

    rate: float
    """Questions a second that were asked."""
    seconds: float
    replies: tuple[Reply, ...]
    samples: tuple[tuple[float, Usage], ...]
    """What it used after so many seconds."""

    def first(self) -> Usage:
        """What it used once it had settled."""
        settled = [usage for at, usage in self.samples if at >= min(_SETTLED_SECONDS, self.seconds / 4)]
        return _middle(settled[: max(1, len(settled) // 10)])

    def last(self) -> Usage:
        """What it used at the end."""
        return _middle([usage for _, usage in self.samples[-max(1, len(self.samples) // 10) :]])


@dataclass(slots=True)
class Findings:
    """Everything that was measured."""

    pairs: dict[int, list[Pair]] = field(default_factory=dict)
    """By clients."""
    again: list[Round] = field(default_factory=list)
    again_cpu: list[float | None] = field(default_factory=list)
    """Seconds of processors a repeated answer."""
    soak: Soak | None = None
    quiet: list[Reply] = field(default_factory=list)
    beside_slow: list[Reply] = field(default_factory=list)
    slow: int = 0
    """Slow connections that stood at once."""
    loads: list[float] = field(default_factory=list)


def warm(server: Server, questions: Iterator[str]) -> None:
    """Ask a few, so that everything is loaded."""
    closed_loop(server, list(islice(questions, 24)), 4)


def distinct_rounds(
    server: Server,
    models: ModelsAlone,
    questions: Iterator[str],
    clients: Sequence[int],
    rounds: int,
    say: Say,
) -> dict[int, list[Pair]]:
    """Service and models by turns, `rounds` times for each number of clients."""
    found: dict[int, list[Pair]] = {each: [] for each in clients}
    for number in range(rounds):
        for each in clients:
            chosen = list(islice(questions, QUESTIONS.get(each, 3 * each)))
            models.note(chosen)
            before = models.run() if number % 2 else None  # who goes first takes turns too
            used = server.usage()
            service = closed_loop(server, chosen, each)
            cpu = _cpu_since(used, server.usage())
            bound = before or models.run()
            pair = Pair(service, bound, cpu, os.getloadavg()[0])
            found[each].append(pair)
            say(
                f"{each} clients: {service.throughput:.1f} of {bound.throughput:.1f} questions a second, "
                f"{pair.ratio:.2f}; p95 {service.quantile(0.95):.2f} s"
            )
    return found


def again_rounds(
    server: Server, questions: Iterator[str], clients: Sequence[int], say: Say
) -> tuple[list[Round], list[float | None]]:
    """A few questions asked again and again."""
    chosen = list(islice(questions, _REPEATED))
    closed_loop(server, chosen, 2)
    found, cpus = [], []
    for each in clients:
        used = server.usage()
        again = repeated(server, chosen, each, _REPEATED_SECONDS)
        cpu = _cpu_since(used, server.usage())
        found.append(again)
        cpus.append(None if cpu is None else cpu / len(again.replies))
        say(f"{each} clients, repeated: {again.throughput:.0f} a second, p95 {again.quantile(0.95):.3f} s")
    return found, cpus


def soak(server: Server, questions: Iterator[str], rate: float, minutes: float, say: Say) -> Soak:
    """Ask `rate` questions a second for so long, and look at the processes meanwhile."""
    samples: list[tuple[float, Usage]] = []
    ended = threading.Event()
    began = time.monotonic()

    def sample() -> None:
        while not ended.wait(_SAMPLE_SECONDS):
            if (usage := server.usage()) is not None:
                samples.append((time.monotonic() - began, usage))
                if len(samples) % 6 == 0:
                    say(f"{usage.memory / 2**20:.0f} MB, {usage.threads} threads, {usage.files} files")

    sampler = threading.Thread(target=sample, name="sampler", daemon=True)
    sampler.start()
    try:
        replies = asyncio.run(open_loop(server, questions, rate, minutes * 60, _UNDER_WAY))
    finally:
        ended.set()
        sampler.join()
    return Soak(rate, time.monotonic() - began, replies, tuple(samples))


def beside_slow(server: Server, questions: Iterator[str], slow: int, asked: int, say: Say) -> Findings:
    """A client's waiting times for twice `asked` questions, quiet and beside `slow` connections that send a
    byte a second, by turns."""
    found = Findings()
    for _ in range(2):
        found.quiet += closed_loop(server, list(islice(questions, asked)), 1).replies
        with _slow_connections(server, slow) as standing:
            found.beside_slow += closed_loop(server, list(islice(questions, asked)), 1).replies
            found.slow = max(found.slow, standing())
    say(f"beside {found.slow} slow connections: asked {len(found.beside_slow)}")
    return found


def may_open(files: int) -> int:
    """Raise this process's limit of open files to `files`, where it may; what it is then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < files:
        soft = files if hard == resource.RLIM_INFINITY else min(files, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return soft


@contextmanager
def _slow_connections(server: Server, count: int) -> Iterator[Callable[[], int]]:
    """`count` connections that begin a request and never end it; one that the server ends begins anew. Gives
    how many stand."""
    standing = [0]
    ended, ready = threading.Event(), threading.Event()

    async def one(number: int) -> None:
        await asyncio.sleep(number / 500)  # not all in the same moment
        while not ended.is_set():
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", server.port)
            except OSError:
                await asyncio.sleep(_SLOW_STEP_SECONDS)
                continue
            standing[0] += 1
            try:
                writer.write(_SLOW_HEAD)
                while not ended.is_set() and not writer.transport.is_closing():
                    writer.write(b"x")
                    await asyncio.sleep(_SLOW_STEP_SECONDS)
            finally:
                standing[0] -= 1
                writer.close()

    async def all_of_them() -> None:
        connections = asyncio.gather(*(one(number) for number in range(count)))
        await asyncio.sleep(count / 500 + 1)
        ready.set()
        await connections

    thread = threading.Thread(target=lambda: asyncio.run(all_of_them()), name="slow", daemon=True)
    thread.start()
    try:
        ready.wait(60)
        yield lambda: standing[0]
    finally:
        ended.set()
        thread.join(60)


def _cpu_since(before: Usage | None, after: Usage | None) -> float | None:
    return None if before is None or after is None else after.cpu - before.cpu


def _middle(usages: Sequence[Usage]) -> Usage:
    """The median of each figure."""

    def of(name: str) -> float:
        values = sorted(getattr(usage, name) for usage in usages)
        return float(values[len(values) // 2])

    return Usage(of("cpu"), int(of("memory")), int(of("threads")), int(of("files")))
