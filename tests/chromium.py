"""Debian's Chromium as the tests and the named measurements start it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Frame, Page

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
_POLL_MS = 50
_DRAWN = """(() => {
  const observer = new PerformanceObserver(() => {});
  observer.observe({type: 'paint', buffered: true});
  const seen = observer.takeRecords();
  observer.disconnect();
  return seen.some((each) => each.name === 'first-contentful-paint');
})()"""
"""Asks an observer: a clock that Playwright has installed puts a `performance` without entries in the place
of the browser's."""
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


def drawn(shown: "Page | Frame") -> None:
    """Wait until something of a page, or of a frame from another site, was on the screen: Chromium drops keys
    that come before."""
    until(shown, lambda: shown.evaluate(_DRAWN))


def until(shown: "Page | Frame", holds: Callable[[], object], seconds: float = 60) -> None:
    """Wait until `holds`, hearing meanwhile what happens in the page; TimeoutError where it never does."""
    for _ in range(round(seconds * 1000 / _POLL_MS)):
        if holds():
            return
        shown.wait_for_timeout(_POLL_MS)
    raise TimeoutError("it does not come about")
