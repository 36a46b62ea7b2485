"""The chat: the conversation on the left, the original's own text on the right.

The assistant is asked in process. The page sends text only, a question and the conversation's secret, by
which the server finds what was said before; the Chatbot's value goes out and never comes in. A citation is
a link to the page of the original; `static/chat.js` opens it in the frame beside the conversation, and
without script it opens as a page.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gradio as gr

from ui.chat.listeners import Listeners

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


def make_chat(
    get_assistant: "Callable[[], Assistant]", converses: Callable[[str], None] = lambda conversation_id: None
) -> gr.Blocks:
    """The chat's page. `get_assistant` raises a problem while the index is not open yet; `converses` is told
    of each question in a conversation, and raises a problem where it is one too many."""
    ask = Listeners(get_assistant, EXAMPLES, converses)
    blocks = gr.Blocks(title=TITLE, analytics_enabled=False, fill_height=True, fill_width=True)
    with blocks:
        secret = gr.Textbox(visible=False)  # the one thing about the conversation that the page holds
        with gr.Row(elem_id="pq-top"):
            _markup(_HEADER, "pq-header")
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
                _markup(_PANE, "pq-pane")
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        limited = {**private, "concurrency_limit": CONCURRENCY, "concurrency_id": "ask"}
        updated = [question, talk, secret]
        typed = question.submit(ask.typed, [question, secret], updated, **limited)
        chosen = talk.example_select(ask.example, [secret], updated, **limited)
        talk.like(ask.rated, None, None, **private)
        fresh.click(ask.start_again, None, updated, cancels=[typed, chosen], **private)
        talk.clear(ask.start_again, None, updated, cancels=[typed, chosen], **private)
    blocks.queue(default_concurrency_limit=CONCURRENCY, max_size=_WAITING)
    return blocks


def _markup(ours: str, identifier: str) -> gr.Markdown:
    """A constant of this module as it stands. Not gr.HTML, which evaluates text as code in the browser and so
    would need a policy that lets others do so too."""
    return gr.Markdown(ours, elem_id=identifier, sanitize_html=False, latex_delimiters=[], container=False)
