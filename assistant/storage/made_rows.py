"""Evaluation rows that maintainers made of exchanges, until they are taken into a data set.

A row holds what was asked, so it goes with its conversation when that is erased.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, insert, select

from assistant.storage.database import Database
from assistant.storage.masking import storable
from assistant.storage.tables import exchanges, made_rows


@dataclass(frozen=True, slots=True)
class MadeRow:
    """A row, as JSON, and the answer that it was made of."""

    answer_id: str
    row_id: str
    created_at: datetime
    row: str


class MadeRows:
    """The rows. Safe to share between threads; calls raise StorageFault."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, answer_id: str, row_id: str, row: str) -> bool:
        """Keep the row made of an answer, in place of an earlier one; False where another answer's row has
        the id, or the answer is gone, and nothing is kept."""
        known = select(exchanges.c.id).where(exchanges.c.answer_id == answer_id)
        taken = select(made_rows.c.answer_id).where(
            made_rows.c.row_id == row_id, made_rows.c.answer_id != answer_id
        )
        values = {
            "answer_id": answer_id,
            "row_id": row_id,
            "created_at": datetime.now(UTC),
            "row": storable(row),
        }
        with self._database.begin() as connection:
            if connection.execute(known).first() is None or connection.execute(taken).first() is not None:
                return False
            connection.execute(delete(made_rows).where(made_rows.c.answer_id == answer_id))
            connection.execute(insert(made_rows).values(values))
        return True

    def remove(self, answer_id: str) -> bool:
        """Let go of the row made of an answer; whether there was one."""
        gone = delete(made_rows).where(made_rows.c.answer_id == answer_id)
        with self._database.begin() as connection:
            return bool(connection.execute(gone).rowcount)

    def of(self, answer_id: str) -> MadeRow | None:
        """The row made of an answer."""
        return next(self._found(answer_id), None)

    def all(self) -> tuple[MadeRow, ...]:
        """Every row, in the order in which they were made."""
        return tuple(self._found(None))

    def _found(self, answer_id: str | None) -> Iterator[MadeRow]:
        columns = (made_rows.c.answer_id, made_rows.c.row_id, made_rows.c.created_at, made_rows.c.row)
        query = select(*columns).order_by(made_rows.c.created_at, made_rows.c.answer_id)
        if answer_id is not None:
            query = query.where(made_rows.c.answer_id == answer_id)
        with self._database.connect() as connection:
            rows = connection.execute(query).all()
        return (MadeRow(*row) for row in rows)
