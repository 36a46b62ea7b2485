"""A database of as many exchanges as a city asks in months, made in seconds, for measuring."""

import json
import random
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from assistant.schema import Status
from assistant.storage.conversations import EXCHANGE
from assistant.storage.overview import cited_rows, overview_row
from assistant.storage.ratings import Rating
from assistant.storage.store import Store
from assistant.storage.tables import cited, exchanges, overview, ratings
from tests.assistant.storage.exchanges import NEAR, answered, refused

_WORDS = (
    "公办园",
    "占比",
    "校车",
    "学费",
    "营养餐",
    "体育",
    "教师",
    "编制",
    "高中",
    "名额",
    "集团化",
    "编程",
    "住宿",
)
_ENDINGS = [Status.ANSWERED] * 14 + [Status.NOT_COVERED] * 4 + [Status.OUT_OF_SCOPE, Status.BLOCKED]
_TABLES = (exchanges, overview, cited, ratings)
_Rows = dict[str, list[dict[str, Any]]]
_BATCH = 5000
_DAYS = 90


def filled(store: Store, count: int, until: datetime) -> None:
    """Add `count` exchanges spread over the `_DAYS` days before `until`, every twentieth of them rated."""
    draw = random.Random(20)
    step = timedelta(days=_DAYS) / count
    store.database.open()
    for first in range(0, count, _BATCH):
        rows: _Rows = {
            "exchanges": [],
            "overview": [],
            "cited": [],
            "ratings": [],
        }
        for number in range(first, min(first + _BATCH, count)):
            at = (until - step * (count - number)).astimezone(UTC)
            _add(rows, number + 1, at, draw)
        with store.database.begin() as connection:
            for table in _TABLES:
                connection.execute(insert(table), rows[table.name])


def _add(rows: _Rows, number: int, at: datetime, draw: random.Random) -> None:
    status = draw.choice(_ENDINGS)
    question = f"{draw.choice(_WORDS)}和{draw.choice(_WORDS)}怎么规定，第{draw.randrange(500)}种情形？"
    timings = {
        step: round(draw.lognormvariate(mean, 0.8), 2)
        for step, mean in (("rewrite", -1), ("scope", 1), ("retrieve", 3), ("answer", 4), ("ground", -2))
    }
    changes: Any = {
        "timings_ms": timings,
        "confidence": draw.random(),
        "correction": draw.random() < 0.01,
    }
    if status is Status.ANSWERED:
        made = answered(question, **changes)
    else:
        made = refused(question, status=status, **changes)
    given = asdict(made)
    given["citations"] = [dict(one, quote="引" * 400) for one in given["citations"]]
    if given["citations"] and draw.random() < 0.005:
        given["citations"][0]["document_id"] = "rare"
    if given["related"]:
        given["related"][0]["clause_id"] = f"{NEAR}.{draw.randrange(60)}"
    exchange = {"question": question, "standalone": question, "status": status, "answer": given["answer"]}
    rating = draw.choice(list(Rating)).value if draw.random() < 0.05 else None
    rows["exchanges"].append(
        {
            "id": number,
            "conversation_id": made.conversation_id,
            "answer_id": made.id,
            "created_at": at,
            "exchange": EXCHANGE.dump_json(EXCHANGE.validate_python(exchange)).decode(),
            "answer": json.dumps(given, ensure_ascii=False),
        }
    )
    rows["overview"].append(overview_row(number, at, exchange, given, rating))
    rows["cited"] += cited_rows(number, given)
    if rating:
        rows["ratings"].append(
            {"answer_id": made.id, "created_at": at, "rating": rating, "comment": "找错了条款", "reasons": ""}
        )
