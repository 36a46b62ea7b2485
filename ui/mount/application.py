"""Gradio's application made from the chat's engine and put behind the open routes."""

import logging
import os
import sys
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI

from ui.mount.stubs import without_stubs

if TYPE_CHECKING:
    import gradio as gr

_ENVIRONMENT = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    # Statistics over the last 10,000 events, made anew after each, for a page that is shut here.
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
}
_PRINTING = ("queueing", "routes", "route_utils", "utils")
"""Gradio's modules that print what went wrong."""
_log = logging.getLogger(__name__)


def prepare_gradio(folder: Path) -> None:
    """Import Gradio, with what it reads from the environment then: no traffic of its own, no statistics, and
    `folder` for the files that it makes, in place of one that all users of the machine share."""
    os.environ.update({**_ENVIRONMENT, "GRADIO_TEMP_DIR": str(folder)})
    with without_stubs():
        import gradio  # noqa: F401


def mount_engine(app: FastAPI, blocks: "gr.Blocks") -> None:
    """Serve the endpoints of `blocks` by the routes of `ui.mount.routes` alone; `app.state.chat` names them.

    Gradio's own mount is used on an application that nobody reaches, for what it sets up and for its
    lifespan.
    """
    import gradio as gr

    from ui.mount.routes import chat_routes

    _log_what_gradio_prints()
    hidden = FastAPI()
    gr.mount_gradio_app(
        hidden,
        blocks,
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
        pwa=False,
        blocked_paths=[os.sep],  # the chat serves no file, whatever else is tried
        max_file_size=1,
    )
    blocks.has_launched = True  # only launch() sets it, and without it no file is checked
    app.state.chat = blocks
    app.router.routes.extend(chat_routes(blocks, blocks.app))
    outer = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with outer(app), hidden.router.lifespan_context(hidden):
            yield

    app.router.lifespan_context = lifespan


def _log_what_gradio_prints() -> None:
    """Have Gradio's faults logged like all others: it prints them to stderr, with messages that may quote a
    question."""
    from importlib import import_module

    def print_exc(*_args: Any, **_options: Any) -> None:
        _log.error("a fault inside Gradio", exc_info=sys.exc_info())

    def printed(*_values: Any, **_options: Any) -> None:
        _log.warning("Gradio prints something", exc_info=sys.exc_info()[1])

    for name in _PRINTING:
        module = vars(import_module(f"gradio.{name}"))
        module["print"] = printed
        module["traceback"] = SimpleNamespace(**{**vars(traceback), "print_exc": print_exc})
