"""What is stored masked again: by a grammar that knows more forms, and where the words that told a name were
cut off before it was kept (加我微信嘛，…, of which the question as searched kept the name alone)."""

import json
import re
from collections.abc import Mapping
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from alembic import op

from assistant.storage.masking import mask_answer, mask_exchange, title_of
from assistant.storage.overview import overview_row
from index.text.personal_data import KINDS, mask

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ROWS = 500
"""Stored exchanges that are masked at a time."""
_LABEL = re.compile(rf"\[(?:{'|'.join(KINDS)})\]")
_NAME = re.compile(r"[A-Za-z0-9_-]{5,}")
"""What may be the name or number that a label stands for."""
_OVERVIEW = ("question", "standalone", "words", "same_as")


def upgrade() -> None:
    """Mask exchanges with what is made of them, then titles, comments and rows."""
    _mask_exchanges()
    connection = op.get_bind()
    for name, key, column in (("conversations", "id", "title"), ("ratings", "answer_id", "comment")):
        table = sa.table(name, sa.column(key), sa.column(column))
        for identifier, text in connection.execute(sa.select(table)).all():
            masked = title_of(mask(text)) if column == "title" else mask(text)
            if masked != text:
                changed = sa.update(table).where(table.c[key] == identifier)
                connection.execute(changed.values({column: masked}))
    made = sa.table("made_rows", sa.column("answer_id"), sa.column("row"))
    for identifier, text in connection.execute(sa.select(made)).all():
        row = json.loads(text)
        masked_row = {
            **row,
            "turns": [mask(turn) for turn in row["turns"]],
            "note": mask(row.get("note", "")),
        }
        if masked_row != {**row, "note": row.get("note", "")}:
            changed = sa.update(made).where(made.c.answer_id == identifier)
            connection.execute(changed.values(row=json.dumps(masked_row, ensure_ascii=False)))


def _mask_exchanges() -> None:
    connection = op.get_bind()
    exchanges = sa.table(
        "exchanges",
        sa.column("id", sa.Integer),
        sa.column("created_at", sa.DateTime(timezone=True)),
        sa.column("exchange", sa.Text),
        sa.column("answer", sa.Text),
    )
    overview = sa.table("overview", sa.column("exchange_id"), *map(sa.column, _OVERVIEW))
    last = 0
    while True:
        query = sa.select(exchanges).where(exchanges.c.id > last).order_by(exchanges.c.id).limit(_ROWS)
        rows = connection.execute(query).all()
        if not rows:
            return
        last = rows[-1].id
        for row in rows:
            before = json.loads(row.exchange), json.loads(row.answer)
            exchange, answer = _without_names(mask_exchange(before[0]), mask_answer(before[1]))
            if (exchange, answer) == before:
                continue
            kept, given = (json.dumps(each, ensure_ascii=False) for each in (exchange, answer))
            connection.execute(
                sa.update(exchanges).where(exchanges.c.id == row.id).values(exchange=kept, answer=given)
            )
            short = overview_row(row.id, row.created_at.replace(tzinfo=UTC), exchange, answer)
            connection.execute(
                sa.update(overview)
                .where(overview.c.exchange_id == row.id)
                .values({column: short[column] for column in _OVERVIEW})
            )


def _without_names(
    exchange: Mapping[str, Any], answer: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both with the names and numbers that a label of the stored question stands for: words of letters and
    figures that neither the question nor a quotation has."""
    labels = list(dict.fromkeys(_LABEL.findall(exchange["question"])))
    if not labels:
        return dict(exchange), dict(answer)
    quotes = [each["quote"] for each in (*answer["citations"], *answer["related"])]
    known = "\n".join([exchange["question"], *quotes])

    def clean(text: str) -> str:
        missing = next((label for label in labels if label not in text), labels[0])
        return _NAME.sub(lambda found: found[0] if found[0] in known else missing, text)

    return (
        {
            **exchange,
            "standalone": clean(exchange["standalone"]),
            "answer": clean(exchange.get("answer", "")),
        },
        {
            **answer,
            "standalone_question": clean(answer["standalone_question"]),
            "answer": clean(answer["answer"]),
            "missing": [clean(text) for text in answer["missing"]],
            "sentences": [{**each, "text": clean(each["text"])} for each in answer["sentences"]],
        },
    )
