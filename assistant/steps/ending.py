"""A turn that ends with a fixed reply: what the table of statuses (`assistant/statuses.py`) names for it."""

from dataclasses import replace

from assistant.schema import ComposedSentence, Composition, SentenceKind, Status, Turn
from assistant.statuses import STATUSES
from prompts import reply

LIKELY = 0.5
"""The chance from which on a message that nothing answers is more likely no question for the documents."""


def ended(turn: Turn, status: Status, confidence: float = 1.0, named: str | None = None) -> Turn:
    """`turn` ended with `status` and its fixed reply, or the one that is `named`."""
    text = reply(named or STATUSES[status].reply or "")
    said = Composition((ComposedSentence(text, kind=SentenceKind.NOTICE),), confidence=confidence)
    return replace(turn, status=status, answer=said)
