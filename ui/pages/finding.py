"""Words looked for in one document: where they stand, whatever their width, blanks and line breaks."""

from dataclasses import dataclass

from index.text.folding import fold, fold_text
from ui.pages.original import Mark

MOST_LETTERS = 100
"""Of the words looked for."""
MOST_MARKED = 500
"""Places that are marked, the first ones."""
_NAME = "o-hit-{}"


@dataclass(frozen=True, slots=True)
class Found:
    """Where words stand in a text."""

    words: str
    count: int
    """Places in all."""
    marks: tuple[Mark, ...]
    """The first `MOST_MARKED` of them, in text order."""
    here: int
    """Which of the marks the reader is at, from 1; 0 where there is none."""

    @property
    def before(self) -> int:
        """The number of the mark before; the last one before the first."""
        return self.here - 1 or len(self.marks)

    @property
    def after(self) -> int:
        """The number of the mark after; the first one after the last."""
        return self.here % len(self.marks) + 1 if self.marks else 0


def find(text: str, words: str, here: int = 1) -> Found:
    """Every place of `text` where `words`, not empty, stand, apart from each other; `here` is the number of
    the one to show, and the nearest that there is is taken."""
    folded, sought = fold(text), fold_text(words)
    spans = []
    at = folded.view.find(sought) if sought else -1
    while at >= 0:
        spans.append(folded.span(at, at + len(sought)))
        at = folded.view.find(sought, at + len(sought))
    here = max(1, min(here, len(spans), MOST_MARKED)) if spans else 0
    marks = (
        Mark(start, end, _NAME.format(number), "found here" if number == here else "found")
        for number, (start, end) in enumerate(spans[:MOST_MARKED], start=1)
    )
    return Found(words, len(spans), tuple(marks), here)
