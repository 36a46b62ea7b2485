"""The chat: the conversation on the left, the original's own text on the right.

The assistant is asked in process. A citation is a link to the page of the original; `static/chat.js`
opens it in the frame beside the conversation, and without script it opens as a page.
"""

import logging
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.api.problems import ProblemError
from assistant.conversations import Rating
from assistant.errors import PolicyQAError, UnknownConversation
from assistant.schema import Answerer
from assistant.streaming import Done, Failed, Found, Piece, streamed
from ui.markdown import escape_markdown, render_answer, render_text

if TYPE_CHECKING:
    from assistant.service import Assistant

TITLE = "教育政策问答"
EXAMPLES = (
    "娃儿一天在学校能运动好久？",
    "公办幼儿园的占比要达到多少？",
    "放学了没得人接，学校管不管？",
    "进城打工，娃儿能在城里头读书不？",
    "老师的工资会比公务员低吗？",
    "残疾孩子上学有什么保障？",
    "校外培训机构怎么管？",
    "重点任务一共分成几项？",
)
CONCURRENCY = 8
"""Questions answered at once; more wait in the queue."""
_WAITING = 64

_log = logging.getLogger(__name__)
Messages = list[dict[str, Any]]
AnswerIds = list[str | None]
Shown = tuple[str, Messages, str | None, AnswerIds]

_HEADER = """
<header class="pq-brand">
  <span class="pq-logo" aria-hidden="true"></span>
  <div>
    <h1>教育政策问答</h1>
    <p>用自己的话问，答案逐条附原文出处</p>
  </div>
</header>
"""
_GREETING = """## 您好，想了解哪项教育政策？

用平常说话的方式问就行，重庆话也可以。我只依据收录的文件原文回答，每条依据都能点开核对；文件里没有写的，我会直接告诉您。
"""
_PANE = """
<section class="pq-pane" aria-label="文件原文">
  <div class="pq-pane-head"><h2>文件原文</h2><a class="pq-back" href="#pq-talk">返回对话</a></div>
  <iframe id="pq-original" name="pq-original" title="文件原文" src="/documents?embed=1"></iframe>
</section>
"""
_FAULT = "抱歉，刚才出了点问题，没能回答。请再问一次；如果还是不行，请稍后再来。"
_WRITING = "已找到相关条款，正在逐句核对回答……"
_RATED = "谢谢，已记下您的评价。"
_NOT_RATED = "这个评价没能记下，请稍后再试。"
_EMPTY = "问题是空的，请写下您想问的事。"
_LOST = "之前的对话已经找不到了，已为您开始新的对话，请再问一次。"


def make_chat(get_assistant: "Callable[[], Assistant]") -> gr.Blocks:
    """The chat's page. `get_assistant` raises a problem while the index is not open yet."""
    ask = _Asker(get_assistant)
    blocks = gr.Blocks(title=TITLE, analytics_enabled=False, fill_height=True, fill_width=True)
    with blocks:
        conversation = gr.State(None)
        answer_ids = gr.State([])
        with gr.Row(elem_id="pq-top"):
            gr.HTML(_HEADER, elem_id="pq-header")
            fresh = gr.Button("新对话", elem_id="pq-new", size="sm", scale=0, min_width=0)
        with gr.Row(elem_id="pq-main", equal_height=True):
            with gr.Column(elem_id="pq-talk", scale=1, min_width=0):
                talk = gr.Chatbot(
                    elem_id="pq-chat",
                    label="对话",
                    show_label=False,
                    container=False,
                    height=None,
                    layout="bubble",
                    placeholder=_GREETING,
                    examples=[{"text": text} for text in EXAMPLES],
                    buttons=[],
                    latex_delimiters=[],
                    allow_tags=False,
                    feedback_options=("Like", "Dislike"),
                    allow_file_downloads=False,
                )
                question = gr.Textbox(
                    elem_id="pq-question",
                    label="您的问题",
                    show_label=False,
                    container=False,
                    placeholder="写下您想问的事，按回车发送",
                    max_lines=5,
                    submit_btn="发送",
                    autofocus=True,
                )
            with gr.Column(elem_id="pq-side", scale=1, min_width=0):
                gr.HTML(_PANE, elem_id="pq-pane", container=False, padding=False)
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        limited = {**private, "concurrency_limit": CONCURRENCY, "concurrency_id": "ask"}
        asked = [question, talk, conversation, answer_ids]
        typed = question.submit(ask.typed, asked, asked, **limited)
        chosen = talk.example_select(
            ask.example,
            [talk, conversation, answer_ids],
            asked,
            **limited,
        )
        talk.like(ask.rated, [answer_ids], None, **private)
        fresh.click(_start_again, None, asked, queue=False, cancels=[typed, chosen], **private)
        talk.clear(_start_again, None, asked, queue=False, cancels=[typed, chosen], **private)
    blocks.queue(default_concurrency_limit=CONCURRENCY, max_size=_WAITING)
    return blocks


