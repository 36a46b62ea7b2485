"""`policy-qa pause` and `policy-qa resume`: the switch that stops answering, without a login."""

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.settings import Settings

AddCommand = Callable[[str, str], argparse.ArgumentParser]


def register_pause(add_command: AddCommand, load_settings: "Callable[[], Settings]") -> None:
    """Register `pause`."""
    parser = add_command("pause", "暂停回答：各处提问只得到一句话，直到 policy-qa resume")
    parser.add_argument("message", nargs="?", type=_message, metavar="话", help="对提问的人说的话")
    parser.set_defaults(run=lambda args: _pause(args.message, load_settings()))


def register_resume(add_command: AddCommand, load_settings: "Callable[[], Settings]") -> None:
    """Register `resume`."""
    parser = add_command("resume", "恢复回答")
    parser.set_defaults(run=lambda _args: _resume(load_settings()))


def _pause(message: str | None, settings: "Settings") -> int:
    from assistant.api.problems import PAUSED
    from assistant.storage.store import Store

    said = message or PAUSED.advice
    store = Store(settings.conversations_url(), state_dir=settings.state_dir)
    try:
        paused = store.pause.now()
        store.pause.begin(None, said)
        store.trail.record(None, "pause.change" if paused else "pause.begin", said)
    finally:
        store.close()
    sys.stdout.write(f"已暂停，一两秒内各处都不再回答，只说：{said}\n恢复请用 policy-qa resume。\n")
    return 0


def _resume(settings: "Settings") -> int:
    from assistant.storage.store import Store

    store = Store(settings.conversations_url(), state_dir=settings.state_dir)
    try:
        stopped = store.pause.end()
        if stopped:
            store.trail.record(None, "pause.end", "")
    finally:
        store.close()
    sys.stdout.write("已恢复，一两秒内各处都重新回答。\n" if stopped else "没有暂停，不用恢复。\n")
    return 0


def _message(text: str) -> str:
    from assistant.storage.pause import MAX_MESSAGE, line_of

    line = line_of(text)
    if not line or len(line) > MAX_MESSAGE:
        raise argparse.ArgumentTypeError(f"要说的话要有 1 到 {MAX_MESSAGE} 个字")
    return line
