"""Rows of tables as they are searched and told: caption, names of the columns, values merged over rows."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence

from index.schema import Cell, Clause, Document, Span, Table
from index.text.folding import shown, squeeze

_TABLE = re.compile(r"(?:.*\.)?t\d+")
_ROW = re.compile(r"(?:.*\.)?t\d+\.r\d+")
_LONGEST_CAPTION = 60
_CAPTION_LINES = 2
_LONGEST_ABOVE = 400
"""Characters above a table that are looked through for its caption."""
_ENDED = ("。", "；", "！", "？")


def is_table(clause: Clause) -> bool:
    """Whether the clause is a table."""
    return _TABLE.fullmatch(clause.address) is not None


def is_row(clause: Clause) -> bool:
    """Whether the clause is a row of a table."""
    return is_row_address(clause.address)


def is_row_address(address: str) -> bool:
    """Whether a clause of this address is a row of a table."""
    return _ROW.fullmatch(address) is not None


def row_contexts(document: Document, text: str) -> dict[str, str]:
    """By the address of a row three lines: the document's title, what the table is about, and the row as it
    is told (学段：小学；学费：0). `text` is the document's as it reads."""
    tables = document.tables
    title = document.title.removeprefix("中华人民共和国")
    starts = [table.start for table in tables]
    found: dict[str, str] = {}
    for clause in document.clauses if tables else ():
        if not is_table(clause):
            continue
        table = tables[bisect_right(starts, clause.start) - 1]
        caption = caption_of(text, clause, table)
        for number, row in enumerate(told_rows(text, table), start=1):
            found[f"{clause.address}.r{number}"] = f"{title}\n{caption}\n{row}"
    return found


def caption_of(text: str, clause: Clause, table: Table) -> str:
    """The short lines right above the table, in text order; where there are none, the heading of the clause
    that it stands in."""
    start, end = caption_span(text, table)
    own = " ".join(text[start:end].split())
    return own or (squeeze(clause.path[-1]) if clause.path else "")


def caption_span(text: str, table: Table) -> Span:
    """Where the short lines right above the table stand; an empty span where there are none."""
    above = text[max(0, table.start - _LONGEST_ABOVE) : table.start].rstrip()
    start = end = at = max(0, table.start - _LONGEST_ABOVE) + len(above)
    for line in reversed(above.rsplit("\n", _CAPTION_LINES)[-_CAPTION_LINES:]):
        own = line.strip()
        if not own or len(own) > _LONGEST_CAPTION or own.endswith(_ENDED):
            break
        start = at - len(line.lstrip())
        at -= len(line) + 1
    return start, end


def row_pairs(document: Document, row: Clause) -> tuple[tuple[str, str], ...]:
    """The cells of a row from left to right, each with the name of its column ("" where no header names it);
    values that it shares with other rows are among them, empty cells are not. Empty for a clause that is no
    row. Reads of the text only what it gives, so that it is quick in a long table too."""
    if not is_row(row):
        return ()
    table = document.tables[bisect_right(document.tables, row.start, key=lambda table: table.start) - 1]
    number = table.headers + int(row.address.rpartition(".r")[2]) - 1
    places = _places(table, [*range(table.headers), number])
    grid = [[_words(document, cell) if cell else "" for cell in line] for line in places.values()]
    named = zip(column_names(grid, table.headers), places[number], grid[-1], strict=True)
    cells = {(name, cell): words for name, cell, words in named if words}  # a merged one is told once a name
    return tuple((name, words) for (name, _), words in cells.items())


def told_rows(text: str, table: Table) -> list[str]:
    """The rows below the header, told."""
    grid = grid_of(text, table)
    names = column_names(grid, table.headers)
    return [_told(names, row) for row in grid[table.headers :]]


def column_names(grid: Sequence[Sequence[str]], headers: int) -> list[str]:
    """What the header rows call each column, from the widest name to the narrowest; empty without any."""
    width = max(map(len, grid), default=0)
    return ["".join(dict.fromkeys(row[at] for row in grid[:headers] if row[at])) for at in range(width)]


def grid_of(text: str, table: Table) -> list[list[str]]:
    """The words of every place of the grid, those of merged cells in each place that they cover."""
    words = {cell: squeeze(text[cell.start : cell.end]) for row in table.rows for cell in row}
    places = _places(table, range(len(table.rows)))
    return [[words[cell] if cell else "" for cell in line] for line in places.values()]


def _places(table: Table, rows: Collection[int]) -> dict[int, list[Cell | None]]:
    """By the number of each of `rows`, in their order, the cells that cover its places."""
    width = max((cell.column + cell.columns for row in table.rows for cell in row), default=0)
    places: dict[int, list[Cell | None]] = {number: [None] * width for number in rows}
    for at, row in enumerate(table.rows[: max(rows, default=-1) + 1]):
        for cell in row:
            covered = cell.columns if cell.column or at < table.headers else 1  # 合计 is said once
            for down in range(at, min(at + cell.rows, len(table.rows))):
                if down in places:
                    places[down][cell.column : cell.column + covered] = [cell] * covered
    return places


def _words(document: Document, cell: Cell) -> str:
    """A cell's text as it reads, without white space."""
    first = bisect_right(document.markup, cell.start, key=lambda span: span[1])
    last = bisect_left(document.markup, cell.end, key=lambda span: span[0])
    inside = [
        (max(start, cell.start) - cell.start, min(end, cell.end) - cell.start)
        for start, end in document.markup[first:last]
    ]
    return squeeze(shown(document.text[cell.start : cell.end], inside))


def _told(names: Sequence[str], row: Sequence[str]) -> str:
    pairs: dict[str, None] = {}
    before: tuple[str, str] | None = None
    for name, words in zip(names, row, strict=True):
        if words and (name, words) != before:
            pairs[f"{name}：{words}" if name and name != words else words] = None
        before = name, words
    return "；".join(pairs)
