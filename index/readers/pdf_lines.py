"""The straight lines that are drawn on a page: what tables are ruled with. Points, the origin bottom left."""

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

_THIN = 3.0
"""What is not wider than this is a line, not an area."""
_SLANT = 0.8
"""By how much a line may be off the straight."""
_MAX_OBJECTS = 20_000
"""Objects of a page that are looked at: a drawing has more, and tables are not looked for in it."""
_DEEPEST = 5
"""Forms within forms that are looked into."""

Point = tuple[float, float]
Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line: `level` across (a horizontal one's height), from `start` to `end` along."""

    level: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Strokes:
    """The lines of a page."""

    horizontal: tuple[Stroke, ...] = ()
    vertical: tuple[Stroke, ...] = ()


def strokes(page: Any) -> Strokes:
    """The lines that the paths of a page draw, in its own space, not yet turned."""
    horizontal: list[Stroke] = []
    vertical: list[Stroke] = []
    for number, (points, is_drawn, closes) in enumerate(_paths(page)):
        if number > _MAX_OBJECTS:
            return Strokes()
        for across, stroke in _straight(points, is_drawn, closes):
            (horizontal if across else vertical).append(stroke)
    return Strokes(tuple(horizontal), tuple(vertical))


def _straight(points: Sequence[Point], is_drawn: bool, closes: bool) -> Iterator[tuple[bool, Stroke]]:
    """The lines of one part of a path, with whether they are horizontal.

    A thin area is a line, however it is painted; the edges of a wide one only where they are drawn.
    """
    xs, ys = [x for x, _ in points], [y for _, y in points]
    left, right, bottom, top = min(xs), max(xs), min(ys), max(ys)
    if top - bottom <= _THIN < right - left:
        yield True, Stroke((bottom + top) / 2, left, right)
    elif right - left <= _THIN < top - bottom:
        yield False, Stroke((left + right) / 2, bottom, top)
    elif is_drawn:
        for (x, y), (next_x, next_y) in pairwise([*points, points[0]] if closes else points):
            if abs(y - next_y) <= _SLANT and abs(x - next_x) > _THIN:
                yield True, Stroke((y + next_y) / 2, min(x, next_x), max(x, next_x))
            elif abs(x - next_x) <= _SLANT and abs(y - next_y) > _THIN:
                yield False, Stroke((x + next_x) / 2, min(y, next_y), max(y, next_y))


def _paths(page: Any) -> Iterator[tuple[list[Point], bool, bool]]:
    """The points of each part of each path without curves, whether its edges are drawn, whether it closes."""
    import pypdfium2.raw as raw

    for element, matrix in _objects(page):
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        if not raw.FPDFPath_GetDrawMode(element, fill, stroke) or not (fill.value or stroke.value):
            continue
        drawn = bool(stroke.value)
        points: list[Point] = []
        closes = False
        curved = False
        x, y = ctypes.c_float(), ctypes.c_float()
        for at in range(raw.FPDFPath_CountSegments(element)):
            segment = raw.FPDFPath_GetPathSegment(element, at)
            kind = raw.FPDFPathSegment_GetType(segment)
            raw.FPDFPathSegment_GetPoint(segment, x, y)
            if kind == raw.FPDF_SEGMENT_MOVETO:
                if len(points) > 1 and not curved:
                    yield points, drawn, closes
                points, closes, curved = [], False, False
            curved |= kind == raw.FPDF_SEGMENT_BEZIERTO
            closes |= bool(raw.FPDFPathSegment_GetClose(segment))
            points.append(_moved((x.value, y.value), matrix))
        if len(points) > 1 and not curved:
            yield points, drawn, closes


def _objects(page: Any) -> Iterator[tuple[Any, Matrix]]:
    """The paths of a page with the matrix to its space, those in forms among them."""
    import pypdfium2.raw as raw

    own = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    page_objects = (raw.FPDFPage_GetObject(page, at) for at in range(raw.FPDFPage_CountObjects(page)))
    waiting: list[tuple[Iterator[Any], Matrix]] = [(page_objects, own)]
    while waiting:
        element = next(waiting[-1][0], None)
        outer = waiting[-1][1]
        if element is None:
            waiting.pop()
            continue
        kind = raw.FPDFPageObj_GetType(element)
        if kind not in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_FORM):
            continue
        found = raw.FS_MATRIX()
        raw.FPDFPageObj_GetMatrix(element, found)
        inner = _product((found.a, found.b, found.c, found.d, found.e, found.f), outer)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            yield element, inner
        elif len(waiting) <= _DEEPEST:
            count = raw.FPDFFormObj_CountObjects(element)
            waiting.append((_in_form(element, count), inner))


def _in_form(form: Any, count: int) -> Iterator[Any]:
    import pypdfium2.raw as raw

    for at in range(max(count, 0)):
        yield raw.FPDFFormObj_GetObject(form, at)


def _moved(point: Point, matrix: Matrix) -> Point:
    a, b, c, d, e, f = matrix
    x, y = point
    return a * x + c * y + e, b * x + d * y + f


def _product(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    e, f = _moved((e, f), then)
    ta, tb, tc, td, _, _ = then
    return a * ta + b * tc, a * tb + b * td, c * ta + d * tc, c * tb + d * td, e, f
