"""`make page-figures`: what the pages cost a browser, with a cold cache and again, as a table.

    python -m tests.ui.proof.figures [--rounds 5] [--url http://127.0.0.1:8000] [--bare]

Starts `policy-qa serve` on loopback and loads each page in a browser that has nothing of it, then once more
in the same browser. Medians of the rounds; the report goes to `docs/measured/`. Ends with 1 where a figure of
the chat is worse than it may be. `--bare` measures Gradio's own page besides, once empty and once with a
Chatbot and a Textbox.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median
from time import monotonic
from typing import TYPE_CHECKING, Any

from assistant.settings import ROOT
from tests.chromium import chromium
from tests.launched import launched
from tests.serving import served
from tests.ui.proof.weight import Load, load, middle

if TYPE_CHECKING:
    from playwright.sync_api import Browser


_VIEW: Any = {"viewport": {"width": 1280, "height": 800}, "locale": "zh-CN"}
_QUESTION = "娃儿一天在学校能运动好久？"
_QUOTED = "每天１小时校园体育活动时间"
_CHAT_READY = " && ".join(
    f"document.querySelector('{each}')"
    for each in ("#question:enabled:read-write", "#open-history:not([hidden])")
)
"""The box can be written into, and the scripts have shown what needs them."""
_PARSED = "document.readyState === 'complete'"


@dataclass(frozen=True, slots=True)
class Limits:
    """What the chat may cost at most: seconds, bytes over the wire, requests."""

    first_paint: float = 0.6
    usable: float = 1.2
    wire: int = 300_000
    requests: int = 40
    again_wire: int = 20_000


@dataclass(frozen=True, slots=True)
class Row:
    """A page's medians."""

    name: str
    cold: Load
    again: Load


def main() -> int:
    """Measure, print and write; 1 where the chat costs more than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--url", help="a server that runs already")
    parser.add_argument("--bare", action="store_true", help="Gradio's own page besides")
    parser.add_argument("--reports", type=Path, default=ROOT / "docs" / "measured")
    given = parser.parse_args()
    with chromium() as browser, _server(given.url) as base:
        rows = [
            _measured(browser, "chat", base, given.rounds, _CHAT_READY),
            *(_measured(browser, path, base + path, given.rounds) for path in ("/documents", "/about")),
        ]
        answered = median(_answered(browser, base) for _ in range(given.rounds))
        if given.bare:
            rows += _bare(browser, given.rounds)
    over = _over(rows[0], Limits())
    text = _report(rows, answered, given.rounds, over)
    sys.stdout.write(text)
    given.reports.mkdir(parents=True, exist_ok=True)
    (given.reports / f"{datetime.now().astimezone():%Y-%m-%d}-page.md").write_text(text, encoding="utf-8")
    return 1 if over else 0


@contextmanager
def _server(url: str | None) -> Iterator[str]:
    if url:
        yield url.rstrip("/")
        return
    with tempfile.TemporaryDirectory(prefix="policy-qa-figures-") as folder:
        state = Path(folder)
        with launched(state / "state", log=state / "log") as server:
            yield server.base


def _measured(browser: "Browser", name: str, address: str, rounds: int, ready: str = _PARSED) -> Row:
    """The medians of `rounds` loads of `address`, each in a browser that has nothing of it, and of loading it
    there once more."""
    cold, again = [], []
    for _ in range(rounds):
        context = browser.new_context(**_VIEW)
        cold.append(load(context, address, ready))
        again.append(load(context, address, ready))
        context.close()
    return Row(name, middle(cold), middle(again))


def _answered(browser: "Browser", base: str) -> float:
    """Seconds from Enter to an answer with its quotation shown, asked as soon as the page is there."""
    context = browser.new_context(**_VIEW)
    page = context.new_page()
    page.goto(base, wait_until="domcontentloaded")
    page.get_by_label("您的问题").fill(_QUESTION)
    began = monotonic()
    page.keyboard.press("Enter")
    page.locator("#turns .turn").get_by_text(_QUOTED).first.wait_for()
    took = monotonic() - began
    context.close()
    return took


def _bare(browser: "Browser", rounds: int) -> list[Row]:
    """Gradio's own page, with nothing of ours in it."""
    import gradio as gr
    from fastapi import FastAPI
    from starlette.middleware.gzip import GZipMiddleware

    rows = []
    for name in ("Gradio, empty", "Gradio, Chatbot and Textbox"):
        with gr.Blocks(analytics_enabled=False) as blocks:
            if "Chatbot" in name:
                gr.Chatbot()
                gr.Textbox()
        app = gr.mount_gradio_app(FastAPI(), blocks, path="/", footer_links=[], ssr_mode=False, pwa=False)
        app.add_middleware(GZipMiddleware)
        drawn = "document.querySelector('.gradio-container')"
        written = f"{drawn} && document.querySelector('textarea')"
        with served(app, "/") as base:
            rows.append(_measured(browser, name, base, rounds, written if "Chatbot" in name else drawn))
    return rows


def _over(chat: Row, most: Limits) -> list[str]:
    """The figures of the chat that are worse than they may be."""
    pairs = [
        ("first contentful paint", chat.cold.first_paint, most.first_paint),
        ("usable", chat.cold.usable, most.usable),
        ("bytes", chat.cold.wire, most.wire),
        ("requests", chat.cold.requests, most.requests),
        ("bytes of a repeat visit", chat.again.wire, most.again_wire),
        ("other hosts", len(chat.cold.hosts | chat.again.hosts) - 1, 0),
    ]
    return [f"{name}: {value:g} is more than {limit:g}" for name, value, limit in pairs if value > limit]


def _report(rows: list[Row], answered: float, rounds: int, over: list[str]) -> str:
    lines = [
        f"| {row.name}{visit} | {load.first_paint:.2f} s | {load.usable:.2f} s | {load.requests} "
        f"| {load.wire / 1000:.1f} KB | {load.plain / 1000:.1f} KB | {', '.join(sorted(load.hosts))} |"
        for row in rows
        for visit, load in (("", row.cold), (", again", row.again))
    ]
    parts = [
        f"# What a page costs, {datetime.now().astimezone():%Y-%m-%d %H:%M}",
        "",
        f"`make page-figures`: Debian's Chromium, 1280x800, loopback, cold cache, medians of {rounds};",
        "`again` is a second visit in the same browser. Load average "
        f"{os.getloadavg()[0]:.2f} on {os.cpu_count()} cores, on which server and browser run alike.",
        "",
        "| page | first contentful paint | usable | requests | bytes over the wire | uncompressed | hosts |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *lines,
        "",
        f"From Enter to the answer with its quotation: {answered:.2f} s.",
        *(["", "Over what it may be: " + "; ".join(over) + "."] if over else []),
        "",
    ]
    return "\n".join(parts)


if __name__ == "__main__":
    sys.exit(main())
