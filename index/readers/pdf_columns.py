"""The order of reading on a page: columns of text one after the other, what crosses them in its place.

A gutter is white space that lies between two pieces of text on many lines. Where both sides are prose, each
is a column; where they are not (an unruled table, say), lines are read across, and the order is not sure.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.readers.pdf_rows import Box, TextLine, em_of, on_line, rows
from index.readers.pdf_tables import TableBlock

_GUTTER = 0.9
"""Ems of white space that may part two columns, at least."""
_LINES = 4
"""Lines with text on both sides of a gutter, at least."""
_FULL = 0.75
"""Share of its column's width that a full line of prose has."""
_MOSTLY = 0.5
"""Share of a column's lines that are full, at least."""
_NEAR = 2.0
"""Ems by which a gutter may lie elsewhere than on another page."""
_NARROW = 8.0
"""Ems of a column of prose, at least."""
_DEEPEST = 2
"""Gutters within columns that are looked for: enough for four columns."""


@dataclass(slots=True)
class _Piece:
    """Characters that stand together on a line, or a table."""

    left: float
    right: float
    bottom: float
    top: float
    boxes: Sequence[Box]
    number: int
    """Its place in the file's order."""
    table: TableBlock | None = None


@dataclass(slots=True)
class Reading:
    """What stands on a page in the order of reading."""

    items: list[TextLine | TableBlock]
    sure: bool = True
    """Whether the order is sure."""
    gutters: tuple[float, ...] = ()
    """Where its columns are parted."""


def in_order(
    boxes: Sequence[Box], tables: Sequence[TableBlock], height: float, known: Sequence[float] = ()
) -> Reading:
    """The order of reading of a page's text and tables.

    At the gutters that are `known` from other pages there are columns also where the text does not fill them.
    """
    visible = [box for box in boxes if not box.char.isspace()]
    if not visible:
        return Reading(list(tables))
    pieces = _pieces(boxes, _GUTTER * em_of(visible))
    pieces += [_Piece(table.left, table.right, table.bottom, table.top, (), -1, table) for table in tables]
    return _ordered(pieces, height, em_of(visible), _DEEPEST, known)


def _ordered(
    pieces: Sequence[_Piece], height: float, em: float, depth: int, known: Sequence[float]
) -> Reading:
    lines = _lines(pieces)
    gutter = _gutter(lines) if depth else None
    if gutter is None:
        return Reading(_across(pieces, height))
    is_known = any(abs(gutter - other) <= _NEAR * em for other in known)
    found: list[TextLine | TableBlock] = []
    sure = True
    gutters: tuple[float, ...] = ()
    for band in _bands(lines, gutter):
        together = sorted((piece for line in band for piece in line), key=lambda piece: piece.number)
        if sum(_on_both(line, gutter) for line in band) < _LINES:
            found += _across(together, height)
            continue
        sides = [p for p in together if p.right <= gutter], [p for p in together if p.left >= gutter]
        if not is_known and not all(_is_prose(side, em) for side in sides):
            found += _across(together, height)
            sure = False
            continue
        width = max(_width(side) for side in sides)
        for side in sides:
            inner = _ordered(side, height, em, depth - 1, known)
            found += _in_column(inner.items, side, round(width / (4 * em)))
            sure &= inner.sure
            gutters += inner.gutters
        gutters += (gutter,)
    return Reading(found, sure, gutters)


def _pieces(boxes: Sequence[Box], gap: float) -> list[_Piece]:
    """The characters in the file's order, cut at line ends and at gaps."""
    found: list[list[Box]] = []
    spaces: list[Box] = []
    for box in boxes:
        if box.char.isspace():
            spaces.append(box)
            continue
        last = found[-1][-1] if found else None
        if last and on_line(box, [last]) and -gap < box.left - last.right < gap:
            found[-1] += [*spaces, box]
        else:
            found.append([*spaces, box])
        spaces = []
    if found:
        found[-1] += spaces
    return [_piece(held, number) for number, held in enumerate(found)]


