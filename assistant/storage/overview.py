"""An exchange in short: narrow columns beside the long texts, so that many exchanges can be looked through
without reading what each of them holds."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from assistant.storage.masking import storable
from index.text.folding import fold_text

_SAME = 200
"""Code points of `same_as`, at most."""


def overview_row(
    exchange_id: int,
    asked_at: datetime,
    exchange: Mapping[str, Any],
    answer: Mapping[str, Any],
    rating: str | None = None,
) -> dict[str, Any]:
    """The row of `tables.overview` for an exchange and its answer as they are stored, masked."""
    timings = answer.get("timings_ms") or {}
    related = answer.get("related") or ()
    question, standalone = storable(exchange["question"]), storable(answer["standalone_question"])
    return {
        "exchange_id": exchange_id,
        "answer_id": answer["id"],
        "asked_at": int(asked_at.timestamp()),
        "status": str(answer["status"]),
        "confidence": answer["confidence"],
        "correction": bool(answer.get("correction")),
        "question": question,
        "standalone": standalone,
        "words": "\n".join(dict.fromkeys(map(fold_text, (question, standalone)))),
        "same_as": same_as(standalone),
        "nearest": related[0]["clause_id"] if related else None,
        "rating": rating,
        "total_ms": round(sum(timings.values()), 2),
        "timings": json.dumps(timings),
    }


def cited_rows(exchange_id: int, answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of `tables.cited`: one for each document that the answer quotes as evidence."""
    documents = dict.fromkeys(citation["document_id"] for citation in answer.get("citations") or ())
    return [{"document_id": document, "exchange_id": exchange_id} for document in documents]


def same_as(question: str) -> str:
    """What questions have in common that differ in how they are written only: the folded letters and digits,
    cut."""
    return "".join(char for char in fold_text(question) if char.isalnum())[:_SAME]
