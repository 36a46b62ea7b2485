"""A table of the stored text as an HTML table that holds all its characters once, in their order."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

from index.schema import Cell, Span, Table

Shown = Callable[[int, int], Markup]
"""Gives `[start, end)` of the stored text as HTML that stands in a line."""

_HTML_SPACE = " \t\n"
"""What may stand between the elements of a table; a browser moves anything else out of it."""
_KINDS = ((24, "words long"), (8, "words"))
"""By the least number of characters: a short cell stays on one line, a long one wants a wide column."""
_NOTHING = Markup("")
_CLOSED = {"td": Markup("</td>"), "th": Markup("</th>")}


@dataclass(frozen=True, slots=True)
class Slot:
    """One element of an HTML row: a cell, or a place that none covers."""

    cell: Cell | None
    rows: int
    columns: int


def slots_of(table: Table) -> Iterator[list[Slot]]:
    """The elements of each row, from left to right; together with what reaches into it from above they are as
    wide as the table. No cell reaches below the table, nor from its header into its body, which is another
    group of rows."""
    width = max((cell.column + cell.columns for row in table.rows for cell in row), default=0)
    above: list[tuple[int, int, int]] = []
    """(first column, column after, row after) of the cells that reach into the row."""
    for number, row in enumerate(table.rows):
        last = table.headers if number < table.headers else len(table.rows)
        slots: list[Slot] = []
        column = 0
        above = [cell for cell in above if cell[2] > number]
        taken: list[tuple[int, int, Cell | None]] = [(first, after, None) for first, after, _ in above]
        taken += [(cell.column, cell.column + cell.columns, cell) for cell in row]
        for first, after, cell in [*sorted(taken, key=lambda each: each[0]), (width, width, None)]:
            if first > column:
                slots.append(Slot(None, 1, first - column))
            if cell is not None:
                rows = min(cell.rows, last - number)
                slots.append(Slot(cell, rows, cell.columns))
                if rows > 1:
                    above.append((first, after, number + rows))
            column = max(column, after)
        yield slots


class TableWriter:
    """Writes one table.

    `inline` gives the words of a cell, with the quotation marked; `between` what stands between two cells and
    is no white space, such as the bars of Markdown. `quote` is the span that is marked.
    """

    def __init__(self, table: Table, text: str, quote: Span, inline: Shown, between: Shown) -> None:
        self._table = table
        self._text = text
        self._quote = quote
        self._inline = inline
        self._between = between
        self._at = table.start
        self._last = next((row[-1] for row in reversed(table.rows) if row), None)

    def write(self, address: str, cited: str | None) -> Markup:
        """The table; its rows below the header are the clauses `{address}.rN`, of which `cited` is tinted."""
        headers = self._table.headers
        rows = [
            self._row(slots, f"{address}.r{number - headers + 1}" if number >= headers else None, cited)
            for number, slots in enumerate(slots_of(self._table))
        ]
        head, body = Markup("").join(rows[:headers]), Markup("").join(rows[headers:])
        group = Markup("<thead>{}</thead>").format(head) if headers else Markup("")
        return Markup("<table>{}<tbody>{}</tbody></table>").format(group, body)

    def _row(self, slots: Sequence[Slot], address: str | None, cited: str | None) -> Markup:
        """A row of the body, or of the header, which has no address. Where the quotation lies in two cells or
        more the row is marked as well."""
        before = _NOTHING
        parts: list[Markup] = []
        marked = 0
        for slot in slots:
            if slot.cell is None:
                parts += [_opened("td", columns=slot.columns), _CLOSED["td"]]
                continue
            start, end = slot.cell.start, slot.cell.end
            apart, inside = self._gap(start)
            if parts:
                parts.append(apart)
            else:
                before = apart
            name = "th" if address is None and start < end else "td"
            opened = _opened(name, slot.rows, slot.columns, _kind(end - start))
            parts += [opened, inside, self._inline(start, end)]
            self._at = end
            apart, inside = self._gap(self._table.end) if slot.cell is self._last else (_NOTHING, _NOTHING)
            parts += [inside, _CLOSED[name], apart]
            marked += max(start, self._quote[0]) < min(end, self._quote[1])
        classes = [*(["cited"] if address and address == cited else []), *(["quoted"] if marked > 1 else [])]
        told = Markup(' class="{}"').format(" ".join(classes)) if classes else _NOTHING
        name = Markup(' id="c-{}"').format(address) if address else _NOTHING
        return Markup("").join([before, Markup("<tr"), name, told, Markup(">"), *parts, Markup("</tr>")])

    def _gap(self, end: int) -> tuple[Markup, Markup]:
        """What stands before `end`, as it may stand between two elements and within the one that follows."""
        start, self._at = self._at, end
        gap = self._text[start:end]
        return (_NOTHING, self._between(start, end)) if gap.strip(_HTML_SPACE) else (escape(gap), _NOTHING)


@lru_cache(maxsize=1024)
def _opened(name: str, rows: int = 1, columns: int = 1, kind: str = "") -> Markup:
    """The tag before a cell's words."""
    return Markup("<{}{}{}{}{}>").format(
        name,
        Markup(' scope="col"') if name == "th" else _NOTHING,
        Markup(' rowspan="{}"').format(rows) if rows > 1 else _NOTHING,
        Markup(' colspan="{}"').format(columns) if columns > 1 else _NOTHING,
        Markup(' class="{}"').format(kind) if kind else _NOTHING,
    )


def _kind(length: int) -> str:
    """What the style sheet calls a cell with as many characters."""
    return next((kind for least, kind in _KINDS if length >= least), "")
