"""`policy-qa mcp`: the assistant as an MCP server for the program that starts it, over stdin and stdout."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.service import Assistant
    from assistant.settings import Settings

_OPENING_SECONDS = 120.0


def register(
    add_command: Callable[[str, str], argparse.ArgumentParser], load_settings: Callable[[], "Settings"]
) -> None:
    """Register `mcp`."""
    parser = add_command("mcp", "作为 MCP 服务由别的程序启动，经标准输入输出问答（网页服务的 /mcp 不用它）")
    parser.add_argument("--address", type=_address, metavar="网址", help="问答网页的网址，加在引文的地址前面")
    parser.set_defaults(run=lambda args: _serve(args, load_settings()))


def _serve(args: argparse.Namespace, settings: "Settings") -> int:
    """Speak until stdin ends. A client is answered at once, and a tool waits until the index is open; later
    versions of the index are followed."""
    import anyio
    from mcp.server.stdio import stdio_server

    from assistant.api.opening import Opening
    from assistant.mcp.server import make_server
    from assistant.service import Assistant

    opening = Opening(lambda: Assistant.open(settings))

    def opened() -> "Assistant":
        opening.start()
        opening.wait(_OPENING_SECONDS)
        return opening.assistant()

    async def speak() -> None:
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())

    server = make_server(opened, args.address or "")
    opening.start()
    opening.follow()
    try:
        anyio.run(speak)
    finally:
        opening.stop()
    return 0


def _address(text: str) -> str:
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(text)
        good = (
            parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.query or parts.fragment)
        )
    except ValueError:
        good = False
    if not good:
        raise argparse.ArgumentTypeError(f"“{text}”不是 https://qa.example.cn 这样的网址")
    return text.rstrip("/")
