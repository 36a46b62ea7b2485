"""Pipe tables of Markdown (GitHub Flavored Markdown 0.29, 4.10), with the places of their cells."""

import re
from collections.abc import Iterator, Sequence, Set
from itertools import pairwise

from index.readers.table_grid import GridCell
from index.readers.table_headers import count_headers
from index.schema import Cell, Span, Table

_BAR = re.compile(r"\\[!-/:-@\[-`{-~]|\|")
_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")


def is_rule(line: str) -> bool:
    """Whether the line is what stands between a table's head and its body."""
    return "|" in line and _RULE.fullmatch(line) is not None


def find_tables(lines: Sequence[str], code: Set[int]) -> list[range]:
    """The numbers of the lines of each table, its head first; lines in `code` belong to none."""
    found: list[range] = []
    number = 1
    while number < len(lines):
        above = number - 1
        free = number not in code and above not in code
        if free and is_rule(lines[number]) and bars(lines[above]) and not is_rule(lines[above]):
            end = number + 1
            while end < len(lines) and end not in code and bars(lines[end]):
                end += 1
            found.append(range(above, end))
            number = end
        number += 1
    return found


def bars(line: str) -> list[int]:
    """Where the signs stand that part the cells of a line; escaped ones are text."""
    if "|" not in line:
        return []
    return [match.start() for match in _BAR.finditer(line) if match[0] == "|"]


def cells_of(line: str) -> Iterator[Span]:
    """What stands between the bars of a row, the white space around it left out."""
    borders = [-1, *bars(line), len(line)]
    if not line[: borders[1]].strip():
        del borders[0]
    if len(borders) > 2 and not line[borders[-2] + 1 :].strip():
        del borders[-1]
    for before, after in pairwise(borders):
        between = line[before + 1 : after]
        begin = before + 1 + len(between) - len(between.lstrip())
        yield (begin, begin + len(between.strip())) if between.strip() else (before + 1, before + 1)


def table_at(lines: Sequence[str], starts: Sequence[int], numbers: range) -> Table | None:
    """The table in the lines of these `numbers`; a line begins at its offset in `starts`."""
    head, _, *body = numbers
    rows: list[tuple[Cell, ...]] = []
    texts: list[list[GridCell]] = []
    for number in (head, *body):
        spans = list(cells_of(lines[number]))
        if number == head and all(first == last for first, last in spans):
            continue  # how a table without a head is written
        at = starts[number]
        rows.append(tuple(Cell(at + first, at + last, place) for place, (first, last) in enumerate(spans)))
        texts.append([GridCell(lines[number][a:b], column=place) for place, (a, b) in enumerate(spans)])
    if not rows:
        return None
    told = len(rows) - len(body)
    last = numbers[-1]
    return Table(starts[head], starts[last] + len(lines[last]), count_headers(texts, told), tuple(rows))
