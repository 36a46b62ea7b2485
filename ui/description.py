"""`python -m ui.description FILE` writes the description of the interface, which nothing serves.

`docs/openapi.json` is written so (`make openapi`): from it clients are generated, and a change of the
interface shows in it.
"""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.api.app import create_app
from assistant.api.openapi import describe
from assistant.storage.store import Store
from ui.pages import evidence

if TYPE_CHECKING:
    from assistant.service import Assistant


def description() -> str:
    """The description as the file holds it."""
    app = create_app(_closed, Store("sqlite://"), routers=[evidence.router])
    return json.dumps(describe(app), ensure_ascii=False, indent=1) + "\n"


def _closed() -> "Assistant":
    raise AssertionError("to describe the interface no index is opened")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(description(), encoding="utf-8")
