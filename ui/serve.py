"""The whole application, API, page of the original and chat in one, and how it is served."""

import json
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from assistant.settings import ROOT, host_name

if TYPE_CHECKING:
    from fastapi import APIRouter, FastAPI

    from assistant.access.rules import Rules
    from assistant.api.app import AppOptions
    from assistant.api.opening import Opening
    from assistant.service import Assistant
    from assistant.settings import Settings
    from assistant.storage.store import Store

_OPENING_SECONDS = 120.0
_UNNAMED = (
    "别的机器还打不开它：请把大家访问时用的主机名或地址写进 POLICY_QA_HOSTS，"
    "例如 POLICY_QA_HOSTS=qa.example.cn,192.168.1.5，再重新启动。\n"
)


def create_application(settings: "Settings", rules: "Rules", hosts: Collection[str] = ()) -> "FastAPI":
    """The application over the index that `settings` name; it is opened in the background. `hosts`: names
    under which it may be called, besides those of the settings and of this machine itself."""
    from assistant.api.app import AppOptions
    from assistant.service import Assistant
    from assistant.storage.store import Store
    from assistant.wechat.routes import wechat_router

    def wechat(get_assistant: "Callable[[], Assistant]") -> "APIRouter":
        return wechat_router(settings, store, get_assistant)

    store = Store(settings.conversations_url(), state_dir=settings.state_dir)
    options = AppOptions(
        rules,
        frozenset({*settings.hosts, *hosts}),
        settings.retention_days,
        settings.upload_bytes,
        settings.public_url,
    )
    return compose(
        lambda: Assistant.open(settings, store=store), store, options, settings.state_dir / "gradio", [wechat]
    )


def compose(
    open_assistant: "Callable[[], Assistant]",
    store: "Store",
    options: "AppOptions | None" = None,
    folder: Path | None = None,
    groups: "Sequence[Callable[[Callable[[], Assistant]], APIRouter]]" = (),
) -> "FastAPI":
    """API, pages, also those for maintainers, widget, MCP server and chat around whatever `open_assistant`
    opens, over `store`.
    `options`: None are those for a machine of one's own. `folder` is Gradio's for files of its own; by
    default one of this checkout. `groups` make further routes over the opened assistant."""
    from starlette.middleware import Middleware

    from assistant.api.app import create_app
    from assistant.mcp.http import mount_mcp
    from ui.admin.drafts import Drafts
    from ui.admin.router import admin_router
    from ui.chat import calls
    from ui.chat.page import chat_router
    from ui.mount.application import mount_engine, prepare_gradio
    from ui.pages import evidence
    from ui.pages.about import about_router
    from ui.pages.documents import page_router
    from ui.pages.faults import FaultPages
    from ui.widget.routes import widget_router

    def sweep_drafts(opening: "Opening") -> None:
        Drafts(opening.assistant().settings.state_dir, store.clock).sweep()

    around = [Middleware(FaultPages)]
    app = create_app(open_assistant, store, options, [evidence.router], around, [sweep_drafts])
    opening: Opening = app.state.opening
    opening.start()  # beside the import of Gradio, which takes seconds too
    app.include_router(chat_router(opening.assistant))
    app.include_router(calls.router)
    app.include_router(page_router(opening.assistant))
    app.include_router(about_router(opening.assistant))
    app.include_router(admin_router())
    app.include_router(widget_router(app.state.access.origins_of))
    mount_mcp(app, opening.assistant)
    for group in groups:
        app.include_router(group(opening.assistant))
    prepare_gradio(folder or ROOT / "var" / "gradio")
    from ui.chat.engine import make_engine

    mount_engine(app, make_engine(opening.assistant, app.state.access.converses))
    return app


def serve(
    settings: "Settings", host: str, port: int, rules: "Rules", workers: int = 1, out: TextIO = sys.stdout
) -> None:
    """Serve until stopped, in `workers` processes behind a front where they are several; the address goes to
    `out` once questions can be answered.

    Raises AddressUnavailable, WorkersFailed, or what keeps the application from being put together.
    """
    from ui.front.listener import listen

    listener = listen(host, port)  # before anything slow, so that a wrong port is known at once
    with listener:
        from assistant import logs
        from assistant.access.addresses import is_loopback

        logs.set_up(settings.log_format, settings.log_level, settings.log_questions)
        names = named(host)
        # Bound to every address it is shown by the one that always answers.
        address = f"http://{(*names, '127.0.0.1')[0]}:{listener.getsockname()[1]}"
        unnamed = not is_loopback(host) and not {*names, *settings.hosts}

        def announce(unable: str | None) -> None:
            _announce(unable, address, unnamed, out)

        from ui.pages.faults import FaultPages

        if workers > 1:
            from ui.front.front import run_front

            given = json.dumps({"rules": asdict(rules), "hosts": names, "workers": workers})
            command = [sys.executable, "-m", "ui.worker", given]
            run_front(
                command,
                workers,
                listener,
                settings.state_dir / "run",
                announce,
                settings.proxies,
                settings.max_connections,
                settings.upload_bytes,
                FaultPages,
            )
            return

        from ui.front.alone import run_alone

        run_alone(
            lambda: create_application(settings, rules, names),
            lambda app: announce(settled(app)),
            listener,
            settings.proxies,
            settings.max_connections,
            FaultPages,
        )


def settled(app: Any) -> str | None:
    """Why an application of `create_application` cannot answer questions; None where it can. Waits until the
    first try to open the index has ended."""
    opening: Opening = app.state.opening
    opening.wait(_OPENING_SECONDS)
    return opening.unable()


def named(host: str) -> tuple[str, ...]:
    """The name under which a server bound to `host` may be called; none where it is bound to every address,
    since whoever asks could then choose."""
    try:
        name = host_name(host)
    except ValueError:  # an empty one, or an address of one network card
        return ()
    return () if name in ("0.0.0.0", "[::]") else (name,)  # noqa: S104


def _announce(unable: str | None, address: str, unnamed: bool, out: TextIO) -> None:
    """Say where the service is, and why it is `unable` to answer yet; `unnamed`: other machines reach it, and
    no name is known under which it would answer them."""
    if unable is None:
        out.write("教育政策问答已就绪。\n")
    else:
        out.write(f"服务已启动，但还不能回答问题：{unable}\n")
    out.write(f"请用浏览器打开：{address}/    接口说明：{address}/docs\n按 Ctrl+C 停止。\n")
    if unnamed:
        out.write(_UNNAMED)
    out.flush()
