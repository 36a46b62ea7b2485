"""The grammar of 公文: 一、 / （一） / 1. / （1） / ①, where there are any under 编, 章 and 节."""

import re
from collections.abc import Sequence

from index.structure.numbering import Nesting, numbered, written
from index.structure.statute_headings import RANKS, Unit, unit_in
from index.structure.tree import Line, Node

_SENTENCE_END = re.compile(r"[。！？!?]+[”’」』）)]*")
_MIN_UNITS = 2


def official_outline(lines: Sequence[Line], region: Node | None) -> tuple[int, list[Node]]:
    """The index of the first line that belongs to the outline, and the outline's nodes.

    Without any outline the index is `len(lines)` and there are no nodes.
    """
    nodes: list[Node] = []
    units: list[tuple[int, int, Node]] = []
    numbers: list[Node] = []
    with_units = len({(u.kind, u.number) for line in lines if (u := unit_in(line))}) >= _MIN_UNITS
    found = [numbered(line) for line in lines]
    nesting = Nesting(found)
    outermost = 0
    first = len(lines)
    for at, line in enumerate(lines):
        unit = unit_in(line) if with_units else None
        if unit and _continues(unit, units):
            while units and units[-1][0] >= RANKS[unit.kind]:
                units.pop()
            above = units[-1][2] if units else region
            node = Node(unit.name, f"{_of(above)}{unit.label}", line.first, line.end, above, above)
            node.marker_end = unit.marker_end
            units.append((RANKS[unit.kind], unit.number, node))
            nesting.open.clear()
            numbers.clear()
        elif (number := found[at]) and (depth := nesting.depth(at, number, outermost + 1)) is not None:
            nesting.push(number, depth)
            del numbers[depth:]
            if not depth:
                outermost = number.number
            above = numbers[-1] if numbers else units[-1][2] if units else region
            label = f"{_of(above)}{written(number.mark, number.number)}"
            ends = _SENTENCE_END.search(line.text, number.marker_end - line.start)
            heading_end = line.start + (ends.end() if ends else len(line.text.rstrip()))
            node = Node(str(number.number), label, line.first, heading_end, above, above)
            if heading_end < line.end:
                node.own.append((heading_end, line.end))
            numbers.append(node)
        elif nodes:
            nodes[-1].own.append((line.start, line.end))
            continue
        else:
            continue
        first = min(first, at)
        nodes.append(node)
    return first, nodes


def _continues(unit: Unit, units: Sequence[tuple[int, int, Node]]) -> bool:
    same = [number for rank, number, _ in units if rank == RANKS[unit.kind]]
    return unit.number > same[-1] if same else True


def _of(above: Node | None) -> str:
    return above.label if above else ""
