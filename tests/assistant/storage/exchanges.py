"""Exchanges as they would have been stored at given times."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import update

from assistant.schema import Answer, Exchange, Refusal, RefusalReason, Status
from assistant.storage.conversations import new_id
from assistant.storage.ratings import Rating, Reason
from assistant.storage.store import Store
from assistant.storage.tables import exchanges, overview, ratings
from tests.assistant.storage.test_conversations import an_answer

NEAR = "plan@2020-10-22#2.2.1"


def answered(question: str, **changes: Any) -> Answer:
    """An answer from the documents."""
    return replace(an_answer(new_id("cnv")), standalone_question=question, missing=(), **changes)


def refused(question: str, **changes: Any) -> Answer:
    """What the documents do not say, with its nearest clause."""
    given = answered(question)
    return replace(
        given,
        **{
            "status": Status.NOT_COVERED,
            "short_answer": None,
            "missing": (question,),
            "citations": (),
            "refusal": Refusal(RefusalReason.NO_EVIDENCE, 0.11, 0.25),
            **changes,
        },
    )


def kept(
    store: Store,
    answer: Answer,
    question: str | None = None,
    at: datetime | None = None,
    rating: Rating | None = None,
    reasons: tuple[Reason, ...] = (),
    comment: str = "",
) -> str:
    """Keep `answer` as asked, and rated, `at` a time; its id."""
    asked = question or answer.standalone_question
    exchange = Exchange(asked, answer.standalone_question, answer.status, answer.answer)
    store.conversations.append(answer, exchange)
    if rating is not None:
        store.ratings.rate(answer.id, rating, comment, reasons)
    if at is not None:
        with store.database.begin() as connection:
            for table in (exchanges, ratings):
                changed = update(table).where(table.c.answer_id == answer.id)
                connection.execute(changed.values(created_at=at))
            short = update(overview).where(overview.c.answer_id == answer.id)
            connection.execute(short.values(asked_at=int(at.timestamp())))
    return answer.id
