"""argparse that speaks Chinese: headings, `--help`, and what it says of wrong arguments."""

import argparse
import re
from typing import Any, NoReturn

_MESSAGES = (
    (r"the following arguments are required: (?P<names>.*)", "缺少参数：{names}"),
    (r"unrecognized arguments: (?P<names>.*)", "不认识这些参数：{names}"),
    (r"argument (?P<name>.*?): expected one argument", "参数 {name} 后面要有一个值"),
    (r"argument (?P<name>.*?): expected at least one argument", "参数 {name} 后面至少要有一个值"),
    (r"argument (?P<name>.*?): ignored explicit argument (?P<value>.*)", "参数 {name} 不带值"),
    (
        r"argument (?P<name>.*?): not allowed with argument (?P<other>.*)",
        "参数 {name} 与 {other} 不能同时使用",
    ),
    (r"argument (?P<name>.*?): invalid \S+ value: (?P<value>.*)", "参数 {name} 的值 {value} 不合规"),
    (
        r"argument (?P<name>.*?): invalid choice: (?P<value>.*) \(choose from (?P<choices>.*)\)",
        "{name} 没有 {value} 这一项，可选：{choices}",
    ),
    (
        r"ambiguous option: (?P<value>.*) could match (?P<choices>.*)",
        "参数 {value} 不明确，可能是：{choices}",
    ),
    (r"argument (?P<name>.*?): (?P<rest>.*)", "参数 {name}：{rest}"),  # our own types' messages
)


class _Formatter(argparse.HelpFormatter):
    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class ChineseParser(argparse.ArgumentParser):
    """An `ArgumentParser` in Chinese; its sub-parsers are of the same kind."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{"formatter_class": _Formatter, **settings, "add_help": False})
        self._positionals.title = "参数"
        self._optionals.title = "选项"
        self.add_argument("-h", "--help", action="help", help="显示这份说明并退出")

    def error(self, message: str) -> NoReturn:
        """Say in one Chinese sentence what is wrong with the arguments; exit code 2."""
        self.exit(2, f"{in_chinese(message)}。用 {self.prog} --help 查看用法。\n")


def in_chinese(message: str) -> str:
    """argparse's `message` in Chinese; unchanged where it is none of the known ones."""
    for pattern, chinese in _MESSAGES:
        if match := re.fullmatch(pattern, message, re.DOTALL):
            return chinese.format(**match.groupdict())
    return message
