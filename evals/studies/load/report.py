"""What was measured, as Markdown: each figure beside what it is to be."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from evals.studies.load.client import Reply
from evals.studies.load.phases import Findings, Pair, Soak

_RATIO = 0.85
_WAIT = 1.5
_AGAIN = 300
_BESIDES = 0.030
_GROWTH = 0.03
_FLAT = 1.05
"""How much slower a client may be beside slow connections."""


def report(found: Findings, began: datetime, machine: str) -> str:
    """The report of one run."""
    loads = found.loads or [0.0]
    lines = [
        f"# Load, {began:%Y-%m-%d %H:%M}",
        "",
        f"{machine}. Load average {loads[0]:.2f} at the start, {max(loads):.2f} at most,",
        f"{loads[-1]:.2f} at the end. Service and models alone by turns, over the same questions in the same",
        "minutes. The models alone are exactly the runs of encoder and reader that these questions cause, in",
        "one thread a core. Clients run on the same cores.",
    ]
    if any(found.pairs.values()):
        lines += ["", "## Distinct questions", "", *_pairs(found)]
    if found.again:
        lines += ["", "## Repeated questions", "", *_again(found)]
    if found.soak:
        lines += ["", f"## {found.soak.seconds / 60:.0f} minutes", "", *_soak(found.soak)]
    if found.beside_slow:
        lines += ["", "## Slow connections", "", *_slow(found)]
    return "\n".join(lines) + "\n"


def _pairs(found: Findings) -> list[str]:
    head = (
        "clients", "questions", "a second", "models alone", f"ratio (≥ {_RATIO})", "p50", "p95",
        f"p95 × throughput ÷ clients (≤ {_WAIT})", "faults", "CPU a question", "of it models",
        f"besides (≤ {_BESIDES * 1000:.0f} ms)",
    )  # fmt: skip
    return _table(head, [_figures(clients, pairs) for clients, pairs in found.pairs.items() if pairs])


def _figures(clients: int, pairs: Sequence[Pair]) -> list[str]:
    """One row of several rounds: sums over sums, and the rounds' own ratios behind."""
    replies = [reply for pair in pairs for reply in pair.service.replies]
    answered = sum(reply.status == 200 for reply in replies)
    throughput = answered / sum(pair.service.seconds for pair in pairs)
    asked = sum(pair.bound.questions for pair in pairs)
    bound = asked / sum(pair.bound.seconds for pair in pairs)
    p50, p95 = np.quantile([reply.seconds for reply in replies], [0.5, 0.95])
    models = sum(pair.bound.cpu for pair in pairs) / asked
    cpus = [pair.cpu for pair in pairs if pair.cpu is not None]
    cpu = sum(cpus) / len(replies) if len(cpus) == len(pairs) else None
    own = ", ".join(f"{pair.ratio:.2f}" for pair in pairs)
    return [
        str(clients), str(len(replies)), f"{throughput:.2f}", f"{bound:.2f}",
        f"{throughput / bound:.3f} ({own})", f"{p50:.2f} s", f"{p95:.2f} s",
        f"{p95 * throughput / clients:.2f}", str(len(replies) - answered), _milliseconds(cpu),
        _milliseconds(models), _milliseconds(None if cpu is None else cpu - models),
    ]  # fmt: skip


def _again(found: Findings) -> list[str]:
    rows = [
        [
            str(again.clients), str(len(again.replies)), f"{again.throughput:.0f}",
            f"{again.quantile(0.5) * 1000:.1f} ms", f"{again.quantile(0.95) * 1000:.1f} ms",
            str(again.faults), _milliseconds(cpu),
        ]
        for again, cpu in zip(found.again, found.again_cpu, strict=True)
    ]  # fmt: skip
    head = ("clients", "answers", f"a second (≥ {_AGAIN})", "p50", "p95", "faults", "CPU an answer")
    return _table(head, rows)


def _soak(soak: Soak) -> list[str]:
    times = [reply.seconds for reply in soak.replies]
    faults = sum(reply.status != 200 for reply in soak.replies)
    lines = [
        f"{len(times)} distinct questions, {soak.rate:.2f} a second, {faults} faults; "
        f"p50 {np.quantile(times, 0.5):.2f} s, p95 {np.quantile(times, 0.95):.2f} s.",
    ]
    if not soak.samples:
        return [*lines, "The server's process is not known, so nothing is said of memory, threads and files."]
    first, last = soak.first(), soak.last()
    memory = [f"{usage.memory / 2**20:.0f} MB" for usage in (first, last)]
    growth = last.memory / first.memory - 1
    head = ("", "settled", "at the end", "growth")
    rows = [
        ["memory", *memory, f"{growth:+.1%} (< {_GROWTH:.0%})"],
        ["threads", str(first.threads), str(last.threads), f"{last.threads - first.threads:+d} (0)"],
        ["files", str(first.files), str(last.files), f"{last.files - first.files:+d} (0)"],
    ]  # fmt: skip
    return [*lines, "", *_table(head, rows)]


def _slow(found: Findings) -> list[str]:
    def p95(replies: Sequence[Reply]) -> float:
        return float(np.quantile([reply.seconds for reply in replies], 0.95))

    quiet, beside = p95(found.quiet), p95(found.beside_slow)
    faults = sum(reply.status != 200 for reply in (*found.quiet, *found.beside_slow))
    return [
        f"{found.slow} connections that send a byte a second; another client's p95 {quiet:.3f} s without and "
        f"{beside:.3f} s beside them, {beside / quiet:.2f} × (≤ {_FLAT}), {faults} faults."
    ]


def _milliseconds(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds * 1000:.1f} ms"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [_row(head), _row(["---"] * len(head)), *map(_row, rows)]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
