"""The command `policy-qa`: gathers the sub-commands that each package registers.

A package names a registrar under the entry-point group `policy_qa.commands` in `pyproject.toml`; the
entry's name is the command's. A registrar is called with

    add_command(name, help)   makes the command's parser, whose `run` default takes the parsed
                              arguments and returns the exit code
    load_settings()           the settings of this process

so that no package needs to import the one above it. Registrars are loaded at every start, hence their
modules import what is heavy only when a command runs.

Exit codes: 0 answered or done, 3 the question was refused, 2 wrong usage, 1 a fault.
"""

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

from assistant.cli.parser import ChineseParser
from assistant.cli.terminal import terminals_obey_nothing
from assistant.errors import InvalidQuestion, PolicyQAError, UnknownConversation, UnknownDocument

if TYPE_CHECKING:
    from assistant.settings import Settings

GROUP = "policy_qa.commands"
DONE, FAULT, USAGE, REFUSED = 0, 1, 2, 3
_INTERRUPTED = 130

AddCommand = Callable[[str, str], argparse.ArgumentParser]
LoadSettings = Callable[[], "Settings"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code. Faults end in one Chinese sentence on stderr."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a narrow terminal, or bytes that are no text
    with terminals_obey_nothing():
        return _told(arguments)


def make_parser(arguments: Sequence[str] = ()) -> argparse.ArgumentParser:
    """The parser with the command that `arguments` begin with, or with all commands."""
    parser = ChineseParser(
        prog="policy-qa",
        description="就政策文件提问，得到有出处的回答。",
        epilog="退出码：0 已回答或已完成；3 文件没有写或不属于可答范围；2 用法不对；1 出错。",
    )
    commands = parser.add_subparsers(title="命令", metavar="命令", dest="command", required=True)

    def add_command(name: str, summary: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=summary, description=summary)

    known = _registrars()
    wanted = [arguments[0]] if arguments and arguments[0] in known else sorted(known)
    for name in wanted:
        known[name].load()(add_command, _load_settings)
    return parser


def _told(arguments: list[str]) -> int:
    try:
        return _run(arguments)
    except (InvalidQuestion, UnknownConversation, UnknownDocument) as error:
        return _say(error.message, USAGE)
    except PolicyQAError as error:
        return _say(error.message, FAULT)
    except KeyboardInterrupt:
        return _say("已中止。", _INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader, say `head`, has gone
        return FAULT
    except OSError as error:
        return _say(f"读写“{error.filename or '文件'}”时出错，请检查它是否存在、权限和磁盘空间。", FAULT)
    except Exception as error:  # noqa: BLE001 the last line of defence; nothing is hidden on request
        return _say(
            f"程序出了意外的错误（{type(error).__name__}），请设 POLICY_QA_DEBUG=1 再运行一次，"
            "并把显示的内容告诉维护者。",
            FAULT,
        )


def _run(arguments: list[str]) -> int:
    args = make_parser(arguments).parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = args.run
    code = run(args)
    sys.stdout.flush()
    return code


def _registrars() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def _load_settings() -> "Settings":
    from assistant.settings import load_settings

    return load_settings()


def _say(message: str, code: int) -> int:
    if os.environ.get("POLICY_QA_DEBUG"):
        traceback.print_exc()
    sys.stderr.write(f"{message}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
