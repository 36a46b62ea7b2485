"""The message made clean, what it asks told apart from the rest, and the endings that need no search.

White space, invisible and control characters and lone surrogates go, traditional characters become
simplified ones. A message that asks nothing and greets or thanks ends here.
"""

import re
from dataclasses import replace

from assistant.question.clauses import clauses
from assistant.question.message import understood
from assistant.question.patterns import load_patterns
from assistant.schema import Status, Turn
from assistant.steps.ending import ended

_MEANING = re.compile(r"[^\W\d_]|\d")


class Understand:
    """Cleans the message and answers greetings and thanks."""

    def __call__(self, turn: Turn) -> Turn:
        """Sets `question`; may end the turn."""
        question = understood(turn.request.message)
        turn = replace(turn, question=question)
        if not _MEANING.search(question.clean):
            return ended(turn, Status.CLARIFY)
        if kind := _smalltalk(question.clean):
            return ended(turn, Status.SMALLTALK, named=f"smalltalk_{kind}")
        return turn


def _smalltalk(clean: str) -> str | None:
    """The kind of small talk that every clause of a message is, the last one's; None where one is more."""
    kinds = [
        next((kind for kind, pattern in load_patterns().smalltalk if pattern.fullmatch(clause.text)), None)
        for clause in clauses(clean)
    ]
    return kinds[-1] if kinds and all(kinds) else None
