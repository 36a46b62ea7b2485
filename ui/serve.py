"""The whole application, API, page of the original and chat in one, and the server that runs it."""

import errno
import os
import socket
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

from assistant.errors import PolicyQAError

if TYPE_CHECKING:
    from fastapi import FastAPI

    from assistant.api.opening import Opening
    from assistant.service import Assistant
    from assistant.settings import Settings

_GRACE_SECONDS = 5
"""How long running answers may take to finish once the server is told to stop."""
_OPENING_SECONDS = 120.0
_BACKLOG = 2048


class AddressUnavailable(PolicyQAError):
    """The server cannot listen where it was told to."""


def create_application(settings: "Settings") -> "FastAPI":
    """The application over the index that `settings` name; it is opened in the background."""
    from assistant.service import Assistant

    return compose(lambda: Assistant.open(settings))


def compose(open_assistant: "Callable[[], Assistant]") -> "FastAPI":
    """API, page and chat around whatever `open_assistant` opens."""
    from assistant.api.app import create_app
    from ui.page import page_router
    from ui.shell import ChatShell

    app = create_app(open_assistant)
    opening: Opening = app.state.opening
    opening.start()  # beside the import of Gradio, which takes seconds too
    app.include_router(page_router(opening.assistant))
    app.add_middleware(ChatShell)
    _mount_chat(app, opening)
    return app


def serve(settings: "Settings", host: str, port: int, out: TextIO = sys.stdout) -> None:
    """Serve until stopped; the address goes to `out` once questions can be answered.

    Raises AddressUnavailable.
    """
    listener = _listen(host, port)  # before anything slow, so that a wrong port is known at once
    with listener:
        import uvicorn

        app = create_application(settings)
        announcement = threading.Thread(
            target=_announce, args=(app.state.opening, listener, out), name="announce", daemon=True
        )
        announcement.start()
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, timeout_graceful_shutdown=_GRACE_SECONDS
        )
        uvicorn.Server(config).run(sockets=[listener])


def _mount_chat(app: "FastAPI", opening: "Opening") -> None:
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    import gradio as gr

    from ui.chat import make_chat
    from ui.theme import make_theme

    gr.mount_gradio_app(
        app,
        make_chat(opening.assistant),
        path="/",
        theme=make_theme(),
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
        pwa=False,
    )


def _listen(host: str, port: int) -> socket.socket:
    """A bound socket; uvicorn begins to listen once the application is ready."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise AddressUnavailable(_why(error, host, port)) from error
    return listener


def _why(error: OSError, host: str, port: int) -> str:
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"这台机器上没有“{host}”这个地址，请换一个，例如 --host 127.0.0.1。"
    if error.errno == errno.EADDRINUSE:
        return f"端口 {port} 已经被别的程序占用，请关掉那个程序，或换一个端口，例如 --port {_other(port)}。"
    if error.errno == errno.EACCES:
        return f"没有权限使用端口 {port}，请换一个 1024 以上的端口，例如 --port 8000。"
    return f"不能在 {host} 的端口 {port} 上启动服务，请换一个地址或端口。"


def _other(port: int) -> int:
    return port + 1 if port < 65535 else 8000


def _announce(opening: "Opening", listener: socket.socket, out: TextIO) -> None:
    """Say where the service is, or why it cannot answer yet."""
    from assistant.api.problems import ProblemError

    address, port = listener.getsockname()[:2]
    shown = f"[{address}]" if ":" in address else address
    opening.wait(_OPENING_SECONDS)
    try:
        opening.assistant()
    except ProblemError as problem:
        out.write(f"服务已启动，但还不能回答问题：{problem.detail}\n")
    else:
        out.write("教育政策问答已就绪。\n")
    out.write(
        f"请用浏览器打开：http://{shown}:{port}/    接口说明：http://{shown}:{port}/docs\n按 Ctrl+C 停止。\n"
    )
    out.flush()
