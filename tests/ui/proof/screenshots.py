"""`make screenshots`: every state of the pages as a picture, to be looked at.

    python -m tests.ui.proof.screenshots [--only answered,original] [--folder var/screenshots]

Each state at a desk and on a phone; some of them at 200 and 400 percent, dark, in 长者模式 and in forced
colours. The names say what is shown: `answered.phone.dark.png`. Windows, not whole pages: what a person sees.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.settings import ROOT
from tests.chromium import chromium
from tests.ui.chat.visit import SIZES
from tests.ui.proof.states import STATES, State, opened
from tests.ui.proof.world import World, world

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_EVERY = ("desk", "phone")
_SOME = ("200%", "400%", "landscape")
_CLOSELY = frozenset(
    {
        "first-view",
        "answered",
        "list",
        "refusal-with-clauses",
        "correction",
        "original",
        "history",
        "server-gone",
        "queued",
        "document",
        "sheet",
    }
)
"""States that are looked at in every size and look."""
_LOOKS: dict[str, dict[str, Any]] = {
    "dark": {"type": "normal", "theme": "dark"},
    "elder": {"type": "elder", "theme": "light"},
    "elder-dark": {"type": "elder", "theme": "dark"},
}


def main() -> int:
    """Make the pictures; 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help="names of states, by commas")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "screenshots")
    given = parser.parse_args()
    only = given.only.split(",") if given.only else None
    given.folder.mkdir(parents=True, exist_ok=True)
    made = 0
    own = tempfile.TemporaryDirectory(prefix="policy-qa-screenshots-")
    with own as folder, world(Path(folder)) as places, chromium() as browser:
        for state in STATES:
            if only is None or state.name in only:
                made += _pictures(browser, places, state, given.folder)
    sys.stdout.write(f"{made} pictures in {given.folder}\n")
    return 0


def _pictures(browser: "Browser", places: World, state: State, folder: Path) -> int:
    closely = state.name in _CLOSELY
    made = 0
    for size in (*_EVERY, *(_SOME if closely else ())):
        options: dict[str, Any] = {"device_scale_factor": 2} if size in ("phone", "400%") else {}
        if size in ("phone", "landscape"):
            options |= {"has_touch": True, "is_mobile": True}
        visit = opened(browser, places, state, SIZES[size], **options)
        name = f"{state.name}.{size.rstrip('%')}"
        visit.page.screenshot(path=folder / f"{name}.png")
        made += 1
        if closely and size in _EVERY:
            for look, chosen in _LOOKS.items():
                visit.page.evaluate("look => policyQADisplay.choose(look)", chosen)
                visit.page.wait_for_timeout(100)
                visit.page.screenshot(path=folder / f"{name}.{look}.png")
            visit.page.evaluate("look => policyQADisplay.choose(look)", {"type": "normal", "theme": "auto"})
            visit.page.emulate_media(forced_colors="active")
            visit.page.screenshot(path=folder / f"{name}.forced.png")
            made += len(_LOOKS) + 1
        places.held.gate.open()
        visit.close(faults=True)
    return made


if __name__ == "__main__":
    sys.exit(main())
