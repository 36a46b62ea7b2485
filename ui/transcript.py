"""What the chat shows of a conversation: its answered questions from the store, its faults from memory.

The page never sends back what it shows. A question that got a sentence instead of an answer is nothing
that a conversation consists of, so it is kept for the page's own life only, and for few pages.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from assistant.conversations import Answered
from assistant.schema import MAX_QUESTION
from ui.markdown import escape_markdown, render_answer

Messages = list[dict[str, Any]]
"""The value of a Chatbot, made by the server: role and Markdown text."""

PAGES = 500
"""Pages whose faults are kept at a time; the longest unused are forgotten."""
FAULTS = 5
"""Faults that are kept of one page, the latest."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One question on the page and what stands below it."""

    question: str
    """As it was asked."""
    reply: str
    """Markdown."""
    answer_id: str | None = None
    """None where it got no answer."""


@dataclass(frozen=True, slots=True)
class _Fault:
    after: str | None
    """Id of the answer above it; None at the top."""
    shown: Shown


class Faults:
    """Questions that got no answer, by the page (Gradio's session hash) that asked them. Safe to share
    between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: OrderedDict[str, tuple[_Fault, ...]] = OrderedDict()

    def add(self, page: str, after: str | None, question: str, reply: str) -> None:
        """Keep one that stands below the answer `after`. An endless question is kept as its beginning."""
        whole = len(question) <= MAX_QUESTION
        shown = Shown(question if whole else f"{question[:MAX_QUESTION]}……", reply)
        with self._lock:
            self._of[page] = (*self._of.get(page, ()), _Fault(after, shown))[-FAULTS:]
            self._of.move_to_end(page)
            while len(self._of) > PAGES:
                self._of.popitem(last=False)

    def forget(self, page: str) -> None:
        """Forget those of one page."""
        with self._lock:
            self._of.pop(page, None)

    def among(self, page: str, answered: Iterable[Answered], contact: str | None) -> tuple[Shown, ...]:
        """`answered`, oldest first, with the page's faults where they were."""
        with self._lock:
            faults = self._of.get(page, ())
        return tuple(_merged(answered, faults, contact))


def _merged(answered: Iterable[Answered], faults: tuple[_Fault, ...], contact: str | None) -> Iterator[Shown]:
    yield from (fault.shown for fault in faults if fault.after is None)
    for each in answered:
        yield Shown(each.question, render_answer(each.answer, contact), each.answer.id)
        yield from (fault.shown for fault in faults if fault.after == each.answer.id)


def messages(shown: Iterable[Shown], question: str | None = None, reply: str | None = None) -> Messages:
    """`shown` as a Chatbot takes it, two messages each, then a `question` in work and what there is of its
    `reply`. A message is text: a string never becomes a file or a component."""
    made: Messages = []
    for each in shown:
        made += [_said("user", escape_markdown(each.question)), _said("assistant", each.reply)]
    if question is not None:
        made.append(_said("user", escape_markdown(question)))
    if reply is not None:
        made.append(_said("assistant", reply))
    return made


def _said(role: str, text: str) -> dict[str, Any]:
    return {"role": role, "content": text}
