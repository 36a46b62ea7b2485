"""`make firefox`: the chat in Debian's Firefox, on a desk and on a phone.

    python -m tests.ui.proof.firefox [--url http://127.0.0.1:8000] [--pictures var/firefox]

Starts `policy-qa serve` on loopback, asks by keyboard, opens the original, goes back, loads the page again,
and looks what the console said and which hosts were asked. Writes pictures, and a report under
`docs/measured/`; ends with an AssertionError where something does not happen.
"""

import argparse
import sys
import tempfile
from contextlib import nullcontext
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


def main() -> int:
    """Look, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="a server that runs already")
    parser.add_argument("--pictures", type=Path, default=ROOT / "var" / "firefox")
    parser.add_argument("--reports", type=Path, default=ROOT / "docs" / "measured")
    given = parser.parse_args()
    given.pictures.mkdir(parents=True, exist_ok=True)
    lines = []
    with tempfile.TemporaryDirectory(prefix="policy-qa-firefox-") as folder:
        own = launched(Path(folder) / "state", {}, Path(folder) / "log")
        with nullcontext() if given.url else own as server:
            base = given.url or server.base  # type: ignore[union-attr]
            for name, size in _SIZES.items():
                with firefox() as window:
                    window.size(*size)
                    _look(window, base, given.pictures, name)
                    version = window.value("navigator.userAgent").rpartition("/")[2]
                back = "yes" if name == "phone" else "–"
                lines.append(f"| {name} | {size[0]} x {size[1]} | yes | yes | {back} | yes | 0 | 0 |")
    text = _report(version, lines)
    sys.stdout.write(text)
    given.reports.mkdir(parents=True, exist_ok=True)
    (given.reports / f"{datetime.now().astimezone():%Y-%m-%d}-firefox.md").write_text(text, encoding="utf-8")
    return 0


def _look(window: Window, base: str, pictures: Path, name: str) -> None:
    window.open(f"{base}/")
    window.wait("document.querySelector('body[data-state=idle] #question')")
    assert window.value("document.documentElement.scrollWidth <= innerWidth"), "wider than the window"
    window.picture(pictures / f"{name}-first.png")
    window.value("document.querySelector('#question').focus()")
    window.keys(QUESTION + ENTER)
    window.wait(_ANSWERED)
    answer = "document.querySelector('#turns > :last-child').innerText"
    assert QUOTED in window.value(answer)
    window.picture(pictures / f"{name}-answer.png")
    if not window.value(f"!!({_MARKED})"):  # on a desk it opens by itself
        window.value("document.querySelector('#turns a[data-original]').click()")
        window.wait(_MARKED)
    assert QUOTED in window.value("document.querySelector('#original mark').parentElement.innerText")
    window.picture(pictures / f"{name}-original.png")
    if name == "phone":
        window.back()
        window.wait("document.querySelector('#original').hidden")
        assert QUOTED in window.value(answer)
    window.reload()
    window.wait(_ANSWERED)
    assert QUOTED in window.value(answer)
    window.picture(pictures / f"{name}-again.png")
    own = urlsplit(base).netloc
    others = [url for url in window.asked if urlsplit(url).scheme not in _OWN_SCHEMES]
    assert {urlsplit(url).netloc for url in others} == {own}, others
    assert not window.said, window.said


def _report(version: str, lines: list[str]) -> str:
    head = [
        f"# The chat in Firefox {version}, {datetime.now().astimezone():%Y-%m-%d}",
        "`make firefox`: Debian's firefox-esr without a display, over WebDriver BiDi.",
        "",
        "| window | CSS pixels | asked by keyboard, answered | original opened at the quotation |"
        " back (phone) | the same after a reload | messages in the console | other hosts |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    return "\n".join([*head, *lines]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
