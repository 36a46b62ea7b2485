"""`policy-qa ask`: one question on the command line, answered with its citations."""

import argparse
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from assistant.cli.arguments import day
from prompts import reply

if TYPE_CHECKING:
    from assistant.schema import Answer, Citation
    from assistant.settings import Settings


def register(
    add_command: Callable[[str, str], argparse.ArgumentParser], load_settings: Callable[[], "Settings"]
) -> None:
    """Register `ask`."""
    parser = add_command("ask", "提一个问题，得到有出处的回答")
    parser.add_argument("question", metavar="问题", help="要问的话，1 到 1000 个字")
    parser.add_argument("--json", action="store_true", help="输出完整的回答对象（JSON）")
    parser.add_argument(
        "--as-of", type=day, metavar="日期", help="按哪一天判断文件效力，如 2022-06-01；默认今天"
    )
    parser.add_argument("--conversation", metavar="编号", help="接着哪段对话问；编号在上次的回答里")
    parser.add_argument("--answerer", choices=["extractive", "llm"], help="摘录，或由大模型写（默认按设置）")
    parser.set_defaults(run=lambda args: _ask(args, load_settings()))


def _ask(args: argparse.Namespace, settings: "Settings") -> int:
    from assistant.schema import Answerer
    from assistant.service import Assistant, check_question
    from assistant.statuses import STATUSES

    question = check_question(args.question)  # before the index is opened, which takes seconds
    answerer = Answerer(args.answerer) if args.answerer else None
    assistant = Assistant.open(settings)
    answer = assistant.ask(question, conversation_id=args.conversation, as_of=args.as_of, answerer=answerer)
    if args.json:
        from assistant.api.models import Answer as AnswerModel

        sys.stdout.write(AnswerModel.model_validate(answer).model_dump_json(indent=2) + "\n")
    else:
        sys.stdout.write("\n".join(_lines(answer)) + "\n")
    return STATUSES[answer.status].exit_code


def _lines(answer: "Answer") -> Iterator[str]:
    from assistant.statuses import STATUSES, notices_around

    first, rest = notices_around(answer)
    yield from (f"{notice.text}\n" for notice in first)
    yield answer.answer
    if answer.citations:
        yield "\n出处："
        yield from (_source(citation, f"[{citation.marker}]") for citation in answer.citations)
    if answer.related:
        yield "\n内容相近的条款（没有回答所问，供查阅）："
        yield from (_source(citation, "·") for citation in answer.related)
    if rest:
        yield ""
        yield from (f"提示：{notice.text}" for notice in rest)
    if STATUSES[answer.status].standing:
        yield reply("standing")
    yield f"对话编号：{answer.conversation_id}"


def _source(citation: "Citation", mark: str) -> str:
    from assistant.render import on_one_line

    page = f"，第{citation.page}页" if citation.page else ""
    where = f"《{citation.document_title}》（{citation.document_version}）{citation.clause_label}{page}"
    return f"{mark} {where}\n    “{on_one_line(citation)}”"
