"""Lines over days, drawn on the server: what a template needs for a picture of figures that a table has."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WIDTH, HEIGHT = 640, 200
"""Units of the picture's own."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 88, 16, 16, 32


@dataclass(frozen=True, slots=True)
class Tick:
    """A named place on an axis."""

    at: float
    name: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines, each with its points and a mark for each, and the axes."""

    lines: tuple[tuple[str, tuple[tuple[float, float], ...]], ...]
    """The name of each, and its points in the picture's units."""
    up: tuple[Tick, ...]
    along: tuple[Tick, ...]
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    bottom: float = HEIGHT - _BOTTOM
    width: int = WIDTH
    height: int = HEIGHT


def chart_of(days: Sequence[date], lines: Sequence[tuple[str, Sequence[float]]]) -> Chart | None:
    """A picture of `lines`, each with a value of milliseconds for each of `days`, the earliest first; None
    for fewer than two days. Days without a value may be left out: the axis counts all."""
    if len(days) < 2:
        return None
    top = ceiling_of(max(value for _, values in lines for value in values))
    first, span = days[0], (days[-1] - days[0]).days

    def x(day: date) -> float:
        return round(_LEFT + (day - first).days / span * (WIDTH - _LEFT - _RIGHT), 1)

    def y(value: float) -> float:
        return round(HEIGHT - _BOTTOM - value / top * (HEIGHT - _TOP - _BOTTOM), 1)

    every = max(1, math.ceil((span + 1) / 7))
    named = [first + timedelta(days=at) for at in range(0, span + 1, every)]
    return Chart(
        lines=tuple(
            (name, tuple((x(day), y(value)) for day, value in zip(days, values, strict=True)))
            for name, values in lines
        ),
        up=tuple(Tick(y(top * part / 4), axis_words(top * part / 4)) for part in range(5)),
        along=tuple(Tick(x(day), f"{day.month}/{day.day}") for day in named),
    )


def ceiling_of(value: float) -> float:
    """The next round number, 1, 2 or 4 times a power of ten, that is no less than `value`."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 4, 10) if step * power >= value)


def axis_words(milliseconds: float) -> str:
    """`0.5 秒` or `50 毫秒`."""
    if milliseconds >= 1000:
        return f"{milliseconds / 1000:g} 秒"
    return f"{milliseconds:g} 毫秒" if milliseconds else "0"
