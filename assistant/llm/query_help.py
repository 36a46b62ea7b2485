"""A model's help with a message: a follow-up made complete, a long story boiled down to what it asks.

Nothing it brings in is believed: every word of its question must stand in the message or in the question
before. Otherwise, and whenever the model fails, the offline way of `assistant.steps.rewrite` is taken.
"""

from assistant.errors import ModelFault
from assistant.llm.client import ChatModel
from index.text.folding import fold_text
from index.text.personal_data import mask
from index.text.tokens import words
from prompts import load_prompt

_LONGEST = 90
"""Code points of a question that is taken; longer ones have not been boiled down."""
_SECONDS = 3.0
"""Of the budget: people wait for this before anything is searched."""


class QueryHelp:
    """Rewrites with one model. Safe to share between threads."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model
        self._prompt = load_prompt("rewrite")

    def completed(self, message: str, earlier: str) -> str | None:
        """`message`, which leans on the question `earlier`, as a question of its own; None where the model
        has none to offer."""
        task = self._prompt.text("follow_up", earlier=mask(earlier), message=mask(message))
        return self._asked(task, message + earlier)

    def boiled_down(self, message: str) -> str | None:
        """What the long `message` asks, in its own words; None as above."""
        return self._asked(self._prompt.text("story", message=mask(message)), message)

    def _asked(self, task: str, known: str) -> str | None:
        messages = [
            ("system", self._prompt.text("instructions")),
            ("human", self._prompt.text("example_task")),
            ("ai", self._prompt.text("example_reply")),
            ("human", task),
        ]
        deadline = self._model.deadline(_SECONDS)
        try:
            offered = next(
                (line.strip() for line in self._model.lines(messages, deadline) if line.strip()), ""
            )
        except ModelFault:
            return None  # counted and logged where it was raised
        return offered if _is_sound(offered, known) else None


def _is_sound(offered: str, known: str) -> bool:
    held = fold_text(known)
    own = words(offered)
    return 0 < len(offered) <= _LONGEST and len(own) > 1 and all(word in held for word in own)
