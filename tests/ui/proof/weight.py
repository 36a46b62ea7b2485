"""What loading a page costs in a browser: times, requests, bytes, hosts."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, CDPSession, Page

_SETTLED_MS = 700
"""So long nothing is asked for any more until a load counts as over."""
_MOMENTS = """
(() => {
  window.__usable = null;
  const look = () => {
    if (READY) window.__usable = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
"""
"""Notes the first frame in which READY holds."""
_PARSED = "document.readyState === 'complete'"


@dataclass(frozen=True, slots=True)
class Load:
    """One load of a page."""

    first_paint: float
    """Seconds from the start of navigation to the first contentful paint."""
    usable: float
    """Seconds from the start of navigation until the page does what it is for."""
    requests: int
    """Requests that went to a server; what the browser had kept is not among them."""
    wire: int
    """Bytes received, heads and compression included."""
    plain: int
    """Bytes of the bodies, uncompressed, those of the browser's own cache left out."""
    hosts: frozenset[str]
    """Names of the hosts that were asked for anything."""


def middle(loads: "list[Load]") -> Load:
    """The median of each figure, and every host."""
    return Load(
        median(load.first_paint for load in loads),
        median(load.usable for load in loads),
        round(median(load.requests for load in loads)),
        round(median(load.wire for load in loads)),
        round(median(load.plain for load in loads)),
        frozenset().union(*(load.hosts for load in loads)),
    )


class Traffic:
    """What one page's session with the network has seen."""

    def __init__(self, session: "CDPSession") -> None:
        self.hosts: set[str] = set()
        self.served: set[str] = set()
        self.wire = self.plain = 0
        self._cached: set[str] = set()
        self._open: set[str] = set()
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.requestServedFromCache", lambda sent: self._cached.add(sent["requestId"]))
        session.on("Network.responseReceived", self._answered)
        session.on("Network.dataReceived", self._received)
        session.on("Network.loadingFinished", self._finished)
        session.send("Network.enable")

    def _asked(self, sent: dict[str, Any]) -> None:
        parts = urlsplit(sent["request"]["url"])
        if parts.scheme not in ("data", "blob"):
            self.hosts.add(parts.hostname or "")
            self.served.add(sent["requestId"])

    def _answered(self, sent: dict[str, Any]) -> None:
        response = sent["response"]
        if response.get("fromDiskCache") or response.get("fromPrefetchCache"):
            self._cached.add(sent["requestId"])

    def _received(self, sent: dict[str, Any]) -> None:
        if sent["requestId"] not in self._cached:
            self.plain += sent["dataLength"]

    def _finished(self, sent: dict[str, Any]) -> None:
        if sent["requestId"] not in self._cached:
            self.wire += round(sent["encodedDataLength"])

    @property
    def requests(self) -> int:
        """Requests that a server answered."""
        return len(self.served - self._cached)


@contextmanager
def watched(context: "BrowserContext") -> "Iterator[tuple[Page, Traffic]]":
    """A new page of `context` and its traffic."""
    page = context.new_page()
    yield page, Traffic(context.new_cdp_session(page))
    page.close()


def load(context: "BrowserContext", address: str, ready: str = _PARSED) -> Load:
    """What opening `address` in a new page of `context` costs, until nothing more is asked for. `ready`: an
    expression of the page that holds once the page is usable."""
    with watched(context) as (page, traffic):
        page.add_init_script(_MOMENTS.replace("READY", ready))
        page.goto(address)
        before = -1
        while before != traffic.requests + traffic.wire or page.evaluate("window.__usable === null"):
            before = traffic.requests + traffic.wire
            page.wait_for_timeout(_SETTLED_MS)
        paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        usable = page.evaluate("window.__usable")
        return Load(
            paint / 1000,
            usable / 1000,
            traffic.requests,
            traffic.wire,
            traffic.plain,
            frozenset(traffic.hosts),
        )
