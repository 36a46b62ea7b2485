"""How often sentence support is right: detection and false alarms, over pairs and by kind of fault."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.llm.support import SupportChecker
from evals.rows.corruptions import Pair


@dataclass(frozen=True, slots=True)
class Rate:
    """Of `count` pairs of a kind the share flagged: detection of faults, false alarms over true ones."""

    kind: str
    supported: bool
    flagged: float
    count: int


def measure(checker: SupportChecker, pairs: Sequence[Pair]) -> tuple[Rate, ...]:
    """Rates of all corrupted and all true pairs (kind `all`), then by kind."""
    flagged = [not checker.check(pair.sentence, pair.quotes).supported for pair in pairs]
    rates = []
    for supported in (False, True):
        own = [at for at, pair in enumerate(pairs) if pair.supported == supported]
        kinds = ["all", *sorted({pairs[at].kind for at in own})]
        for kind in kinds:
            chosen = [at for at in own if kind in ("all", pairs[at].kind)]
            if chosen:
                share = sum(flagged[at] for at in chosen) / len(chosen)
                rates.append(Rate(kind, supported, share, len(chosen)))
    return tuple(rates)


def rates_table(rates: Sequence[Rate]) -> str:
    """The rates as Markdown."""
    lines = ["| | kind | flagged | n |", "|---|---|---|---|"]
    for rate in rates:
        name = "true" if rate.supported else "corrupted"
        lines.append(f"| {name} | {rate.kind} | {rate.flagged:.3f} | {rate.count} |")
    return "\n".join(lines)
