"""`policy-qa eval load`."""

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from assistant.settings import Settings

_LOOPBACK = ("127.0.0.1", "localhost")
_MOST_SLOW = 20_000
_MOST_MINUTES = 24 * 60.0

AddAction = Callable[[str, str], argparse.ArgumentParser]


def register_load(add_action: AddAction, load_settings: "Callable[[], Settings]") -> None:
    """Register the command."""
    load = add_action("load", "给服务加压：每秒能回答几题，与模型单独运行相比如何")
    load.add_argument(
        "--clients", type=_numbers, default=(1, 8, 32), metavar="个数", help="同时提问的人数（默认 1,8,32）"
    )
    load.add_argument(
        "--rounds", type=_up_to(50), default=3, metavar="轮数", help="各测几轮，0 为不测，默认 3"
    )
    load.add_argument(
        "--soak",
        type=_up_to(_MOST_MINUTES),
        default=0,
        metavar="分钟",
        help="再以八成负荷运行多久，看内存",
    )
    load.add_argument(
        "--slow", type=_up_to(_MOST_SLOW), default=0, metavar="个数", help="再开多少个慢连接，看别人是否变慢"
    )
    load.add_argument("--seed", type=int, default=1, metavar="整数", help="题目的次序")
    load.add_argument("--server", type=_port, metavar="网址", help="本机上已在运行的服务；不填就自行启动一个")
    load.add_argument("--pid", type=int, default=0, metavar="编号", help="该服务的进程，看它的处理器和内存")
    load.add_argument("--key", metavar="密钥", help="随每次提问出示的访问密钥")
    load.add_argument(
        "--serve",
        action="append",
        default=[],
        metavar="参数",
        help="自行启动时另加的参数",
    )
    load.set_defaults(run=lambda args: _load(args, load_settings()))


def _load(args: argparse.Namespace, settings: "Settings") -> int:
    from evals.studies.load.run import Options, load
    from evals.studies.load.server import Server

    def say(text: str) -> None:
        sys.stderr.write(f"{text}\n")

    server = Server(args.server, args.pid, args.key) if args.server else None
    options = Options(
        clients=args.clients,
        rounds=int(args.rounds),
        soak_minutes=args.soak,
        slow=int(args.slow),
        seed=args.seed,
        server=server,
        arguments=tuple(args.serve),
    )
    try:
        path = load(settings, options, say)
    except RuntimeError as error:
        sys.stderr.write(f"没有测完（{error}）。\n")
        return 1
    sys.stdout.write(path.read_text(encoding="utf-8"))
    sys.stdout.write(f"\n报告在 {path}\n")
    return 0


def _numbers(value: str) -> tuple[int, ...]:
    found = tuple(int(each) for each in value.split(","))
    if not all(1 <= each <= 1000 for each in found):
        raise argparse.ArgumentTypeError("人数要在 1 到 1000 之间，以逗号分开")
    return found


def _up_to(most: float) -> Callable[[str], float]:
    def number(value: str) -> float:
        found = float(value)
        if not 0 <= found <= most:
            raise argparse.ArgumentTypeError(f"要在 0 到 {most:.0f} 之间")
        return found

    return number


def _port(value: str) -> int:
    """The port of an address on this machine; no other is loaded."""
    parts = urlsplit(value)
    if parts.scheme != "http" or parts.hostname not in _LOOPBACK or not parts.port:
        raise argparse.ArgumentTypeError("只能测本机上的服务，请写成 http://127.0.0.1:端口")
    return parts.port