class _Asker:
    """What the listeners call: shows the question at once, then the answer."""

    def __init__(self, get_assistant: "Callable[[], Assistant]") -> None:
        self._get_assistant = get_assistant

    def typed(
        self,
        question: str | None,
        messages: Messages | None,
        conversation_id: str | None,
        answer_ids: AnswerIds | None,
    ) -> Iterator[Shown]:
        """Answer what was typed. `answer_ids` has one entry a message: the answer's id, or None."""
        shown, ids = list(messages or []), list(answer_ids or [])
        question = (question or "").strip()
        if not question:
            gr.Info(_EMPTY, duration=4, title="提示")
            yield "", shown, conversation_id, ids
            return
        shown.append({"role": "user", "content": escape_markdown(question)})
        ids += [None] * (len(shown) - len(ids))
        yield "", shown, conversation_id, ids
        for reply, conversation, answer_id in self._reply(question, conversation_id):
            yield "", [*shown, {"role": "assistant", "content": reply}], conversation, [*ids, answer_id]

    def example(
        self,
        messages: Messages | None,
        conversation_id: str | None,
        answer_ids: AnswerIds | None,
        chosen: gr.SelectData,
    ) -> Iterator[Shown]:
        """Answer the example question that was chosen."""
        yield from self.typed(EXAMPLES[int(chosen.index)], messages, conversation_id, answer_ids)

    def rated(self, answer_ids: AnswerIds | None, liked: gr.LikeData) -> None:
        """Keep what the asker thinks of an answer."""
        at = liked.index if isinstance(liked.index, int) else liked.index[0]
        answer_id = answer_ids[at] if answer_ids and at < len(answer_ids) else None
        if answer_id is None or not isinstance(liked.liked, bool):  # a choice taken back comes as ""
            return
        try:
            rating = Rating.UP if liked.liked else Rating.DOWN
            self._get_assistant().conversations.rate(answer_id, rating)
        except (ProblemError, PolicyQAError):
            gr.Warning(_NOT_RATED, duration=4, title="提示")
        else:
            gr.Info(_RATED, duration=3, title="提示")

    def _reply(
        self, question: str, conversation_id: str | None
    ) -> Iterator[tuple[str, str | None, str | None]]:
        """The message to show so far, the conversation's id from now on, the answer's id once it is whole."""
        said = ""
        try:
            assistant = self._get_assistant()
            writes = assistant.settings.answerer is Answerer.LLM
            for event in streamed(assistant, question=question, conversation_id=conversation_id):
                match event:
                    case Found() if writes:
                        yield escape_markdown(_WRITING), conversation_id, None
                    case Piece() if writes:
                        said += event.text
                        yield render_text(said), conversation_id, None
                    case Done(answer=answer):
                        whole = render_answer(answer, assistant.settings.contact)
                        yield whole, answer.conversation_id, answer.id
                    case Failed():
                        raise event.error
        except UnknownConversation:
            yield escape_markdown(_LOST), None, None
        except ProblemError as problem:
            yield escape_markdown(problem.detail), conversation_id, None
        except PolicyQAError as error:
            yield escape_markdown(error.message), conversation_id, None
        except Exception:  # noqa: BLE001 - logged with its traceback; the asker gets one sentence
            _log.exception("a question could not be answered")
            yield escape_markdown(_FAULT), conversation_id, None


def _start_again() -> tuple[str, Messages, None, AnswerIds]:
    return "", [], None, []
