"""What is stored masked again: by a grammar that knows more forms, and where the words that told a name were
cut off before it was kept (加我微信嘛，…, of which the question as searched kept the name alone)."""

import json
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from alembic import op

from assistant.storage.masking import mask_answer, mask_exchange, title_of
from assistant.storage.overview import overview_row
from index.text.folding import fold_text
from index.text.personal_data import KINDS, mask

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ROWS = 500
"""Stored rows that are masked at a time."""
_LABEL = re.compile(rf"\[(?:{'|'.join(KINDS)})\]")
_NAME = re.compile(r"[A-Za-z0-9_-]{5,}")
"""What may be the name or number that a label stands for."""
_OVERVIEW = ("question", "standalone", "words", "same_as")
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError)
"""What is raised where a stored text is not of the form that the program wrote."""
_EXCHANGES = sa.table(
    "exchanges",
    sa.column("id", sa.Integer),
    sa.column("conversation_id", sa.String),
    sa.column("created_at", sa.DateTime(timezone=True)),
    sa.column("exchange", sa.Text),
    sa.column("answer", sa.Text),
)
_log = logging.getLogger("assistant.storage.migrations")
"""Alembic gives this module a name of its own."""

_Pair = tuple[dict[str, Any], dict[str, Any]]
"""An exchange and its answer."""


def upgrade() -> None:
    """Mask exchanges with what is made of them, then titles, comments and rows."""
    _mask_exchanges()
    connection = op.get_bind()
    for name, key, column in (("conversations", "id", "title"), ("ratings", "answer_id", "comment")):
        table = sa.table(name, sa.column(key), sa.column(column))
        for identifier, text in _rows_of(table, key):
            masked = title_of(mask(text)) if column == "title" else mask(text)
            if masked != text:
                changed = sa.update(table).where(table.c[key] == identifier)
                connection.execute(changed.values({column: masked}))
    made = sa.table("made_rows", sa.column("answer_id"), sa.column("row"))
    for identifier, text in _rows_of(made, "answer_id"):
        try:
            row = {"note": "", **json.loads(text)}
            masked_row = {**row, "turns": [mask(turn) for turn in row["turns"]], "note": mask(row["note"])}
        except _UNREADABLE as error:
            _say_unread("made_rows", identifier, error)
            continue
        if masked_row != row:
            changed = sa.update(made).where(made.c.answer_id == identifier)
            connection.execute(changed.values(row=json.dumps(masked_row, ensure_ascii=False)))


def _rows_of(table: sa.TableClause, key: str) -> Iterator[Any]:
    """All rows, of which no more than `_ROWS` are in memory; what is read may be changed meanwhile."""
    query = sa.select(table).order_by(table.c[key]).limit(_ROWS)
    rows = op.get_bind().execute(query).all()
    while rows:
        yield from rows
        last = getattr(rows[-1], key)
        rows = op.get_bind().execute(query.where(table.c[key] > last)).all()


def _say_unread(table: str, identifier: object, error: Exception) -> None:
    _log.warning(
        "%s: row %s is left as it is, for it cannot be read (%s)", table, identifier, type(error).__name__
    )


def _mask_exchanges() -> None:
    connection = op.get_bind()
    overview = sa.table("overview", sa.column("exchange_id"), *map(sa.column, _OVERVIEW))
    for row in _rows_of(_EXCHANGES, "id"):
        try:
            before = _pair(row)
            exchange, answer = _without_names(row, mask_exchange(before[0]), mask_answer(before[1]))
            short = overview_row(row.id, row.created_at.replace(tzinfo=UTC), exchange, answer)
        except _UNREADABLE as error:
            _say_unread("exchanges", row.id, error)
            continue
        if (exchange, answer) == before:
            continue
        kept, given = (json.dumps(each, ensure_ascii=False) for each in (exchange, answer))
        connection.execute(
            sa.update(_EXCHANGES).where(_EXCHANGES.c.id == row.id).values(exchange=kept, answer=given)
        )
        connection.execute(
            sa.update(overview)
            .where(overview.c.exchange_id == row.id)
            .values({column: short[column] for column in _OVERVIEW})
        )


def _pair(row: sa.Row[Any]) -> _Pair:
    return json.loads(row.exchange), json.loads(row.answer)


def _without_names(row: sa.Row[Any], exchange: dict[str, Any], answer: dict[str, Any]) -> _Pair:
    """Both without the names and numbers that a label stands for: words of letters and figures which the
    question was searched with, and which neither it nor a quotation nor an earlier turn has."""
    searched = f"{exchange['standalone']}\n{answer['standalone_question']}"
    names = _unknown(_NAME.findall(searched), _told(exchange, answer))
    if not names:
        return exchange, answer
    earlier = _earlier(row)
    questions = "\n".join([exchange["question"], *(question for question, _ in earlier)])
    labels = list(dict.fromkeys(_LABEL.findall(questions)))
    names = _unknown(names, "\n".join(told for _, told in earlier))
    if not (labels and names):
        return exchange, answer
    longest_first = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    own = re.compile(f"(?<![A-Za-z0-9])(?:{longest_first})(?![A-Za-z0-9])", re.IGNORECASE)

    def clean(text: str) -> str:
        missing = next((label for label in labels if label not in text), labels[0])
        return own.sub(missing, text)

    return (
        {**exchange, "standalone": clean(exchange["standalone"]), "answer": clean(exchange["answer"])},
        {
            **answer,
            "standalone_question": clean(answer["standalone_question"]),
            "answer": clean(answer["answer"]),
            "missing": [clean(text) for text in answer["missing"]],
            "sentences": [{**each, "text": clean(each["text"])} for each in answer["sentences"]],
        },
    )


def _unknown(names: list[str], told: str) -> list[str]:
    """Those that `told` has in no writing."""
    folded = fold_text(told)
    return [name for name in dict.fromkeys(names) if fold_text(name) not in folded]


def _told(exchange: Mapping[str, Any], answer: Mapping[str, Any]) -> str:
    """The question as it is stored, and what its answer quotes."""
    quotes = [each["quote"] for each in (*answer["citations"], *answer["related"])]
    return "\n".join([exchange["question"], *quotes])


def _earlier(row: sa.Row[Any]) -> list[tuple[str, str]]:
    """The turns of its conversation before a row, masked already: the question, and all that was said. One
    that cannot be read tells nothing; it was said to be so when its turn came."""
    same = _EXCHANGES.c.conversation_id == row.conversation_id
    query = sa.select(_EXCHANGES).where(same, _EXCHANGES.c.id < row.id).order_by(_EXCHANGES.c.id.desc())
    turns = []
    for each in op.get_bind().execute(query.limit(_ROWS)):
        with suppress(*_UNREADABLE):
            exchange, answer = _pair(each)
            turns.append((exchange["question"], _told(exchange, answer) + answer["answer"]))
    return turns
