"""A client of the mounted chat that speaks Gradio's protocol as the page does, and as an attacker would."""

import json
import logging
import re
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx

JOIN, DATA, CANCEL = "/gradio_api/queue/join", "/gradio_api/queue/data", "/gradio_api/cancel"
TYPED, EXAMPLE, RATED, AGAIN = 0, 1, 2, 3
"""Gradio's indices of the listeners, in the order in which `ui.chat.blocks` names them."""

QUESTION = "娃儿一天在学校能运动好久？"
Records = list[logging.LogRecord]
_LISTS = Path(__file__).parent


def listed(name: str) -> list[tuple[str, ...]]:
    """The lines of one of the lists beside this file, in words."""
    return [tuple(line.split()) for line in (_LISTS / name).read_text(encoding="utf-8").splitlines()]


def routes_of(routes: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """Method (ANY where a route takes every one) and path of each route, those of included routers too."""
    for route in routes:
        if hasattr(route, "original_router"):
            yield from routes_of(route.original_router.routes)
        else:
            for method in getattr(route, "methods", None) or ["ANY"]:
                yield method, route.path


def filled(path: str) -> str:
    """`path` with something for each of its parameters."""
    return re.sub(r"\{[^}]*\}", "x", path)


class Page:
    """One load of the chat's page."""

    def __init__(self, base: str) -> None:
        self.session = uuid.uuid4().hex[:11]
        self.http = httpx.Client(base_url=base, timeout=60)

    def join(self, body: Any) -> httpx.Response:
        """POST `body` as an event, with this page's session where it is an object."""
        sent = {"session_hash": self.session, **body} if isinstance(body, dict) else body
        content = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
        return self.http.post(JOIN, content=content, headers={"Content-Type": "application/json"})

    def told(self) -> str:
        """All that the page is told until its events are through, as it came."""
        return self.http.get(DATA, params={"session_hash": self.session}).text

    def event(self, index: int, data: list[Any], detail: Any = None) -> list[Any]:
        """The last values of an event's outputs."""
        joined = self.join({"fn_index": index, "data": data, "event_data": detail, "trigger_id": 1})
        assert joined.status_code == 200, joined.text
        lines = [line[6:] for line in self.told().splitlines() if line.startswith("data: ")]
        done = [message for line in lines if (message := json.loads(line))["msg"] == "process_completed"]
        assert done
        assert done[-1]["success"], done
        values: list[Any] = done[-1]["output"]["data"]
        return values
