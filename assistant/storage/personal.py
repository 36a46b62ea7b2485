"""Conversations given out or erased at the request of whom they concern."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from assistant.storage.conversations import erase, unknown_conversation
from assistant.storage.database import Database
from assistant.storage.tables import conversations, exchanges, ratings

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Which:
    """Conversations: one by its id, or all of a key, or all without a question since `before`."""

    conversation: str | None = None
    key_id: str | None = None
    before: datetime | None = None

    def condition(self) -> ColumnElement[bool]:
        """The same for the database."""
        if self.conversation is not None:
            return conversations.c.id == self.conversation
        if self.key_id is not None:
            return conversations.c.key_id == self.key_id
        if self.before is None:
            raise ValueError("which conversations?")
        return conversations.c.updated_at < self.before


def exported(database: Database, which: Which) -> Iterator[dict[str, Any]]:
    """All that is stored of each conversation, the oldest first. Raises UnknownConversation where one was
    named and is not there; StorageFault."""
    query = select(conversations).where(which.condition()).order_by(conversations.c.created_at)
    with database.connect() as connection:
        found = connection.execute(query).all()
        if which.conversation is not None and not found:
            raise unknown_conversation()
        for row in found:
            asked = connection.execute(
                select(exchanges, ratings.c.rating, ratings.c.comment, ratings.c.reasons)
                .join(ratings, ratings.c.answer_id == exchanges.c.answer_id, isouter=True)
                .where(exchanges.c.conversation_id == row.id)
                .order_by(exchanges.c.id)
            )
            yield {
                "id": row.id,
                "title": row.title,
                "key_id": row.key_id,
                "created_at": row.created_at.isoformat(),
                "updated_at": row.updated_at.isoformat(),
                "exchanges": [
                    {
                        "created_at": each.created_at.isoformat(),
                        "exchange": json.loads(each.exchange),
                        "answer": json.loads(each.answer),
                        "rating": each.rating,
                        "comment": each.comment,
                        "reasons": json.loads(each.reasons or "[]"),
                    }
                    for each in asked
                ],
            }


def erase_all(database: Database, which: Which) -> int:
    """Erase them for good; how many there were. Raises as `exported` does."""
    erased = 0
    while True:
        query = select(conversations.c.id).where(which.condition()).limit(_BATCH)
        with database.begin() as connection:
            ids = connection.execute(query).scalars().all()
            erased += erase(connection, ids)
        if len(ids) < _BATCH:
            break
    if which.conversation is not None and not erased:
        raise unknown_conversation()
    database.empty_log()
    return erased
