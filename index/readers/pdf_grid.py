"""Ruled lines to grids: where the rows and columns of a table are, and which cells are merged."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.readers.pdf_lines import Stroke, Strokes

_NEAR = 3.0
"""Points by which lines that meet, or lie on one another, may be apart."""
_SHORTEST = 6.0
"""A rule is at least as long."""
_MOST_RULES = 2000
"""Rules of a page among which tables are looked for; hatching has more."""
_MOST_PLACES = 40_000
"""Places (rows times columns) of a grid."""
_COVERED = 0.6
"""Share of a place's side that a rule must cover to part two places."""


@dataclass(frozen=True, slots=True)
class Region:
    """A cell of a grid by its first row and column, both from 0 and top left, and what it covers."""

    row: int
    column: int
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table on a page."""

    xs: tuple[float, ...]
    """Borders of its columns from left to right."""
    ys: tuple[float, ...]
    """Borders of its rows from the top down."""
    regions: tuple[Region, ...]
    """By row and column; together they cover the grid."""

    @property
    def area(self) -> float:
        """In square points."""
        return (self.xs[-1] - self.xs[0]) * (self.ys[0] - self.ys[-1])

    def place(self, x: float, y: float) -> tuple[int, int] | None:
        """Row and column of a point, or None outside."""
        if not (self.xs[0] <= x < self.xs[-1] and self.ys[-1] < y <= self.ys[0]):
            return None
        return bisect_right([-border for border in self.ys], -y) - 1, bisect_right(self.xs, x) - 1


def find_grids(drawn: Strokes) -> list[Grid]:
    """The grids of two columns or more that the lines of a page make, the larger first; some are nested."""
    across, down = _rules(drawn.horizontal), _rules(drawn.vertical)
    if len(across) + len(down) > _MOST_RULES:
        return []
    found = (_grid(*joined) for joined in _joined(across, down))
    grids = [grid for grid in found if grid is not None and len(grid.xs) > 2 and len(grid.ys) > 1]
    return sorted(grids, key=lambda grid: -grid.area)


def _rules(drawn: Sequence[Stroke]) -> list[Stroke]:
    """Strokes put together that continue or repeat one another; what stays short is none."""
    levels: list[list[Stroke]] = []
    for stroke in sorted(drawn, key=lambda stroke: stroke.level):
        if levels and stroke.level - levels[-1][0].level <= _NEAR / 2:
            levels[-1].append(stroke)
        else:
            levels.append([stroke])
    found: list[Stroke] = []
    for level in levels:
        level.sort(key=lambda stroke: stroke.start)
        whole = level[0]
        for stroke in level[1:]:
            if stroke.start <= whole.end + _NEAR:
                whole = Stroke(whole.level, whole.start, max(whole.end, stroke.end))
            else:
                found.append(whole)
                whole = stroke
        found.append(whole)
    return [rule for rule in found if rule.end - rule.start >= _SHORTEST]


def _joined(across: Sequence[Stroke], down: Sequence[Stroke]) -> Iterator[tuple[list[Stroke], list[Stroke]]]:
    """The rules that meet one another, directly or through others."""
    home = list(range(len(across) + len(down)))

    def root(at: int) -> int:
        while home[at] != at:
            home[at] = home[home[at]]
            at = home[at]
        return at

    for number, upright in enumerate(down, start=len(across)):
        for at, level in enumerate(across):
            if (
                level.start - _NEAR <= upright.level <= level.end + _NEAR
                and upright.start - _NEAR <= level.level <= upright.end + _NEAR
            ):
                home[root(at)] = root(number)
    groups: dict[int, tuple[list[Stroke], list[Stroke]]] = {}
    for at, rule in enumerate([*across, *down]):
        groups.setdefault(root(at), ([], []))[at >= len(across)].append(rule)
    return (group for group in groups.values() if len(group[0]) > 1 and group[1])


def _grid(across: Sequence[Stroke], down: Sequence[Stroke]) -> Grid | None:
    """The grid of rules that meet. A side that is left open is where the rules across it end."""
    ends = [rule.start for rule in across], [rule.end for rule in across]
    xs = _borders([rule.level for rule in down], min(ends[0]), max(ends[1]))
    low, high = min(rule.start for rule in down), max(rule.end for rule in down)
    ys = _borders([rule.level for rule in across], low, high)[::-1]
    if len(xs) < 2 or len(ys) < 2 or (len(xs) - 1) * (len(ys) - 1) > _MOST_PLACES:
        return None
    rows, columns = range(len(ys) - 1), range(len(xs) - 1)
    upright = [[rule for rule in down if abs(rule.level - x) <= _NEAR] for x in xs]
    level = [[rule for rule in across if abs(rule.level - y) <= _NEAR] for y in ys]
    right = [[_parts(upright[c + 1], ys[r + 1], ys[r]) for c in columns] for r in rows]
    below = [[_parts(level[r + 1], xs[c], xs[c + 1]) for c in columns] for r in rows]
    return Grid(tuple(xs), tuple(ys), tuple(_regions(right, below)))


def _borders(levels: Sequence[float], first: float, last: float) -> list[float]:
    """Levels in ascending order, near ones made one, with the outer ends where no rule lies there."""
    found: list[float] = []
    for level in sorted(levels):
        if not found or level - found[-1] > _NEAR:
            found.append(level)
    if found and first < found[0] - 2 * _NEAR:
        found.insert(0, first)
    if found and last > found[-1] + 2 * _NEAR:
        found.append(last)
    return found


def _parts(rules: Sequence[Stroke], start: float, end: float) -> bool:
    """Whether rules at a border cover most of what is between `start` and `end`."""
    covered = sum(max(0.0, min(end, rule.end) - max(start, rule.start)) for rule in rules)
    return covered >= _COVERED * (end - start)


def _regions(right: Sequence[Sequence[bool]], below: Sequence[Sequence[bool]]) -> Iterator[Region]:
    """The cells: places between which no rule stands, as far as they make a rectangle."""
    rows, columns = len(right), len(right[0])
    taken = [[False] * columns for _ in range(rows)]
    for row in range(rows):
        for column in range(columns):
            if taken[row][column]:
                continue
            wide = column + 1
            while wide < columns and not right[row][wide - 1] and not taken[row][wide]:
                wide += 1
            deep = row + 1
            while (
                deep < rows
                and not any(below[deep - 1][column:wide])
                and not any(right[deep][column : wide - 1])
                and not any(taken[deep][column:wide])
            ):
                deep += 1
            for y in range(row, deep):
                taken[y][column:wide] = [True] * (wide - column)
            yield Region(row, column, deep - row, wide - column)
