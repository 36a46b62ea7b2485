"""The grammar of 公文: 一、 / （一） / 1. / （1） / ①, decimals and titles without a number, where there are
any under 编, 章 and 节."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from index.schema import DocumentWarning
from index.structure.faults import gap, orphan
from index.structure.markup import document_title
from index.structure.nesting import Nesting
from index.structure.numbering import DECIMALS, Mark, Numbered, letter, numbered, written
from index.structure.statute_headings import RANKS, Unit, units_in
from index.structure.tree import Line, Node, Outline, is_ended

_SENTENCE_END = re.compile(r"[。！？!?]+[”’」』）)]*")
_MIN_UNITS = 2
_MAX_TITLE = 60
_LONGEST_QUOTATION = 40
"""Lines in which a quotation that an amendment opens must end; a sign that was typed wrongly opens none."""


@dataclass(frozen=True, slots=True)
class _Open:
    """A clause that further ones may stand below: of a unit, a number, or a title without either."""

    node: Node
    rank: int | None = None
    unit: int = 0
    number: Numbered | None = None
    level: int = 0


def official_outline(lines: Sequence[Line], region: Node | None) -> Outline:
    """The outline of `lines`, which hold no table and no table of contents."""
    reading = _Reading(lines, region)
    for at in range(len(lines)):
        reading.take(at)
    return Outline(reading.first, reading.nodes, reading.warnings)


@dataclass(slots=True)
class _Reading:
    """The state while lines are read from top to bottom."""

    lines: Sequence[Line]
    region: Node | None
    nodes: list[Node] = field(default_factory=list)
    warnings: list[DocumentWarning] = field(default_factory=list)
    first: int = 0
    _stack: list[_Open] = field(default_factory=list)
    _titles: dict[int, int] = field(default_factory=dict)
    _units: dict[int, Unit] = field(default_factory=dict)
    _found: list[Numbered | None] = field(default_factory=list)
    _nesting: Nesting = field(default_factory=lambda: Nesting(()))
    _wrappers: frozenset[int] = frozenset()
    _quoted: int = 0
    """How many numbers were open where the open quotation began; 0 without one."""

    def __post_init__(self) -> None:
        units = units_in(self.lines)
        several = len({(unit.kind, unit.number) for unit in units.values()}) >= _MIN_UNITS
        self._units = units if several else {}
        plain = [numbered(line) for line in self.lines]
        decimals = _has_decimals(plain)
        self._found = [numbered(line, bare_digits=decimals) for line in self.lines]
        self._nesting = Nesting(self._found)
        self.first = len(self.lines)
        title = document_title(self.lines)
        self._wrappers = _before_numbers(self.lines, self._found, self._units) | {title}

    def take(self, at: int) -> None:
        """Read line `at`: a heading, or text of the clause before it."""
        line = self.lines[at]
        number = self._found[at]
        if unit := self._units.get(at):
            self._open_unit(line, unit)
        elif number and (depth := self._depth(at, number)) is not None:
            self._open_number(line, number, depth)
        elif self._is_title(at):
            self._open_title(line)
        else:
            if self.nodes:
                self.nodes[-1].own.append((line.start, line.end))
                if number and not number.weak and self._begins(at) and not self._quoted:
                    self.warnings.append(orphan(line))
                self._note_quotation(at)
            return
        self._quoted = 0
        self._note_quotation(at)
        self.first = min(self.first, at)

    def _depth(self, at: int, number: Numbered) -> int | None:
        """Where the number stands; None where it is text, or within a quotation that a clause above opened
        (将第五条修改为：“…”) and no number of that clause's level."""
        depth = self._nesting.depth(at, number)
        if depth is None or not self._quoted:
            return depth
        return depth if depth <= self._quoted - 1 else None

    def _note_quotation(self, at: int) -> None:
        """Remember how many numbers were open when a quotation began that is closed in a later line."""
        text = self.lines[at].text
        opened, closed = text.rfind("“"), text.rfind("”")
        if opened > closed:
            ends = any("”" in line.text for line in self.lines[at + 1 : at + 1 + _LONGEST_QUOTATION])
            self._quoted = self._quoted or (len(self._nesting.open) if ends else 0)
        elif closed > opened:
            self._quoted = 0

    def _is_title(self, at: int) -> bool:
        line = self.lines[at]
        marked = line.level and not line.above_table and at not in self._wrappers
        return bool(marked) and len(line.text.strip()) <= _MAX_TITLE

    def _begins(self, at: int) -> bool:
        return is_ended(self.lines[at - 1].text) or self._found[at - 1] is not None

    def _open_unit(self, line: Line, unit: Unit) -> None:
        rank = RANKS[unit.kind]
        while self._stack and (self._stack[-1].rank is None or self._stack[-1].rank >= rank):
            self._stack.pop()
        above = self._above()
        node = Node(unit.name, f"{_of(above)}{unit.label}", line.first, line.end, above, above)
        node.marker_end = unit.marker_end
        self._push(_Open(node, rank=rank, unit=unit.number, level=line.level))
        self._nesting.open.clear()

    def _open_number(self, line: Line, number: Numbered, depth: int) -> None:
        for missing in self._nesting.missing(number, depth):
            self.warnings.append(gap(line, written(number.mark, missing)))
        self._nesting.push(number, depth)
        kept = sum(entry.number is not None for entry in self._stack)
        while kept > depth or (line.level and self._below_a_title(line.level)):
            kept -= self._stack.pop().number is not None
        above = self._above()
        label = f"{self._label_above(number, above)}{written(number.mark, number.number)}"
        ends = _SENTENCE_END.search(line.text, number.marker_end - line.start)
        heading_end = line.start + (ends.end() if ends else len(line.text.rstrip()))
        name = letter(number.number) if number.mark is Mark.LETTER else str(number.number)
        node = Node(name, label, line.first, heading_end, above, above)
        if heading_end < line.end:
            node.own.append((heading_end, line.end))
        self._push(_Open(node, number=number, level=line.level))

    def _below_a_title(self, level: int) -> bool:
        """Whether the innermost open clause is a title without a number of `level` or a deeper one."""
        if not self._stack:
            return False
        inner = self._stack[-1]
        return inner.rank is None and inner.number is None and inner.level >= level

    def _open_title(self, line: Line) -> None:
        while self._stack and (self._stack[-1].level or 9) >= line.level and not self._is_plain_unit():
            if self._stack.pop().number is not None:
                self._nesting.open.pop()
        above = self._above()
        key = id(above) if above is not None else 0
        self._titles[key] = number = self._titles.get(key, 0) + 1
        label = f"{_of(above)}“{line.text.strip()}”"
        end = line.start + len(line.text.rstrip())
        self._push(_Open(Node(f"h{number}", label, line.first, end, above, above), level=line.level))

    def _is_plain_unit(self) -> bool:
        return self._stack[-1].rank is not None and not self._stack[-1].level

    def _above(self) -> Node | None:
        return self._stack[-1].node if self._stack else self.region

    def _label_above(self, number: Numbered, above: Node | None) -> str:
        """The label that the number's own follows; a decimal says the numbers above it itself."""
        inner = self._stack[-1].number if self._stack else None
        if number.mark not in DECIMALS or (inner and inner.mark in (Mark.DIGIT, *DECIMALS)):
            return _of(above)
        return f"{_of(above)}{'.'.join(map(str, number.above))}"

    def _push(self, entry: _Open) -> None:
        self._stack.append(entry)
        self.nodes.append(entry.node)


def _has_decimals(found: Sequence[Numbered | None]) -> bool:
    """Whether the text is numbered 1.1, 1.2: two that follow each other."""
    decimals = {(*each.above, each.number) for each in found if each and each.mark in DECIMALS}
    return any((*number[:-1], number[-1] + 1) in decimals for number in decimals)


def _before_numbers(
    lines: Sequence[Line], found: Sequence[Numbered | None], units: dict[int, Unit]
) -> frozenset[int]:
    """Indexes of the titles without a number before the text's own first number, where that begins once only:
    then they head the page, not the text (政策全文)."""
    begins = [at for at, each in enumerate(found) if each and each.mark is Mark.LIST and each.number == 1]
    first = min(units, default=begins[0] if len(begins) == 1 else 0)
    return frozenset(at for at in range(first) if lines[at].level)


def _of(above: Node | None) -> str:
    return above.label if above else ""
