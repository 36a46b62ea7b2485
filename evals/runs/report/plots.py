"""Plots as inline SVG text: pure functions of numbers, coloured by the page's own classes.

No styles stand in the elements, because the page's Content-Security-Policy allows none there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 360
"""Units of every plot's width: a phone shows them about one to one."""

_LABEL, _ROW, _VALUE = 96, 22, 50
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 12, 10, 40
_SIDE = 260


@dataclass(frozen=True, slots=True)
class ChartBar:
    """One bar of a chart: its length, and up to where its thin line reaches, if it has one."""

    label: str
    value: float
    reach: float | None = None


def bar_chart(
    title: str, bars: Sequence[ChartBar], top: float = 1.0, unit: str = "", bad: bool = False
) -> str:
    """Horizontal bars from 0 to `top`; `bad` colours them as something of which less is better."""
    span = WIDTH - _LABEL - _VALUE
    digits = 2 if top <= 1 else 1 if top < 100 else 0
    parts = []
    for i, bar in enumerate(bars):
        y = i * _ROW
        length = span * _clip(bar.value / top) if top else 0.0
        text, end = f"{bar.value:.{digits}f}{unit}", length
        if bar.reach is not None:
            end = span * _clip(bar.reach / top) if top else 0.0
            text = f"{text} / {bar.reach:.{digits}f}{unit}"
        parts.append(
            f'<text class="tick" x="{_LABEL - 6}" y="{y + 15}" text-anchor="end">{escape(bar.label)}</text>'
        )
        parts.append(f'<rect class="track" x="{_LABEL}" y="{y + 4}" width="{span}" height="14"/>')
        name = "bar bad" if bad else "bar"
        parts.append(f'<rect class="{name}" x="{_LABEL}" y="{y + 4}" width="{length:.1f}" height="14"/>')
        if bar.reach is not None:
            x = _LABEL + end
            parts.append(
                f'<path class="whisker" d="M{_LABEL + length:.1f} {y + 11}H{x:.1f}M{x:.1f} {y + 6}v10"/>'
            )
        parts.append(f'<text class="value" x="{_LABEL + span + 6}" y="{y + 15}">{escape(text)}</text>')
    return _svg(title, len(bars) * _ROW + 4, parts)


def interval_strip(mean: float, low: float, high: float) -> str:
    """A mean between 0 and 1 with its interval, small enough for a table's cell."""
    x = [4 + 112 * _clip(value) for value in (low, mean, high)]
    parts = [
        '<rect class="track" x="4" y="7" width="112" height="2"/>',
        f'<path class="whisker" d="M{x[0]:.1f} 8H{x[2]:.1f}M{x[0]:.1f} 4v8M{x[2]:.1f} 4v8"/>',
        f'<circle class="dot" cx="{x[1]:.1f}" cy="8" r="4"/>',
    ]
    return _svg(f"{mean:.3f}，区间 {low:.3f} 到 {high:.3f}", 16, parts, width=120, name="strip")


def risk_coverage_plot(points: Sequence[Sequence[float]]) -> str:
    """Share of wrong ones among the answers kept, over the share kept (`points`: coverage, risk).

    The risk axis ends at the next tenth above the greatest risk, at 0.1 at the least.
    """
    top = max(0.1, -(-max((risk for _, risk in points), default=0.0) * 10 // 1) / 10)
    parts = _axes("覆盖率（按可信度从高到低保留的题）", "错误率", top)
    places = " ".join(f"{_x(coverage):.1f},{_y(risk / top):.1f}" for coverage, risk in points)
    parts.append(f'<polyline class="curve" points="{places}"/>')
    if len(points) <= 20:
        parts += [f'<circle class="dot" cx="{_x(c):.1f}" cy="{_y(r / top):.1f}" r="2.5"/>' for c, r in points]
    return _svg("风险与覆盖率", _TOP + _SIDE + _BOTTOM, parts)


def calibration_plot(bins: Sequence[Sequence[float]]) -> str:
    """Share of right ones over confidence (`bins`: confidence, share, number of rows); area is the number."""
    parts = _axes("可信度", "判为正确的比例", 1.0)
    parts.append(f'<path class="ideal" d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}"/>')
    most = max((count for _, _, count in bins), default=0)
    for confidence, share, count in bins:
        if count:
            radius = 3 + 9 * (count / most) ** 0.5
            hint = f"可信度 {confidence:.2f}，正确 {share:.2f}，{count:.0f} 题"
            parts.append(
                f'<circle class="dot soft" cx="{_x(confidence):.1f}" cy="{_y(share):.1f}" r="{radius:.1f}">'
                f"<title>{hint}</title></circle>"
            )
    return _svg("可信度的校准", _TOP + _SIDE + _BOTTOM, parts)


def _axes(across: str, up: str, top: float) -> list[str]:
    parts = []
    for i in range(6):
        share = i / 5
        x, y = _x(share), _y(share)
        parts.append(f'<path class="gridline" d="M{_x(0)} {y:.1f}H{_x(1)}M{x:.1f} {_y(0)}V{_y(1)}"/>')
        parts.append(
            f'<text class="tick" x="{x:.1f}" y="{_y(0) + 15}" text-anchor="middle">{share:.1f}</text>'
        )
        parts.append(
            f'<text class="tick" x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{share * top:.2g}</text>'
        )
    middle = (_x(0) + _x(1)) / 2
    parts.append(
        f'<text class="axis" x="{middle}" y="{_y(0) + 33}" text-anchor="middle">{escape(across)}</text>'
    )
    turned = f'transform="translate(10 {_y(0.5)}) rotate(-90)"'
    parts.append(f'<text class="axis" {turned} text-anchor="middle">{escape(up)}</text>')
    return parts


def _x(share: float) -> float:
    return _LEFT + (WIDTH - _LEFT - _RIGHT) * _clip(share)


def _y(share: float) -> float:
    return _TOP + _SIDE * (1 - _clip(share))


def _clip(share: float) -> float:
    return min(max(share, 0.0), 1.0)


def _svg(title: str, height: float, parts: Sequence[str], width: int = WIDTH, name: str = "plot") -> str:
    head = f'<svg class="{name}" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">'
    return f"{head}{''.join(parts)}</svg>"
