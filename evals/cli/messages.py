"""`policy-qa eval messages|wrapped|readers`: messages as people write them."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from evals.cli.gate import DAY

if TYPE_CHECKING:
    from assistant.schema import Answer
    from assistant.settings import Settings
    from evals.cli.runs import AddAction


def register_messages(add_action: "AddAction", load_settings: "Callable[[], Settings]") -> None:
    """Register the commands about messages."""
    messages = add_action("messages", "问各位作者写的留言，逐项列出达到多少")
    messages.add_argument(
        "suites", nargs="*", metavar="题组", help="不写则全部；名字见 evals/datasets/messages/README.md"
    )
    messages.set_defaults(run=lambda args: _messages(args.suites, load_settings()))
    wrapped = add_action("wrapped", "同一个问题换上客套、故事、全角、繁体再问，看回答变不变")
    wrapped.add_argument("--author", default="w1", metavar="作者", help="用谁写的客套话，默认 w1")
    wrapped.add_argument("--count", type=int, default=40, metavar="数", help="多少个问题，默认 40")
    wrapped.add_argument(
        "--least", type=float, default=0.0, metavar="份额", help="状态不变的份额低于它就以失败结束"
    )
    wrapped.set_defaults(run=lambda args: _wrapped(args.author, args.count, args.least, load_settings()))
    readers = add_action("readers", "两位读者对新旧回答的打分：各版本让人满意的份额和两人的一致程度")
    readers.set_defaults(run=lambda args: _readers())


def _asking(settings: "Settings") -> "Callable[[str], Answer]":
    from assistant.schema import MAX_QUESTION
    from assistant.service import Assistant

    assistant = Assistant.open(settings, clock=lambda: DAY)

    def ask(message: str) -> "Answer":
        answer = assistant.ask(message[:MAX_QUESTION])
        assistant.conversations.delete(answer.conversation_id)
        return answer

    return ask


def _messages(suites: list[str], settings: "Settings") -> int:
    from evals.runs.messages.figures import MESSAGE_SUITES, figures

    unknown = [name for name in suites if name not in MESSAGE_SUITES]
    if unknown:
        sys.stderr.write(f"没有叫“{unknown[0]}”的题组，有这些：{'、'.join(MESSAGE_SUITES)}。\n")
        return 2
    ask = _asking(settings)
    for name in suites or MESSAGE_SUITES:
        for figure in figures(name, ask):
            sys.stdout.write(f"{figure}\n")
            sys.stdout.flush()
    return 0


def _wrapped(author: str, count: int, least: float, settings: "Settings") -> int:
    from evals.runs.messages.wrapped import WRAPPINGS, kept_figures, wrapped_questions

    if author not in WRAPPINGS:
        sys.stderr.write(f"没有叫“{author}”的作者，有这些：{'、'.join(WRAPPINGS)}。\n")
        return 2
    found = list(kept_figures(list(wrapped_questions(author, count)), _asking(settings)))
    for figure in found:
        sys.stdout.write(f"{figure} ({figure.count / figure.of:.3f})\n")
    if found[0].count < least * found[0].of:
        sys.stderr.write(f"状态不变的不到 {least}，请看是哪一类客套改变了回答。\n")
        return 1
    return 0


def _readers() -> int:
    from evals.studies.readers import MARKS, READERS, agreement, content_shares, read_marks

    one, other = (read_marks(READERS / f"marks.{name}.jsonl") for name in "ab")
    for version, (count, of) in content_shares().items():
        sys.stdout.write(f"{version}: {count} of {of} satisfying to both ({count / of:.3f})\n")
    for mark in MARKS:
        found = agreement([one[k][mark] for k in one], [other[k][mark] for k in one], mark)
        sys.stdout.write(f"{mark}: same {found.same:.3f}, kappa {found.kappa:.3f}, {found.items} items\n")
    return 0
