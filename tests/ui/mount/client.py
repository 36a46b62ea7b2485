"""A client of the mounted chat that speaks Gradio's protocol as the page does, and as an attacker would."""

import copy
import json
import logging
import re
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx

from assistant.storage.conversations import new_secret

JOIN, DATA, CANCEL = "/gradio_api/queue/join", "/gradio_api/queue/data", "/gradio_api/cancel"
ASK = 0
"""Gradio's index of the one endpoint."""

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


def texts(
    question: str, secret: str, begun: bool = False, documents: str = "", number: str = ""
) -> list[str]:
    """What the page sends with a question."""
    return [question, secret, "1" if begun else "", documents, number]


class Page:
    """One load of the chat's page, with a conversation of its own."""

    def __init__(self, base: str) -> None:
        self.session = uuid.uuid4().hex[:11]
        self.secret = new_secret()
        self.begun = False
        self.http = httpx.Client(base_url=base, timeout=60)

    def join(self, body: Any) -> httpx.Response:
        """POST `body` as an event, with this page's session where it is an object."""
        sent = {"session_hash": self.session, **body} if isinstance(body, dict) else body
        content = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
        return self.http.post(JOIN, content=content, headers={"Content-Type": "application/json"})

    def asks(self, question: str) -> httpx.Response:
        """POST `question` in this page's conversation, without listening."""
        return self.join({"fn_index": ASK, "data": texts(question, self.secret, self.begun)})

    def told(self) -> str:
        """All that the page is told until its events are through, as it came."""
        return self.http.get(DATA, params={"session_hash": self.session}).text

    def events(self, data: list[Any], **more: Any) -> list[dict[str, Any]]:
        """What the endpoint gives for `data`, event by event."""
        joined = self.join({"fn_index": ASK, "data": data, **more})
        assert joined.status_code == 200, joined.text
        return events_in(self.told())

    def event(self, question: str, secret: str | None = None, begun: bool | None = None) -> dict[str, Any]:
        """The last event of a question; by default in this page's conversation, which has begun once it was
        answered."""
        known = self.begun if begun is None else begun
        last = self.events(texts(question, self.secret if secret is None else secret, known))[-1]
        if secret is None and last["kind"] == "answered":
            self.begun = True
        return last


def events_in(told: str) -> list[dict[str, Any]]:
    """The values of the one event whose messages are `told`: the first comes whole, of the others what has
    changed since, as the page puts them together."""
    messages = [json.loads(line[6:]) for line in told.splitlines() if line.startswith("data: ")]
    done = [message for message in messages if message["msg"] == "process_completed"]
    assert done
    assert done[-1]["success"], done
    value: Any = None
    values = []
    for message in messages:
        if message["msg"] == "process_generating":
            given = message["output"]["data"][0]
            value = given if value is None else _patched(value, given)
            values.append(copy.deepcopy(value))
    return values


def _patched(value: Any, changes: list[tuple[str, list[Any], Any]]) -> Any:
    root = {"value": value}
    for action, path, new in changes:
        way: list[Any] = ["value", *path]
        last = way.pop()
        target: Any = root
        for step in way:
            target = target[step]
        if action == "append":
            target[last] += new
        elif action == "delete":
            del target[last]
        elif action == "add" and isinstance(target, list):
            target.insert(last, new)
        else:
            target[last] = new
    return root["value"]
