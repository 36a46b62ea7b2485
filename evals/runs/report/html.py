"""A run's report as one HTML page that loads nothing: style, script and plots stand in it.

The Content-Security-Policy allows exactly this style and this script, by their hashes (CSP Level 3);
whatever a question or an answer holds is escaped, and could not run even if it were not.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from evals.runs.report import plots
from evals.runs.report.failures import Failure, RowOutcome, find_failures
from evals.runs.report.labels import label, lower_is_better, tone
from evals.runs.report.markdown import interval, metric_name, number, run_title, setting_rows
from evals.runs.report.records import Run

MOST_FAILURES = 400
"""Failed rows on the page, the worst ones; all are in the folder's metrics.jsonl."""

_HERE = Path(__file__).parent


def html_report(run: Run) -> str:
    """The whole page."""
    style, script = ((_HERE / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    failures = find_failures(run)
    shown = failures[:MOST_FAILURES]
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.globals.update(
        label=label, tone=tone, number=number, interval=interval, metric_name=metric_name
    )
    return environment.get_template("page.html").render(
        policy=content_policy(style, script),
        style=Markup(style),  # noqa: S704 - our own files, not anyone's text
        script=Markup(script),  # noqa: S704
        title=run_title(run),
        folder=run.name,
        tiles=_tiles(run, failures),
        metrics=run.summary["metrics"],
        strips={name: _strip(held) for name, held in run.summary["metrics"].items()},
        by=run.summary["by"],
        bars=_bars_by_kind(run.summary),
        risk=_plot(plots.risk_coverage_plot(run.summary["risk_coverage"]["points"])),
        calibration=_plot(plots.calibration_plot(run.summary["calibration"]["bins"])),
        latency=_latency(run.summary["latency"]),
        settings=setting_rows(run.settings),
        failures=shown,
        failed=len(failures),
        kinds=_choices("kind", [f.kind for f in shown]),
        voices=_choices("voice", [f.voice for f in shown]),
        outcomes=[(o.value, label("outcome", o)) for o in RowOutcome if any(o in f.outcomes for f in shown)],
    )


def content_policy(style: str, script: str) -> str:
    """A Content-Security-Policy under which only this style and this script work, and nothing loads."""
    return (
        f"default-src 'none'; style-src '{_source(style)}'; script-src '{_source(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _source(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()


def _plot(svg: str) -> Markup:
    return Markup(svg)  # noqa: S704 - evals.report.plots escapes every label


def _tiles(run: Run, failures: Sequence[Failure]) -> list[tuple[str, str]]:
    summary = run.summary
    right = sum(record.right for record in run.records)
    errors = sum(failure.outcomes[0] is RowOutcome.ERROR for failure in failures)
    tiles = [("题数", str(summary["n"]))]
    if run.records:
        tiles.append(("判为正确", f"{right}（{right / len(run.records):.1%}）"))
    tiles.append(("运行出错", str(errors)))
    tiles.append(("校准误差", number(summary["calibration"]["error"])))
    tiles.append(("风险–覆盖面积", number(summary["risk_coverage"]["aurc"])))
    whole = summary["latency"].get("whole")
    if whole:
        tiles.append(("每题耗时 p50 / p95", f"{whole['p50']:.0f} / {whole['p95']:.0f} 毫秒"))
    if spent := _spent(run.settings):
        tiles.append(("运行用时", spent))
    return tiles


def _spent(settings: Mapping[str, Any]) -> str:
    try:
        began, ended = (datetime.fromisoformat(settings[key]) for key in ("started", "finished"))
        seconds = (ended - began).total_seconds()
    except (KeyError, TypeError, ValueError):
        return ""
    return f"{seconds / 60:.1f} 分钟" if seconds >= 60 else f"{seconds:.1f} 秒"


def _strip(held: Mapping[str, float | None]) -> Markup:
    mean, low, high = held["mean"], held["low"], held["high"]
    if mean is None or low is None or high is None or high > 1:  # a length has no place between 0 and 1
        return Markup("")
    return _plot(plots.interval_strip(mean, low, high))


def _bars_by_kind(summary: Mapping[str, Any]) -> list[tuple[str, Markup]]:
    charts = []
    for name in summary["metrics"]:
        bars = [
            plots.ChartBar(label("kind", kind), value)
            for kind, held in summary["by"].get("kind", {}).items()
            if (value := held["metrics"].get(name)) is not None
        ]
        if bars:
            chart = plots.bar_chart(f"{label('metric', name)}，按题型", bars, bad=lower_is_better(name))
            charts.append((metric_name(name), _plot(chart)))
    return charts


def _latency(latency: Mapping[str, Mapping[str, float]]) -> Markup:
    bars = [plots.ChartBar(label("step", step), held["p50"], held["p95"]) for step, held in latency.items()]
    top = max((bar.reach or 0.0 for bar in bars), default=0.0)
    return _plot(plots.bar_chart("耗时（毫秒）", bars, top=top))


def _choices(group: str, names: Sequence[str]) -> list[tuple[str, str]]:
    return [(name, label(group, name)) for name in sorted(set(names)) if name]
