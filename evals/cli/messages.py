"""`policy-qa eval messages|wrapped|readers`: messages as people write them."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from evals.cli.gate import DAY

if TYPE_CHECKING:
    from assistant.schema import Answer, Exchange
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
    twins = add_action("twins", "只差一个词的成对问题：答对、该拒的拒了、说错的纠正了多少")
    twins.add_argument("authors", nargs="*", metavar="作者", help="不写则全部；见 evals/datasets/twins")
    twins.add_argument("--library", action="store_true", help="装上法规再问（需要旁边的 shared/corpus）")
    twins.set_defaults(run=lambda args: _twins(args.authors, args.library, load_settings()))
    readings = add_action("readings", "把阅读模型的训练题交给检索，写成训练用的文件，可以续写")
    readings.add_argument("--out", type=Path, required=True, metavar="目录")
    readings.add_argument("--library", action="store_true", help="法规的题（需要旁边的 shared/corpus）")
    readings.set_defaults(run=lambda args: _readings(args.out, args.library, load_settings()))
    readers = add_action("readers", "两位读者对新旧回答的打分：各版本让人满意的份额和两人的一致程度")
    readers.set_defaults(run=lambda args: _readers())


def _asking(settings: "Settings") -> "Callable[..., Answer]":
    from assistant.schema import MAX_QUESTION
    from assistant.service import Assistant
    from assistant.storage.conversations import HISTORY_LIMIT

    assistant = Assistant.open(settings, clock=lambda: DAY)

    def ask(*messages: str) -> "Answer":
        *before, last = (message[:MAX_QUESTION] for message in messages)
        history: tuple[Exchange, ...] = ()
        for message in before[-HISTORY_LIMIT:]:
            history = assistant.retold(message, history)
        return assistant.ask(last, history=history)  # and nothing is kept

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


def _twins(authors: list[str], library: bool, settings: "Settings") -> int:
    from evals.rows.reading_rows import BESIDE, PLAN, TWINS, read_rows
    from evals.runs.libraries import open_assistant
    from evals.runs.twins import Twins, twin_figures

    rows = [row for folder in (TWINS, BESIDE) for row in read_rows(folder)]
    rows = [row for row in rows if library or row.document == PLAN]
    found = {row.author for row in rows}
    if not set(authors) <= found:
        sys.stderr.write(f"没有这些作者的题，有：{'、'.join(sorted(found))}。\n")
        return 2
    twins = Twins(open_assistant(settings, "library" if library else "answers"))
    for author in authors or sorted(found):
        for figure in twin_figures(author, [twins.ask(row) for row in rows if row.author == author]):
            sys.stdout.write(f"{figure} ({figure.count / max(figure.of, 1):.3f})\n")
            sys.stdout.flush()
    return 0


def _readings(folder: Path, library: bool, settings: "Settings") -> int:
    from evals.rows.reading_rows import BESIDE, PLAN, TWINS, WRITTEN, message_rows, read_rows
    from evals.runs.libraries import open_assistant
    from evals.training.reader.candidates import write_corpus_readings, write_readings

    rows = [row for folder in (WRITTEN, TWINS, BESIDE) for row in read_rows(folder)]
    rows = [row for row in (*rows, *message_rows()) if (row.document != PLAN) is library]
    assistant = open_assistant(settings, "library" if library else "answers")

    def tell(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    write_readings(assistant, rows, folder, "library" if library else "plan", tell)
    if not library:
        write_corpus_readings(assistant, folder, "lay")
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
