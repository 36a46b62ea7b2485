"""A run's report as Markdown: its metrics with intervals, by kind and by voice, its faults, its settings."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from evals.runs.report.failures import find_failures
from evals.runs.report.labels import label, lower_is_better
from evals.runs.report.records import Run

NONE = "–"
"""What a table shows where there is no value."""

_MARKED = re.compile(r"[\\`*\[\]<>|~$&#]|(?<!\w)_|_(?!\w)")


def markdown_report(run: Run) -> str:
    """The whole report; every number of its tables is one of the summary's."""
    summary, names = run.summary, list(run.summary["metrics"])
    parts = [
        f"# 评测报告：{escape_cell(run_title(run))}",
        f"共 {summary['n']} 题。",
        "## 指标",
        metrics_table(summary),
    ]
    for group, heading in (("kind", "按题型"), ("voice", "按提问者")):
        parts += [f"## {heading}", _groups(group, summary["by"].get(group, {}), names)]
    parts += ["## 可信度", _confidence(summary), "## 耗时", _latency(summary["latency"])]
    faults = Counter(failure.outcomes[0] for failure in find_failures(run))
    if faults:
        rows = [(label("outcome", outcome), str(count)) for outcome, count in faults.most_common()]
        parts += ["## 问题", "每题只计最重的一项。", table(("问题", "题数"), rows)]
    parts += ["## 运行设置", table(("项目", "值"), setting_rows(run.settings))]
    return "\n\n".join(parts) + "\n"


def run_title(run: Run) -> str:
    """Suite, answerer and split in one line."""
    return " · ".join(
        str(run.settings[key]) for key in ("suite", "answerer", "split") if run.settings.get(key)
    )


def setting_rows(settings: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The run's settings as label and value, what is nested flattened, in the file's order."""
    rows: list[tuple[str, str]] = []
    for key, value in settings.items():
        if not isinstance(value, dict):
            rows.append((label("setting", key), str(value)))
        elif key in ("parameters", "versions"):
            rows += [(name, str(held)) for name, held in value.items()]
        else:
            rows += [(label("setting", key if k == "name" else k), str(held)) for k, held in value.items()]
    return rows


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; its cells are text, never markup."""
    lines = [head, *rows]
    drawn = ["| " + " | ".join(escape_cell(cell) for cell in line) + " |" for line in lines]
    return "\n".join([drawn[0], "|" + "---|" * len(head), *drawn[1:]])


def escape_cell(text: str) -> str:
    """`text` on one line, with what Markdown would read as markup escaped."""
    return _MARKED.sub(lambda found: "\\" + found.group(), " ".join(text.split()))


def number(value: float | None, digits: int = 3) -> str:
    """A number of a table, or a dash where there is none."""
    return NONE if value is None else f"{value:.{digits}f}"


def interval(low: float | None, high: float | None) -> str:
    """A 95 % interval, or a dash where there is none."""
    return NONE if low is None or high is None else f"{low:.3f} – {high:.3f}"


def metric_name(name: str) -> str:
    """The metric's label, with an arrow where less is better."""
    return label("metric", name) + (" ↓" if lower_is_better(name) else "")


def metrics_table(summary: Mapping[str, Any]) -> str:
    """The run's metrics with their intervals."""
    rows = [
        (metric_name(name), name, number(m["mean"]), interval(m["low"], m["high"]), str(m["n"]))
        for name, m in summary["metrics"].items()
    ]
    return table(("指标", "名称", "均值", "95% 区间", "题数"), rows) + "\n\n↓ 表示越低越好。"


def _groups(group: str, groups: Mapping[str, Mapping[str, Any]], names: Sequence[str]) -> str:
    rows = [
        (label(group, key), str(held["n"]), *(number(held["metrics"].get(name)) for name in names))
        for key, held in groups.items()
    ]
    return table(("", "题数", *map(metric_name, names)), rows)


def _confidence(summary: Mapping[str, Any]) -> str:
    error, area = summary["calibration"]["error"], summary["risk_coverage"]["aurc"]
    bins = [(number(c, 2), number(s, 2), str(n)) for c, s, n in summary["calibration"]["bins"]]
    head = f"校准误差 {number(error)}；风险–覆盖曲线下面积 {number(area)}。"
    return head + "\n\n" + table(("可信度", "判为正确的比例", "题数"), bins)


def _latency(latency: Mapping[str, Mapping[str, float]]) -> str:
    rows = [(label("step", s), number(held["p50"], 1), number(held["p95"], 1)) for s, held in latency.items()]
    return table(("步骤", "p50（毫秒）", "p95（毫秒）"), rows)
