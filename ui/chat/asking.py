"""What both ways of asking share, the queue's and the form's: arguments, and what a fault says."""

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assistant.api.problems import ProblemError
from assistant.errors import PolicyQAError, UnknownConversation, UnknownDocument
from assistant.storage.conversations import Answered, conversation_of
from assistant.storage.ratings import Rating
from ui.chat.view import TurnView, turn_view

if TYPE_CHECKING:
    from assistant.service import Assistant

Converses = Callable[[str], None]
"""Told of each question in a conversation; raises a problem where it is one too many."""
_SHOWN = 100
"""Turns of a conversation that stand on the page, the latest."""
_FAULT = "抱歉，刚才出了点问题，没能回答。请再试一次；如果还是不行，请稍后再来。"
_LOST = "之前的对话已经找不到了，已为您开始新的对话。"
_GONE = "您选的查找范围里，有文件已经不再收录。请刷新网页，重新选一次查找范围。"
_NUMBER = re.compile(r"[0-9a-f]{32}")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its conversation."""

    question: str
    secret: str
    """The conversation's."""
    begun: bool
    """Who asks has seen answers of it: if it is not there, it was lost."""
    documents: tuple[str, ...] = ()
    """Ids to stay within; empty: all."""
    number: str = ""
    """32 random hexadecimal digits by which the page knows the question: asked again under it, after a
    reload or a broken connection, it has the answer that it had. "" where the page gives none."""

    @property
    def answer_id(self) -> str | None:
        """The id of its answer; None where the page leaves it to the server."""
        return f"ans_{self.number}" if _NUMBER.fullmatch(self.number) else None

    def before(self, assistant: "Assistant") -> Answered | None:
        """The answer that it had when it was asked before in the same conversation. Raises
        UnknownConversation for no secret, StorageFault."""
        found = assistant.store.conversations.answered(self.answer_id) if self.answer_id else None
        same = found is not None and found.answer.conversation_id == conversation_of(self.secret)
        return found if same else None

    def arguments(self, assistant: "Assistant", converses: Converses) -> dict[str, Any]:
        """Those of `Assistant.ask`. Raises UnknownConversation where one that has begun is gone, ProblemError
        where too much is asked in it, StorageFault."""
        conversation = conversation_of(self.secret)
        converses(conversation)
        kept = {"conversation_id": conversation}
        try:
            assistant.store.conversations.conversation(conversation)
        except UnknownConversation:
            if self.begun:
                raise
            kept = {"new_conversation_id": conversation}
        within = list(dict.fromkeys(self.documents))
        taken = self.answer_id and assistant.store.conversations.answered(self.answer_id)
        return {
            **kept,
            "question": self.question,
            "documents": within or None,
            "answer_id": None if taken else self.answer_id,
        }


def said_of(error: Exception) -> str:
    """What a person is told of a fault; one that nobody foresaw is logged."""
    match error:
        case UnknownConversation():
            return _LOST
        case UnknownDocument():
            return _GONE
        case ProblemError():
            return error.detail
        case PolicyQAError():
            return error.message
    _log.error("a question could not be answered", exc_info=error)
    return _FAULT


def transcript(assistant: "Assistant", secret: str) -> tuple[Answered, ...]:
    """What stands of a conversation, the earliest first. Raises UnknownConversation, StorageFault."""
    return assistant.store.conversations.transcript(conversation_of(secret), _SHOWN)


def views(
    assistant: "Assistant", found: Sequence[Answered], ratings: Mapping[str, Rating] | None = None
) -> tuple[TurnView, ...]:
    """The turns of stored answers, with how they were rated, by id; only the last offers what else may be
    asked."""
    rated = ratings or {}
    last = len(found) - 1
    return tuple(
        turn_view(each, assistant, suggest=at == last, rating=rated.get(each.answer.id))
        for at, each in enumerate(found)
    )
