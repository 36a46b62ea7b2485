"""What stands on a page of the chat: a conversation's answers from the store, the rest from memory.

The page never sends back what it shows. So the server remembers, for as long as a page is open and for few
pages at a time, which answers stand on it, and the questions that got a sentence instead of an answer,
which are no part of a conversation.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from assistant.schema import MAX_QUESTION
from assistant.storage.conversations import Answered
from ui.chat.markdown import escape_markdown, render_answer

Messages = list[dict[str, Any]]
"""The value of a Chatbot, made by the server: role and Markdown text."""

PAGES = 500
"""Open pages that are remembered at a time; the longest unused are forgotten."""
UNANSWERED = 5
"""Unanswered questions that are remembered of one page, the latest."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One question on a page and what stands below it."""

    question: str
    """As it was asked."""
    reply: str
    """Markdown."""
    answer_id: str | None = None
    """None where it got no answer."""


@dataclass(frozen=True, slots=True)
class _Unanswered:
    after: str | None
    """Id of the answer above it; None at the top."""
    shown: Shown


@dataclass(frozen=True, slots=True)
class _Page:
    unanswered: tuple[_Unanswered, ...] = ()
    answer_ids: tuple[str | None, ...] = ()
    """Of the questions on the page, from the top, each one's answer."""


class Pages:
    """The open pages, by Gradio's session hash. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pages: OrderedDict[str, _Page] = OrderedDict()

    def shown(self, page: str, answered: Iterable[Answered], contact: str | None) -> tuple[Shown, ...]:
        """`answered`, oldest first, with the page's unanswered questions where they were."""
        return tuple(_merged(answered, self._get(page).unanswered, contact))

    def stands(self, page: str, answer_ids: Iterable[str | None]) -> None:
        """Remember which answers stand on the page, one for each question."""
        self._put(page, replace(self._get(page), answer_ids=tuple(answer_ids)))

    def unanswered(self, page: str, before: Iterable[Shown], question: str, reply: str) -> None:
        """Remember a question that stands below `before`; of an endless one its beginning."""
        after = next((each.answer_id for each in reversed(tuple(before)) if each.answer_id), None)
        known = self._get(page)
        all_of_it = (*known.unanswered, _Unanswered(after, Shown(clipped(question), reply)))
        self._put(page, replace(known, unanswered=all_of_it[-UNANSWERED:]))

    def answer_at(self, page: str, place: int) -> str | None:
        """Id of the answer to the page's question number `place`, from 0 at the top; None where there is
        none, or the page is not remembered."""
        known = self._get(page).answer_ids
        return known[place] if 0 <= place < len(known) else None

    def forget(self, page: str) -> None:
        """Forget the page."""
        with self._lock:
            self._pages.pop(page, None)

    def _get(self, page: str) -> _Page:
        with self._lock:
            return self._pages.get(page, _Page())

    def _put(self, page: str, known: _Page) -> None:
        with self._lock:
            self._pages[page] = known
            self._pages.move_to_end(page)
            while len(self._pages) > PAGES:
                self._pages.popitem(last=False)


def _merged(
    answered: Iterable[Answered], unanswered: tuple[_Unanswered, ...], contact: str | None
) -> Iterator[Shown]:
    yield from (each.shown for each in unanswered if each.after is None)
    for known in answered:
        yield Shown(known.question, render_answer(known.answer, contact), known.answer.id)
        yield from (each.shown for each in unanswered if each.after == known.answer.id)


def clipped(question: str) -> str:
    """`question`, of one that is too long to be asked its beginning."""
    return question if len(question) <= MAX_QUESTION else f"{question[:MAX_QUESTION]}……"


def messages(shown: Iterable[Shown], question: str | None = None, reply: str | None = None) -> Messages:
    """`shown` as a Chatbot takes it, two messages each, then a `question` in work, clipped, and what there
    is of its `reply`. A message is text: a string never becomes a file or a component."""
    made: Messages = []
    for each in shown:
        made += [_said("user", escape_markdown(each.question)), _said("assistant", each.reply)]
    if question is not None:
        made.append(_said("user", escape_markdown(clipped(question))))
    if reply is not None:
        made.append(_said("assistant", reply))
    return made


def _said(role: str, text: str) -> dict[str, Any]:
    return {"role": role, "content": text}
