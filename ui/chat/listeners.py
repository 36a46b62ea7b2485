"""What the chat's listeners do: answer a question, rate an answer, begin anew.

They are given the question and the conversation's secret, and read the rest from the store.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.api.problems import INTERNAL, ProblemError
from assistant.api.work import lane_for
from assistant.errors import PolicyQAError, UnknownAnswer, UnknownConversation
from assistant.schema import Answerer
from assistant.storage.conversations import Answered, conversation_of, new_secret
from assistant.storage.ratings import Rating
from assistant.stream import Done, Failed, FoundClauses, Piece, streamed
from ui.chat.markdown import escape_markdown, render_answer, render_text
from ui.chat.transcript import Messages, Pages, Shown, messages

if TYPE_CHECKING:
    from assistant.service import Assistant

Update = tuple[Any, Any, Any]
"""What a listener gives the page: the question's box, the messages, the conversation's secret; each can be
`gr.skip()`."""

_FAULT = "抱歉，刚才出了点问题，没能回答。请再问一次；如果还是不行，请稍后再来。"
_WRITING = "已找到相关条款，正在逐句核对回答……"
_RATED = "谢谢，已记下您的评价。"
_NOT_RATED = "这个评价没能记下。"
_EMPTY = "问题是空的，请写下您想问的事。"
_LOST = "之前的对话已经找不到了，已为您开始新的对话，请再问一次。"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Reply:
    """What stands below a question in work."""

    text: str
    """Markdown."""
    answer_id: str | None = None
    """Given once the answer is whole; without it the last reply is no answer."""
    secret: str | None = None
    """The conversation's from now on."""


class Listeners:
    """Shows the question at once, then the answer.

    `secret` is the conversation's, held by the page; `page` is Gradio's session hash, one a page load.
    """

    def __init__(
        self,
        get_assistant: "Callable[[], Assistant]",
        examples: Sequence[str],
        converses: Callable[[str], None] = lambda conversation_id: None,
    ) -> None:
        """`converses` counts one question more in a conversation, and raises a problem above its limit."""
        self._get_assistant = get_assistant
        self._converses = converses
        self._examples = examples
        self._pages = Pages()

    def typed(self, question: str | None, secret: str | None, request: gr.Request) -> Iterator[Update]:
        """Answer what was typed."""
        question = (question or "").strip()
        if not question:
            gr.Info(_EMPTY, duration=4, title="提示")
            yield "", gr.skip(), gr.skip()
            return
        yield from self._asked(question, secret or None, _page(request))

    def example(self, secret: str | None, chosen: gr.SelectData, request: gr.Request) -> Iterator[Update]:
        """Answer the example question that was chosen."""
        if isinstance(chosen.index, int) and 0 <= chosen.index < len(self._examples):
            yield from self._asked(self._examples[chosen.index], secret or None, _page(request))

    def rated(self, liked: gr.LikeData, request: gr.Request) -> None:
        """Keep what the asker thinks of an answer. A choice taken back comes as "", and is left alone."""
        if not isinstance(liked.liked, bool):
            return
        message = liked.index if isinstance(liked.index, int) else liked.index[0]
        answer_id = self._pages.answer_at(_page(request), message // 2)
        try:
            if answer_id is None:
                raise UnknownAnswer(_NOT_RATED)
            rating = Rating.UP if liked.liked else Rating.DOWN
            self._get_assistant().store.ratings.rate(answer_id, rating)
        except (ProblemError, PolicyQAError):
            gr.Warning(_NOT_RATED, duration=4, title="提示")
        else:
            gr.Info(_RATED, duration=3, title="提示")

    def start_again(self, request: gr.Request) -> tuple[str, Messages, str]:
        """An empty page, without a conversation."""
        self._pages.forget(_page(request))
        return "", [], ""

    def _asked(self, question: str, secret: str | None, page: str) -> Iterator[Update]:
        try:
            before = self._before(secret, page)
        except ProblemError as problem:
            gr.Warning(problem.detail, duration=8, title="提示")
            yield gr.skip(), gr.skip(), gr.skip()  # the question stays in its box, the page as it is
            return
        yield "", messages(before, question), gr.skip()
        reply = _Reply("", secret=secret)
        for reply in self._replies(question, secret):
            yield gr.skip(), messages(before, question, reply.text), reply.secret or ""
        if reply.answer_id is None:
            self._pages.unanswered(page, before, question, reply.text)
        self._pages.stands(page, [*(each.answer_id for each in before), reply.answer_id])

    def _before(self, secret: str | None, page: str) -> tuple[Shown, ...]:
        """What stands on the page. Raises ProblemError where the conversation cannot be read now."""
        assistant = self._get_assistant()
        answered: tuple[Answered, ...] = ()
        if secret:
            try:
                conversation = conversation_of(secret)
                self._converses(conversation)
                answered = assistant.store.conversations.transcript(conversation)
            except UnknownConversation:
                pass  # the asking that follows says so
            except ProblemError:
                raise
            except Exception as error:
                _log.exception("a conversation could not be read")
                raise ProblemError(INTERNAL, _FAULT) from error
        return self._pages.shown(page, answered, assistant.settings.contact)

    def _replies(self, question: str, secret: str | None) -> Iterator[_Reply]:
        """The reply so far, again and again; the last one is whole."""
        said = ""
        made = secret or new_secret()
        try:
            known = {"conversation_id" if secret else "new_conversation_id": conversation_of(made)}
            assistant = self._get_assistant()
            writes = assistant.settings.answerer is Answerer.LLM
            lane = lane_for(None, assistant.settings)
            for event in streamed(assistant, lane.begin, question=question, **known):
                match event:
                    case FoundClauses() if writes:
                        yield _Reply(escape_markdown(_WRITING), secret=secret)
                    case Piece() if writes:
                        said += event.text
                        yield _Reply(render_text(said), secret=secret)
                    case Done(answer=answer):
                        yield _Reply(render_answer(answer, assistant.settings.contact), answer.id, made)
                    case Failed():
                        raise event.error
        except UnknownConversation:
            yield _Reply(escape_markdown(_LOST))
        except ProblemError as problem:
            yield _Reply(escape_markdown(problem.detail), secret=secret)
        except PolicyQAError as error:
            yield _Reply(escape_markdown(error.message), secret=secret)
        except Exception:  # noqa: BLE001 - logged with its traceback; the asker gets one sentence
            _log.exception("a question could not be answered")
            yield _Reply(escape_markdown(_FAULT), secret=secret)


def _page(request: gr.Request) -> str:
    return request.session_hash or ""
