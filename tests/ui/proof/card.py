"""`make share-card`: Chromium draws, from card.html, the picture that others show beside a link to a page of
ours, ui/static/card.png."""

import io
import sys
from pathlib import Path

from PIL import Image

from assistant.settings import ROOT
from tests.chromium import chromium

SIZE = (1200, 630)
MOST_BYTES = 60_000
PICTURE = ROOT / "ui" / "static" / "card.png"
_COLOURS = 48
"""Enough for flat colours and the edges of letters."""
_PAGE = Path(__file__).with_name("card.html")


def main() -> int:
    """Draw it; 0."""
    with chromium() as browser:
        page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]})
        page.goto(_PAGE.as_uri())
        drawn = Image.open(io.BytesIO(page.screenshot()))
    drawn.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(PICTURE, optimize=True)
    sys.stdout.write(f"{PICTURE}: {PICTURE.stat().st_size} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
