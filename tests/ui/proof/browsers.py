"""`make browsers`: many browsers that ask, and how long an answer takes to be seen.

    python -m tests.ui.proof.browsers [--browsers 20] [--minutes 2] [--every 10] [--url http://127.0.0.1:8000]

Starts `policy-qa serve` on loopback. Each browser is a context of its own in one Chromium, with nothing
shared, which opens the page and asks mixed questions. Counted is the time from Enter to the frame after the
answer came into the page, taken in the page itself. Writes a report under `docs/measured/`; ends with 1 where
the 95th percentile is above two seconds or a question was not answered.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from statistics import quantiles
from time import monotonic
from typing import TYPE_CHECKING, Any

from assistant.settings import ROOT
from tests.chromium import FLAGS, path_of
from tests.launched import launched
from tests.ui.chat.questions import MIXED

if TYPE_CHECKING:
    from playwright.async_api import Browser

_MOST_SECONDS = 2.0
_OPEN_RULES = {
    "POLICY_QA_CONVERSATION_PER_MINUTE": "1000",
    "POLICY_QA_ADDRESS_PER_MINUTE": "100000",
    "POLICY_QA_ADDRESS_PER_DAY": "1000000",
    "POLICY_QA_CACHE_SECONDS": "0",
}
"""Twenty people come from twenty addresses, where these share one; no answer is given again."""
_CLOCK = """(() => {
  const turns = document.querySelector('#turns');
  window.__asked = 0;
  window.__took = [];
  const form = document.querySelector('#ask');
  form.addEventListener('submit', () => { window.__asked = performance.now() }, true);
  new MutationObserver(() => {
    const last = turns.lastElementChild;
    if (!window.__asked || !last || ['queued', 'running'].includes(last.dataset.status)) return;
    const began = window.__asked;
    window.__asked = 0;
    requestAnimationFrame(() => requestAnimationFrame(() =>
      window.__took.push([last.dataset.status, performance.now() - began])));
  }).observe(turns, {childList: true, subtree: true, attributes: true, attributeFilter: ['data-status']});
})()"""
"""Notes for each question how it ended, and the milliseconds until the frame after that was drawn."""


def main() -> int:
    """Measure, print and write; 1 where an answer takes too long or does not come."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--browsers", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--every", type=float, default=10.0, help="seconds")
    parser.add_argument("--url", help="a server that runs already")
    parser.add_argument("--reports", type=Path, default=ROOT / "docs" / "measured")
    given = parser.parse_args()
    rounds = max(round(given.minutes * 60 / given.every), 1)
    with tempfile.TemporaryDirectory(prefix="policy-qa-browsers-") as folder:
        state = Path(folder)
        own = launched(state / "state", _OPEN_RULES, state / "log")
        with nullcontext() if given.url else own as server:
            base = given.url or server.base  # type: ignore[union-attr]
            took = asyncio.run(_all(base, given.browsers, rounds, given.every))
    text = _report(given.browsers, rounds, given.every, took)
    sys.stdout.write(text)
    given.reports.mkdir(parents=True, exist_ok=True)
    (given.reports / f"{datetime.now().astimezone():%Y-%m-%d}-browsers.md").write_text(text, encoding="utf-8")
    seconds = [each for status, each in took if status != "failed"]
    return 1 if len(seconds) < given.browsers * rounds or _percentile(seconds, 95) > _MOST_SECONDS else 0


async def _all(base: str, browsers: int, rounds: int, every: float) -> list[tuple[str, float]]:
    """How each question ended, and the seconds that it took."""
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path_of(), args=list(FLAGS))
        found = await asyncio.gather(
            *(_one(browser, base, number, browsers, rounds, every) for number in range(browsers))
        )
        await browser.close()
    return [each for one in found for each in one]


async def _one(
    browser: "Browser", base: str, number: int, browsers: int, rounds: int, every: float
) -> list[tuple[str, float]]:
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    page = await context.new_page()
    await page.goto(base)
    await page.locator("body[data-state=idle] #question").wait_for()
    await page.evaluate(_CLOCK)
    await asyncio.sleep(every * number / browsers)  # people do not ask at the same moment
    for round_number in range(rounds):
        began = monotonic()
        await page.locator("#question").fill(MIXED[(number + round_number * 7) % len(MIXED)])
        await page.keyboard.press("Enter")
        await asyncio.sleep(max(every - (monotonic() - began), 0))
    await asyncio.sleep(2)
    took: list[Any] = await page.evaluate("window.__took")
    await context.close()
    return [(status, milliseconds / 1000) for status, milliseconds in took]


def _percentile(values: Sequence[float], of: int) -> float:
    return quantiles(values, n=100, method="inclusive")[of - 1] if len(values) > 1 else max(values, default=0)


def _report(browsers: int, rounds: int, every: float, took: list[tuple[str, float]]) -> str:
    seconds = [each for status, each in took if status != "failed"]
    load = os.getloadavg()[0]
    lines = [
        f"# Browsers that ask, {datetime.now().astimezone():%Y-%m-%d %H:%M}",
        "",
        f"`make browsers`: {browsers} browsers of one Chromium, a question each every {every:g} s,",
        f"{rounds} rounds, mixed questions, none answered from a cache; from Enter to the answer drawn. Load",
        f"average {load:.2f} at the end on {os.cpu_count()} cores, on which server and browsers run alike.",
        "",
        "| questions | answered | failed | p50 | p95 (≤ 2 s) | slowest |",
        "| --- | --- | --- | --- | --- | --- |",
        f"| {browsers * rounds} | {len(seconds)} | {browsers * rounds - len(seconds)} "
        f"| {_percentile(seconds, 50):.2f} s | {_percentile(seconds, 95):.2f} s "
        f"| {max(seconds, default=0):.2f} s |",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
