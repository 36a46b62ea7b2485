"""A chat whose answers a scripted model writes, which waits until it is told to go on."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.schema import Answerer
from assistant.storage.ratings import Rating, Reason
from tests.assistant.llm.server import Messages, Reply, Scripted, copied, scripted
from tests.conftest import TODAY
from tests.serving import served

if TYPE_CHECKING:
    from assistant.llm.client import ChatModel
    from assistant.service import Assistant
    from assistant.settings import Settings


QUESTIONS = (
    "娃儿一天在学校能运动好久？",
    "公办幼儿园的占比要达到多少？",
    "集团化办学覆盖率要达到多少？",
    "老师的编制怎么解决？",
    "校外培训机构怎么管？",
    "进城打工，娃儿能在城里头读书不？",
    "老师的工资会比公务员低吗？",
    "学校经费由谁来监管？",
    "优质高中的招生指标怎么分到初中？",
    "教育经费怎么保障？",
    "职业教育怎么发展？",
    "特殊教育怎么发展？",
    "放学了没得人接，学校管不管？",
    "民办学校怎么管？",
)
"""Such that the documents answer them."""


class Gate:
    """Open at first; closed, the model's replies wait."""

    def __init__(self) -> None:
        self._open = threading.Event()
        self._open.set()

    def close(self) -> None:
        """Let replies wait from now on."""
        self._open.clear()

    def open(self) -> None:
        """Let them go."""
        self._open.set()

    def script(self, messages: Messages) -> Reply:
        """The first passage word by word, once the gate is open."""
        self._open.wait(60)
        return copied(messages)


class Held:
    """A served chat and the gate of its model."""

    def __init__(
        self, base: str, assistant: "Assistant", model: Scripted, chat_model: "ChatModel", gate: Gate
    ) -> None:
        self.base = base
        self.assistant = assistant
        self.model = model
        """The endpoint."""
        self._chat_model = chat_model
        self.gate = gate
        self._asked = 0
        self._admin_key = ""
        self.admin_id = ""
        """Of the key that `admin_key` makes."""

    def fresh(self) -> str:
        """A question for the model: what one wrote is kept, so from now on it is another by name."""
        self._asked += 1
        settings = self._chat_model.settings
        self._chat_model.settings = replace(settings, model=f"scripted-{self._asked}")
        return QUESTIONS[self._asked % len(QUESTIONS)]

    def admin_key(self) -> str:
        """A maintainer's key; there is something to see with it: an answer that was rated, and refusals."""
        from assistant.access.keys import Key, Scope, new_token

        store = self.assistant.store
        store.counters.reset()  # of attempts to log in from one address
        if not self._admin_key:
            self._admin_key, self.admin_id, digest = new_token()
            scopes = frozenset({Scope.ADMIN})
            store.keys.add(Key(self.admin_id, "维护员", scopes, digest, created_at=datetime.now(UTC)))
            for question in ("听说公办园占比要到80%？", "校服多少钱一套？", "公办幼儿园一个月收好多钱？"):
                answer = self.assistant.ask(question, answerer=Answerer.EXTRACTIVE)
                store.ratings.rate(answer.id, Rating.DOWN, "太长了", [Reason.UNCLEAR])
        return self._admin_key


@contextmanager
def gated() -> Iterator[tuple[Scripted, Gate]]:
    """A model's endpoint behind a gate; nobody waits any more in the end."""
    gate = Gate()
    with scripted(gate.script) as model:
        try:
            yield model, gate
        finally:
            gate.open()


@contextmanager
def held_chat(settings: "Settings", folder: Path) -> Iterator[Held]:
    """A chat in this process, with a database in `folder`."""
    from assistant.llm.client import ChatModel
    from assistant.service import Assistant
    from assistant.settings import ModelSettings
    from assistant.storage.store import Store
    from index.search.open_index import open_index
    from ui.serve import compose

    with gated() as (model, gate):
        chat_model = ChatModel(ModelSettings(model.base_url, "scripted", budget_seconds=60))
        assistant = Assistant(
            open_index(settings.index()),
            Store(f"sqlite:///{folder / 'c.sqlite'}"),
            settings.model_copy(update={"answerer": Answerer.LLM, "cache_seconds": 0}),
            lambda: TODAY,
            model=chat_model,
        )
        app = compose(lambda: assistant, assistant.store, folder=settings.state_dir / "gradio")
        with served(app) as base:
            yield Held(base, assistant, model, chat_model, gate)
