"""A load test from beginning to end."""

import os
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from assistant.settings import Settings
from evals.runs.provenance import provenance
from evals.studies.load.bound import models_alone
from evals.studies.load.client import closed_loop
from evals.studies.load.phases import (
    BESIDE_SLOW,
    ROUNDS,
    SHARE,
    Findings,
    Say,
    again_rounds,
    beside_slow,
    distinct_rounds,
    may_open,
    soak,
    warm,
)
from evals.studies.load.questions import distinct
from evals.studies.load.report import report
from evals.studies.load.server import Server, prepare, running

_FILES_BESIDES = 200
_TRIED, _TRIED_CLIENTS = 80, 8
"""Questions, and who asks them, where only the throughput is to be known."""


@dataclass(frozen=True, slots=True)
class Options:
    """What is measured."""

    clients: tuple[int, ...] = (1, 8, 32)
    rounds: int = ROUNDS
    soak_minutes: float = 0.0
    slow: int = 0
    asked_beside_slow: int = BESIDE_SLOW
    seed: int = 1
    server: Server | None = None
    """One that runs already; None: one of our own."""
    arguments: tuple[str, ...] = ()
    """Further ones of `policy-qa serve`."""


def load(settings: Settings, options: Options, say: Say) -> Path:
    """Measure, and write the report into `settings.state_dir`; where it lies.

    Raises RuntimeError where a process does not start or ends before its time.
    """
    began = datetime.now().astimezone()
    questions = distinct(options.seed)
    found = Findings(loads=[os.getloadavg()[0]])
    with ExitStack() as held:
        state = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="policy-qa-load-")))
        say("preparing an index")
        prepare(settings, state)
        server = options.server or held.enter_context(running(state, options.arguments))
        warm(server, questions)
        if options.rounds:
            with models_alone(state) as models:
                models.note([])  # so that it has started
                found.pairs = distinct_rounds(server, models, questions, options.clients, options.rounds, say)
            found.loads.append(os.getloadavg()[0])
            found.again, found.again_cpu = again_rounds(server, questions, options.clients, say)
        if options.slow:
            may_open(options.slow + _FILES_BESIDES)  # after our server began: it is to have its own limit
            slow = beside_slow(server, questions, options.slow, options.asked_beside_slow, say)
            found.quiet, found.beside_slow, found.slow = slow.quiet, slow.beside_slow, slow.slow
            found.loads.append(os.getloadavg()[0])
        if options.soak_minutes:
            rate = SHARE * _throughput(found, server, questions)
            found.soak = soak(server, questions, rate, options.soak_minutes, say)
        found.loads.append(os.getloadavg()[0])
    text = report(found, began, _machine())
    path = settings.state_dir / "evals" / f"load-{began:%Y-%m-%d-%H%M%S}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _throughput(found: Findings, server: Server, questions: Iterator[str]) -> float:
    """Questions a second that the service can do: as measured with the most clients, else measured now."""
    if pairs := found.pairs.get(max(found.pairs, default=0)):
        return statistics.fmean(pair.service.throughput for pair in pairs)
    return closed_loop(server, list(islice(questions, _TRIED)), _TRIED_CLIENTS).throughput


def _machine() -> str:
    about = provenance("")["machine"]
    return f"{about['cores']} cores, {about['cpu']}, {about['memory_gb']} GB, {about['system']}"
