"""What is said to each message of one account's followers: once, however often and to however many workers
it is delivered.

Of a follower nothing is kept but keyed hashes: one tells followers apart, another, of it and the message with
which a conversation began, is the conversation's secret.
"""

import base64
import hashlib
import hmac
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from assistant.access.rates import CountsWindows, count, limit
from assistant.answering.about import about_lines
from assistant.api.problems import ProblemError
from assistant.api.work import lane_for
from assistant.errors import InvalidQuestion, Paused, StorageFault, UnknownConversation
from assistant.storage.conversations import conversation_of
from assistant.storage.deliveries import Deliveries
from assistant.wechat.messages import Message
from assistant.wechat.reply_text import answer_text, joined
from prompts import reply

if TYPE_CHECKING:
    from assistant.schema import Answer
    from assistant.service import Assistant

GIVEN_UP_SECONDS = 120
"""A question without a reply after so long is no longer worked on: its worker has died. A language model has
20 s for one, a server that opens its index needs less than a minute."""
_WAITING = 64
"""Questions that one worker has before it at a time. At 80 ms of processor each, the last is answered within
a few seconds."""
_ANEW = frozenset({"新对话", "新的对话", "重新开始"})
_GO_ON = frozenset({"继续", "继续查"})
_STOPS = "。！!.～~ \u3000"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Said:
    """A reply that is there at once; empty: nothing is said."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class Pending:
    """A reply that is to come."""

    delivery: str
    """Whose reply it is (`Desk.reply`)."""
    question: str | None = field(default=None, repr=False)
    """What is to be asked, by whoever was given this (`Desk.work`); None: somebody else is at it."""
    conversation_id: str = ""


class Desk:
    """Takes the messages of one account. Safe to share between threads."""

    def __init__(
        self,
        secret: bytes,
        deliveries: Deliveries,
        counters: CountsWindows,
        get_assistant: "Callable[[], Assistant]",
        per_minute: int,
        link: Callable[[str], str] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`secret` keys the hashes. `get_assistant` raises a problem while there is none. `link` makes, of
        an answer's id, the address of its page."""
        self._secret = secret
        self._deliveries = deliveries
        self._counters = counters
        self._get_assistant = get_assistant
        self._per_minute = per_minute
        self._link = link
        self._clock = clock
        self._slots = threading.BoundedSemaphore(_WAITING)

    def receive(self, message: Message) -> Said | Pending:
        """What is said to `message`, or what has to be waited for. Raises StorageFault."""
        match message.kind:
            case "text":
                return self._asked(message, message.fields.get("Content", ""))
            case "voice":
                heard = message.fields.get("Recognition", "")
                return self._asked(message, heard) if heard.strip() else Said(reply("wechat_voice"))
            case "event":
                return self._happened(message)
            case _:
                return Said(reply("wechat_text_only"))

    def reply(self, delivery: str) -> str | None:
        """The reply to a message, once it is there. Raises StorageFault."""
        return self._deliveries.reply(delivery)

    def ask_to_wait(self, delivery: str) -> str:
        """What is said while a reply is not there; the follower can ask for it later. Raises StorageFault."""
        self._deliveries.owe(delivery)
        return reply("wechat_waiting")

    def work(self, pending: Pending) -> str:
        """Ask the question of `pending`, and keep the reply. To be called once for each that has one. Raises
        StorageFault where the reply cannot be kept."""
        try:
            return self._finished(
                pending.delivery, self._answered(pending.question or "", pending.conversation_id)
            ).text
        finally:
            self._slots.release()

    def _happened(self, message: Message) -> Said | Pending:
        match message.fields.get("Event", "").lower():
            case "subscribe":
                return Said(self._greeting())
            case "click":
                return self._asked(message, message.fields.get("EventKey", ""))
            case _:
                return Said()

    def _asked(self, message: Message, text: str) -> Said | Pending:
        question = text.strip()
        if not question:
            return Said(reply("wechat_text_only"))
        command = question.rstrip(_STOPS)
        follower = self._hash("follower", message.sender)
        delivery = self._hash("delivery", *message.mark)
        now = int(self._clock())
        taken = self._deliveries.take(delivery, follower, now, anew=command in _ANEW)
        if not taken.first:
            said = self._deliveries.reply(delivery)
            return Pending(delivery) if said is None else Said(said)
        if self._too_often(follower):
            return self._finished(delivery, reply("wechat_too_often"))
        if command in _ANEW:
            return self._finished(delivery, reply("wechat_anew"))
        if command in _GO_ON and (owed := self._deliveries.owed(delivery, follower)):
            self._deliveries.stands_for(delivery, owed.id)
            if owed.reply is None and now - owed.received_at > GIVEN_UP_SECONDS:
                return self._finished(owed.id, reply("wechat_fault"))
            return Pending(owed.id) if owed.reply is None else Said(owed.reply)
        if not self._slots.acquire(blocking=False):
            return self._finished(delivery, reply("wechat_busy"))
        conversation = self._conversation(follower, taken.delivery.conversation)
        return Pending(delivery, question, conversation)

    def _too_often(self, follower: str) -> bool:
        """Count a message of the follower's; whether it is one too many."""
        amount = limit("wechat", f"{self._per_minute}/minute", follower)
        return count([amount], self._counters, self._clock)[0].exceeded

    def _finished(self, delivery: str, said: str) -> Said:
        self._deliveries.finish(delivery, said)
        return Said(said)

    def _answered(self, question: str, conversation_id: str) -> str:
        try:
            assistant = self._get_assistant()
            ask = partial(_ask, assistant, question, conversation_id)
            answer = lane_for(None, assistant.settings).run_blocking(ask)
            return answer_text(answer, self._page(answer))
        except (InvalidQuestion, Paused) as error:
            return error.message
        except ProblemError as problem:  # the index is being opened
            return problem.detail
        except Exception:  # noqa: BLE001 - logged; the follower is told, and asks again
            _log.exception("a question from WeChat could not be answered")
            return reply("wechat_fault")

    def _page(self, answer: "Answer") -> str | None:
        """The address of the answer's page, where there is something to see on it."""
        if self._link is None or not (answer.citations or answer.related):
            return None
        try:
            return self._link(answer.id)
        except StorageFault:  # the database has said in the log what is the matter
            return None

    def _greeting(self) -> str:
        """Welcomes, and says what is covered, once that is known."""
        try:
            assistant = self._get_assistant()
        except ProblemError:
            return reply("wechat_greeting")
        settings = assistant.settings
        held = about_lines(
            "documents", assistant.library, assistant.clock(), settings.operator, settings.contact
        )
        return joined([reply("wechat_greeting"), *held], [], [])

    def _conversation(self, follower: str, began_with: str) -> str:
        digest = self._digest("conversation", follower, began_with)
        return conversation_of(base64.urlsafe_b64encode(digest).rstrip(b"=").decode())

    def _hash(self, *parts: str) -> str:
        return self._digest(*parts).hex()

    def _digest(self, *parts: str) -> bytes:
        """A keyed hash of `parts`; XML carries no NUL, so that they cannot run into each other."""
        return hmac.digest(self._secret, "\0".join(parts).encode(), hashlib.sha256)


def _ask(assistant: "Assistant", question: str, conversation_id: str) -> "Answer":
    """The answer in the follower's conversation, which may begin with it."""
    try:
        return assistant.ask(question, conversation_id=conversation_id)
    except UnknownConversation:
        return assistant.ask(question, new_conversation_id=conversation_id)
