"""`make firefox`: the chat in Debian's Firefox, on a desk and on a phone.

    python -m tests.ui.proof.firefox [--url http://127.0.0.1:8000] [--pictures var/firefox]

Starts `policy-qa serve` on loopback, asks by keyboard, opens the original, goes back, loads the page again,
and looks what the console said and which hosts were asked. Writes pictures, and a report under
`docs/measured/` of what was seen; ends with 1 where that is not as it is to be, and with an AssertionError
where something does not come at all.
"""

import argparse
import sys
import tempfile
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from assistant.settings import ROOT
from tests.firefox import ENTER, Window, firefox
from tests.launched import launched
from tests.ui.chat.visit import DESK, PHONE, QUESTION, QUOTED

_SIZES = {"desk": DESK, "phone": PHONE}
_ANSWERED = "document.querySelector('#turns > :last-child')?.dataset.status === 'answered'"
_MARKED = "document.querySelector('#original:not([hidden]) mark')"
_OWN_SCHEMES = {"data", "about", "resource", "chrome", "moz-extension", "blob"}
"""What a browser asks of itself."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was observed in one window."""

    size: str
    """In CSS pixels, as the page measures it."""
    fits: bool
    """Nothing is wider than the window."""
    answered: bool
    original: bool
    back: bool | None
    """None: nobody goes back, since the original stands beside the answer."""
    again: bool
    said: tuple[str, ...]
    others: tuple[str, ...]

    def cells(self) -> list[str]:
        """The cells of the report's row."""
        happened = (self.fits, self.answered, self.original, self.back, self.again)
        words = ["–" if each is None else "yes" if each else "**no**" for each in happened]
        return [self.size, *words, str(len(self.said)), str(len(self.others))]

    def is_well(self) -> bool:
        """Everything is as it is to be."""
        happened = self.fits and self.answered and self.original and self.back is not False and self.again
        return happened and not self.said and not self.others


def main() -> int:
    """Look, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="a server that runs already")
    parser.add_argument("--pictures", type=Path, default=ROOT / "var" / "firefox")
    parser.add_argument("--reports", type=Path, default=ROOT / "docs" / "measured")
    given = parser.parse_args()
    given.pictures.mkdir(parents=True, exist_ok=True)
    lines: list[str] = []
    failed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="policy-qa-firefox-") as folder:
        own = launched(Path(folder) / "state", {}, Path(folder) / "log")
        with nullcontext() if given.url else own as server:
            base = given.url or server.base  # type: ignore[union-attr]
            for name, size in _SIZES.items():
                with firefox() as window:
                    window.size(*size)
                    seen = _look(window, base, given.pictures, name)
                    version = window.value("navigator.userAgent").rpartition("/")[2]
                lines.append(f"| {name} | {' | '.join(seen.cells())} |")
                if not seen.is_well():
                    failed.append(f"{name}: {seen}")
    text = _report(version, lines)
    sys.stdout.write(text)
    given.reports.mkdir(parents=True, exist_ok=True)
    (given.reports / f"{datetime.now().astimezone():%Y-%m-%d}-firefox.md").write_text(text, encoding="utf-8")
    if failed:
        sys.stderr.write("".join(f"{line}\n" for line in failed))
    return 1 if failed else 0


def _look(window: Window, base: str, pictures: Path, name: str) -> _Seen:
    """Do what a person does; what was seen. Raises AssertionError where it comes to nothing in time."""
    window.open(f"{base}/")
    window.wait("document.querySelector('body[data-state=idle] #question')")
    size = f"{window.value('innerWidth')} x {window.value('innerHeight')}"
    fits = window.value("document.documentElement.scrollWidth <= innerWidth")
    window.picture(pictures / f"{name}-first.png")
    window.value("document.querySelector('#question').focus()")
    window.keys(QUESTION + ENTER)
    window.wait(_ANSWERED)
    answer = "document.querySelector('#turns > :last-child').innerText"
    answered = QUOTED in window.value(answer)
    window.picture(pictures / f"{name}-answer.png")
    if not window.value(f"!!({_MARKED})"):  # on a desk it opens by itself
        window.value("document.querySelector('#turns a[data-original]').click()")
        window.wait(_MARKED)
    original = QUOTED in window.value("document.querySelector('#original mark').parentElement.innerText")
    window.picture(pictures / f"{name}-original.png")
    back = None
    if name == "phone":
        window.back()
        window.wait("document.querySelector('#original').hidden")
        back = QUOTED in window.value(answer)
    before = window.value(answer)
    window.reload()
    window.wait(_ANSWERED)
    again = window.value(answer) == before
    window.picture(pictures / f"{name}-again.png")
    asked = {urlsplit(url).netloc for url in window.asked if urlsplit(url).scheme not in _OWN_SCHEMES}
    others = tuple(sorted(asked - {urlsplit(base).netloc}))
    return _Seen(size, fits, answered, original, back, again, tuple(window.said), others)


def _report(version: str, lines: list[str]) -> str:
    head = [
        f"# The chat in Firefox {version}, {datetime.now().astimezone():%Y-%m-%d}",
        "`make firefox`: Debian's firefox-esr without a display, over WebDriver BiDi, key by key.",
        "",
        "| window | CSS pixels | fits | asked by keyboard, answered | original opened at the quotation |"
        " back (phone) | the same after a reload | messages in the console | other hosts |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    return "\n".join([*head, *lines]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
