"""Server-sent events, and JSON as it leaves: UTF-8, in which half a character is replaced."""

import json
from typing import Any

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
SILENCE = ":\n\n"
"""A comment, which clients pass over."""
SILENCE_SECONDS = 10.0
"""It is sent after so long without an event, so that proxies keep the connection."""


def json_bytes(value: Any) -> bytes:
    """`value` as JSON."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def event_text(name: str | None, data: Any) -> str:
    """One event; `name`: None for a stream whose events have none."""
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json_bytes(data).decode()}\n\n"
