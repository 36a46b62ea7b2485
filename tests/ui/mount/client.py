"""A client of the mounted chat that speaks Gradio's protocol as the page does, and as an attacker would."""

import json
import uuid
from typing import Any

import httpx

JOIN, DATA, CANCEL = "/gradio_api/queue/join", "/gradio_api/queue/data", "/gradio_api/cancel"
TYPED, EXAMPLE, RATED, AGAIN = 0, 1, 2, 3
"""Gradio's indices of the listeners, in the order in which `ui.chat` names them."""


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
