"""`policy-qa serve`: the chat, the page of the original and the API on one address."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.settings import Settings


def register(
    add_command: Callable[[str, str], argparse.ArgumentParser], load_settings: Callable[[], "Settings"]
) -> None:
    """Register `serve`."""
    parser = add_command("serve", "启动问答网页和接口")
    parser.add_argument("--host", default="127.0.0.1", metavar="地址", help="监听的地址，默认 127.0.0.1")
    parser.add_argument("--port", default=8000, type=_port, metavar="端口", help="监听的端口，默认 8000")
    parser.add_argument("--public", action="store_true", help="别的机器不用密钥也能打开网页，接口仍要密钥")
    parser.add_argument(
        "--workers", default=1, type=_count, metavar="个数", help="用几个进程回答问题，默认 1，最多 64"
    )
    parser.set_defaults(run=lambda args: _serve(args, load_settings()))


def _serve(args: argparse.Namespace, settings: "Settings") -> int:
    from contextlib import closing
    from datetime import UTC, datetime

    from assistant.access.rules import check_start, rules_for
    from ui.serve import serve

    rules = rules_for(settings, args.host, args.public)
    if not rules.pages_open:
        from assistant.storage.store import Store

        with closing(Store(settings.conversations_url())) as store:
            check_start(rules, store.keys.all(), datetime.now(UTC))
    serve(settings, args.host, args.port, rules, args.workers)
    return 0


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"“{text}”不是 0 到 65535 的端口号")
    return int(text)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 64):
        raise argparse.ArgumentTypeError(f"“{text}”不是 1 到 64 的进程数")
    return int(text)
