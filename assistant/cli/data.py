"""`policy-qa data`: what is kept of people's conversations, given out or erased on request."""

import argparse
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from assistant.cli.arguments import day

if TYPE_CHECKING:
    from assistant.settings import Settings

AddCommand = Callable[[str, str], argparse.ArgumentParser]


def register(add_command: AddCommand, load_settings: "Callable[[], Settings]") -> None:
    """Register the command."""
    data = add_command("data", "按要求导出或删除保存的对话")
    actions = data.add_subparsers(title="操作", metavar="操作", dest="action", required=True)
    for name, summary in (
        ("export", "导出对话，每行一段，JSON 格式"),
        ("erase", "彻底删除对话，连同回答、评价和分享页；不能恢复"),
    ):
        parser = actions.add_parser(name, help=summary, description=summary)
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--conversation", metavar="编号", help="这一段对话")
        which.add_argument("--key", metavar="编号", help="这把访问密钥开始的全部对话")
        which.add_argument("--before", type=day, metavar="日期", help="这一天之前最后一次提问的全部对话")
        parser.set_defaults(run=lambda args: _run(args, load_settings()))


def _run(args: argparse.Namespace, settings: "Settings") -> int:
    from assistant.storage.personal import Which, erase_all, exported
    from assistant.storage.store import Store

    store = Store(settings.conversations_url())
    before = args.before and datetime.combine(args.before, time(), UTC)
    which = Which(args.conversation, args.key, before)
    try:
        if args.action == "export":
            for each in exported(store.database, which):
                sys.stdout.write(json.dumps(each, ensure_ascii=False) + "\n")
            return 0
        erased = erase_all(store.database, which)
        store.trail.record(None, "data.erase", f"{erased} 段对话")
        sys.stdout.write(f"已删除 {erased} 段对话。\n")
        return 0
    finally:
        store.close()
