"""Compares two runs question by question: what changed, and whether chance alone would explain it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.stats import permutation_test

from evals.metrics.answers import bootstrap_interval
from evals.runs.report.labels import label, lower_is_better
from evals.runs.report.markdown import escape_cell, interval, metric_name, number, table
from evals.runs.report.records import Record, load_records

RESAMPLES = 9999
"""Permutations drawn; all of them are tried where there are no more than that."""

RIGHT = "right"
"""The name under which a row's verdict stands among the metrics."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MetricChange:
    """One metric over the `n` rows for which both runs have it; `difference` is the second less the first.

    `low` and `high` are the difference's 95 % bootstrap interval, `p` is of a paired, two-sided permutation
    test; `wins` counts the rows on which the second run is better, `losses` those on which it is worse.
    """

    name: str
    n: int
    mean_a: float
    mean_b: float
    difference: float
    low: float
    high: float
    p: float
    wins: int
    losses: int


@dataclass(frozen=True, slots=True)
class Flip:
    """A row whose verdict or metrics differ; `better`, `worse`: the metrics in which the second run is so."""

    id: str
    kind: str
    voice: str
    split: str
    question: str
    right: tuple[bool, bool]
    status: tuple[str, str]
    better: tuple[str, ...]
    worse: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs, `a` and `b`; rows in only one of them, or not the same question in both, are only named."""

    a: str
    b: str
    n: int
    metrics: tuple[MetricChange, ...]
    flips: tuple[Flip, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    differing: tuple[str, ...]
    """Rows whose turns, wanted status, gold or facts are not the same."""


def compare(a: Path, b: Path) -> Comparison:
    """Compare two runs' folders by their metrics.jsonl. Raises OSError and ValueError as `load_records`."""
    return compare_records(load_records(a), load_records(b), (a.resolve().name, b.resolve().name))


def compare_records(
    a: Sequence[Record], b: Sequence[Record], names: tuple[str, str] = ("A", "B")
) -> Comparison:
    """Compare two runs' rows, matched by id, in the order of `a`."""
    first, second = ({record.id: record for record in records} for records in (a, b))
    shared = [(record, second[record.id]) for record in a if record.id in second]
    pairs = [(x, y) for x, y in shared if _asked(x) == _asked(y)]
    metrics = dict.fromkeys([RIGHT, *(name for pair in pairs for record in pair for name in record.values)])
    flips = (_flip(x, y, list(metrics)) for x, y in pairs)
    return Comparison(
        *names,
        len(pairs),
        tuple(change for name in metrics if (change := _change(name, pairs))),
        tuple(flip for flip in flips if flip.better or flip.worse),
        tuple(record.id for record in a if record.id not in second),
        tuple(record.id for record in b if record.id not in first),
        tuple(x.id for x, y in shared if _asked(x) != _asked(y)),
    )


def permutation_p(differences: Sequence[float]) -> float:
    """Two-sided p of the mean of paired differences under random exchange within each pair.

    A pair without a difference adds nothing under any exchange and is left out, which keeps the test exact
    more often; with fewer than two others every exchange is as extreme as what was seen.
    """
    moved = np.asarray([value for value in differences if value], dtype=np.float64)
    if len(moved) < 2:
        return 1.0
    found = permutation_test(
        (moved, np.zeros_like(moved)),
        _mean_difference,
        permutation_type="samples",
        vectorized=True,
        n_resamples=RESAMPLES,
        rng=np.random.default_rng(0),
    )
    return float(found.pvalue)


def comparison_text(comparison: Comparison) -> str:
    """The comparison as Markdown."""
    c = comparison
    parts = [f"# 对比：{escape_cell(c.a)} → {escape_cell(c.b)}", f"两次运行共有的题：{c.n}。"]
    for ids, what in (
        (c.only_a, f"只在 {escape_cell(c.a)} 中"),
        (c.only_b, f"只在 {escape_cell(c.b)} 中"),
        (c.differing, "编号相同而题目不同，未比较"),
    ):
        if ids:
            parts.append(f"{what}（{len(ids)} 题）：{escape_cell('、'.join(ids))}")
    head = ("指标", "题数", "前", "后", "差", "差的 95% 区间", "p", "变好", "变差")
    parts += ["## 指标", table(head, map(_metric_line, c.metrics))]
    parts.append("↓ 表示越低越好；p 为成对置换检验（双侧），未作多重比较校正。")
    parts.append(f"## 逐题变化（{len(c.flips)} 题）")
    if c.flips:
        parts.append(
            table(("编号", "题型", "问题", "判定", "状态", "变好", "变差"), map(_flip_line, c.flips))
        )
    else:
        parts.append("没有变化。")
    return "\n\n".join(parts) + "\n"


def _asked(record: Record) -> tuple[object, ...]:
    gold = tuple((item.clause, item.quote) for item in record.gold)
    return record.turns, record.wanted, gold, record.facts


def _values(record: Record) -> Mapping[str, float | None]:
    return {RIGHT: float(record.right), **record.values}


def _both(name: str, x: Record, y: Record) -> tuple[float, float] | None:
    """Both values of the metric, or None where one is undefined."""
    before, after = _values(x).get(name), _values(y).get(name)
    return None if before is None or after is None else (before, after)


def _change(name: str, pairs: Sequence[tuple[Record, Record]]) -> MetricChange | None:
    both = [values for x, y in pairs if (values := _both(name, x, y))]
    if not both:
        return None
    gains = [after - before for before, after in both]
    sign = -1 if lower_is_better(name) else 1
    return MetricChange(
        name,
        len(both),
        float(np.mean([before for before, _ in both])),
        float(np.mean([after for _, after in both])),
        float(np.mean(gains)),
        *bootstrap_interval(gains),
        permutation_p(gains),
        sum(sign * gain > 0 for gain in gains),
        sum(sign * gain < 0 for gain in gains),
    )


def _flip(x: Record, y: Record, names: Sequence[str]) -> Flip:
    up = {}
    for name in names:
        before, after = _both(name, x, y) or (0.0, 0.0)
        up[name] = before - after if lower_is_better(name) else after - before
    return Flip(
        x.id,
        x.kind,
        x.voice,
        x.split,
        x.turns[-1],
        (x.right, y.right),
        (x.status, y.status),
        tuple(name for name, gain in up.items() if gain > 0),
        tuple(name for name, gain in up.items() if gain < 0),
    )


def _mean_difference(x: Floats, y: Floats, axis: int = -1) -> Floats:
    return np.asarray((x - y).mean(axis=axis))


def _metric_line(change: MetricChange) -> tuple[str, ...]:
    return (
        metric_name(change.name),
        str(change.n),
        number(change.mean_a),
        number(change.mean_b),
        f"{change.difference:+.3f}",
        interval(change.low, change.high),
        "<0.001" if change.p < 0.001 else number(change.p),
        str(change.wins),
        str(change.losses),
    )


def _flip_line(flip: Flip) -> tuple[str, ...]:
    verdict = " → ".join("对" if right else "错" for right in dict.fromkeys(flip.right))
    status = " → ".join(label("status", status) for status in dict.fromkeys(flip.status))
    better, worse = (
        "、".join(label("metric", name) for name in names if name != RIGHT)
        for names in (flip.better, flip.worse)
    )
    return flip.id, label("kind", flip.kind), flip.question, verdict, status, better, worse