def _piece(boxes: Sequence[Box], number: int) -> _Piece:
    shown = [box for box in boxes if not box.char.isspace()]
    return _Piece(
        min(box.left for box in shown),
        max(box.right for box in shown),
        min(box.bottom for box in shown),
        max(box.top for box in shown),
        boxes,
        number,
    )


def _lines(pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    """The pieces by the height at which they stand, from the top down; a table is a line."""
    found: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda piece: -(piece.top + piece.bottom)):
        last = found[-1][0] if found else None
        if last and not last.table and not piece.table:
            overlap = min(piece.top, last.top) - max(piece.bottom, last.bottom)
            if overlap > 0.5 * min(piece.top - piece.bottom, last.top - last.bottom):
                found[-1].append(piece)
                continue
        found.append([piece])
    return found


def _gutter(lines: Sequence[Sequence[_Piece]]) -> float | None:
    """Where white space lies between pieces on the most lines; None where on too few."""
    gaps: list[tuple[float, float]] = []
    for line in lines:
        across = sorted(line, key=lambda piece: piece.left)
        edge = across[0].right
        for piece in across[1:]:
            if piece.left > edge:
                gaps.append((edge, piece.left))
            edge = max(edge, piece.right)
    if len(gaps) < _LINES:
        return None
    best, most = 0.0, 0
    open_gaps = 0
    marks = sorted([(start, 1) for start, _ in gaps] + [(end, -1) for _, end in gaps])
    for at, (x, step) in enumerate(marks):
        open_gaps += step
        if open_gaps > most:
            best, most = (x + marks[at + 1][0]) / 2, open_gaps
    return best if most >= _LINES else None


def _bands(lines: Sequence[list[_Piece]], gutter: float) -> list[list[list[_Piece]]]:
    """Lines across the gutter, and lines beside it; these begin where there is text on both sides of it."""
    found: list[list[list[_Piece]]] = []
    beside: bool | None = None
    for line in lines:
        crosses = any(piece.left < gutter < piece.right for piece in line)
        now = not crosses and (beside is True or _on_both(line, gutter))
        if now is not beside:
            found.append([])
        found[-1].append(line)
        beside = now
    return found


def _on_both(line: Sequence[_Piece], gutter: float) -> bool:
    return any(p.right <= gutter for p in line) and any(p.left >= gutter for p in line)


def _is_prose(side: Sequence[_Piece], em: float) -> bool:
    """Whether most lines of a column run over its width, as the lines of paragraphs do."""
    lines = _lines(side)
    width = _width(side)
    full = sum(_width(line) >= _FULL * width for line in lines)
    return width >= _NARROW * em and full >= _MOSTLY * len(lines)


def _width(pieces: Sequence[_Piece]) -> float:
    return max(piece.right for piece in pieces) - min(piece.left for piece in pieces)


def _across(pieces: Sequence[_Piece], height: float) -> list[TextLine | TableBlock]:
    """The lines as they stand, from the top down, and the tables between them."""
    found: list[TextLine | TableBlock] = list(rows((box for piece in pieces for box in piece.boxes), height))
    tables = [piece.table for piece in pieces if piece.table]
    for table in sorted(tables, key=lambda table: -table.top):
        below = (
            number
            for number, item in enumerate(found)
            if isinstance(item, TextLine) and item.middle < (table.top + table.bottom) / 2
        )
        found.insert(next(below, len(found)), table)
    return found


def _in_column(
    items: Sequence[TextLine | TableBlock], side: Sequence[_Piece], kind: float
) -> list[TextLine | TableBlock]:
    """The lines with their edges counted from that of their column."""
    left = min(piece.left for piece in side)
    return [
        replace(item, left=item.left - left, right=item.right - left, column=kind)
        if isinstance(item, TextLine) and item.column is None
        else item
        for item in items
    ]
