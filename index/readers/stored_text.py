"""Stored text as it is put together: line by line, the rows of tables with the places of their cells."""

from collections.abc import Sequence

from index.readers.table_grid import GridCell, without_covered_rows
from index.readers.table_headers import count_headers
from index.schema import Cell, DocumentWarning, Table, WarningKind


class StoredText:
    """Lines in text order, and the tables among them."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.tables: list[Table] = []
        self.length = 0
        """Where the next line begins."""

    def line(self, text: str) -> None:
        """Add a line, or several if `text` holds line breaks."""
        self.lines.append(text)
        self.length += len(text) + 1

    def table(self, rows: Sequence[Sequence[GridCell]], told: int = 0) -> list[int]:
        """Add a table whose cells have their columns, a row a line, the cells parted by tabs.

        One without any text, such as a form's empty box, is lines and no table. Gives where each row begins.
        `told` is the number of rows at its top that the source says are headers, 0 where it does not say.
        """
        kept = without_covered_rows(rows)
        start = self.length
        begins: list[int] = []
        placed = []
        for row in kept:
            begins.append(self.length)
            placed.append(cells_in(row, self.length))
            self.line("\t".join(cell.text for cell in row))
        if any(cell.start < cell.end for row in placed for cell in row):
            self.tables.append(Table(start, self.length - 1, count_headers(kept, told), tuple(placed)))
        return begins

    def unread(self, name: str) -> DocumentWarning:
        """What to say of a picture that stands behind the last line and was not read."""
        return DocumentWarning(WarningKind.UNREAD_PART, name, max(self.length - 1, 0))

    def text(self) -> str:
        """All lines, joined."""
        return "\n".join(self.lines)


def cells_in(row: Sequence[GridCell], start: int) -> tuple[Cell, ...]:
    """The cells of a row whose line begins at `start`; white space around their text is none of it."""
    placed = []
    for cell in row:
        begin = start + len(cell.text) - len(cell.text.lstrip())
        end = begin + len(cell.text.strip())
        placed.append(Cell(begin, max(begin, end), cell.column, cell.rows, cell.columns))
        start += len(cell.text) + 1
    return tuple(placed)
