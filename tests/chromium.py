"""Debian's Chromium as the tests and the named measurements start it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
"""Without its own errands; names other than this machine's do not resolve."""
MISSING = "没有找到 chromium；安装：apt-get install chromium fonts-noto-cjk"


def path_of() -> str:
    """Where the browser lies. Raises FileNotFoundError where the machine has none."""
    path = shutil.which("chromium")
    if path is None:
        raise FileNotFoundError(MISSING)
    return path


@contextmanager
def chromium() -> "Iterator[Browser]":
    """A browser, closed in the end. Raises FileNotFoundError where the machine has none."""
    from playwright.sync_api import sync_playwright

    path = path_of()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield opened
        opened.close()
