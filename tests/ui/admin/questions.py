"""Questions really asked of the served application, put back in time and rated."""

from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import update

from assistant.access.keys import Scope
from assistant.storage.ratings import Rating, Reason
from assistant.storage.tables import exchanges, overview, ratings
from tests.ui.admin.conftest import Site

OPEN = "平日开放几小时？"
"""What the documents answer."""
ELSEWHERE = "图书馆一年要交多少钱押金？"
"""What they do not."""


def asked(
    site: Site,
    question: str,
    days_ago: float = 0,
    rating: Rating | None = None,
    reasons: tuple[Reason, ...] = (),
    comment: str = "",
    after: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The answer to a question, asked so many days before the site's clock; `after`: as a follow-up."""
    headers = {"Authorization": f"Bearer {site.key(Scope.ASK)}"}
    body: dict[str, Any] = {"question": question}
    if after:
        body["conversation_id"] = after["conversation_id"]
        headers["X-Conversation-Secret"] = after["conversation_secret"]
    answer: dict[str, Any] = httpx.post(f"{site.base}/v1/ask", json=body, headers=headers, timeout=60).json()
    if rating is not None:
        site.store.ratings.rate(answer["id"], rating, comment, reasons)
    at = site.now() - timedelta(days=days_ago)
    moved(site, answer["id"], at)
    return answer


def moved(site: Site, answer_id: str, at: datetime) -> None:
    """Let an answer, and what was thought of it, be of another time."""
    with site.store.database.begin() as connection:
        for table in (exchanges, ratings):
            connection.execute(update(table).where(table.c.answer_id == answer_id).values(created_at=at))
        short = update(overview).where(overview.c.answer_id == answer_id)
        connection.execute(short.values(asked_at=int(at.timestamp())))
