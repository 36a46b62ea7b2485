"""How a page of a PDF lies, and whether pictures are on it."""

import math
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from index.readers.pdf_lines import Stroke, Strokes
from index.readers.pdf_rows import Box

_LARGE = 0.1
"""Share of a page that a picture covers which may hold text."""
_DEEPEST = 5
"""Forms within forms that are looked into."""
_SEEN = 100
"""Characters that are asked how they lie."""


@dataclass(frozen=True, slots=True)
class Turn:
    """From a page's own space to the page with its text upright, the origin bottom left in both."""

    quarters: int
    """Quarter turns clockwise, 0 to 3."""
    left: float
    bottom: float
    right: float
    top: float

    @classmethod
    def of(cls, page: Any, layer: Any) -> "Turn":
        """How most characters of a page lie; some files say of such a page that it is turned, some do not."""
        import pypdfium2.raw as raw

        count = layer.count_chars()
        angles = (raw.FPDFText_GetCharAngle(layer, at) for at in range(0, count, 1 + count // _SEEN))
        quarters = Counter(round(-angle / (math.pi / 2)) % 4 for angle in angles if angle >= 0)
        most = quarters.most_common(1)
        return cls(most[0][0] if most else 0, *page.get_cropbox())

    @property
    def height(self) -> float:
        """Height of the page with its text upright."""
        return self.right - self.left if self.quarters % 2 else self.top - self.bottom

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the page's own space is with the text upright."""
        if self.quarters == 1:
            return y - self.bottom, self.right - x
        if self.quarters == 2:
            return self.right - x, self.top - y
        if self.quarters == 3:
            return self.top - y, x - self.left
        return x - self.left, y - self.bottom

    def box(self, box: Box) -> Box:
        """A character where it is with the text upright."""
        (x, y), (other_x, other_y) = self.point(box.left, box.bottom), self.point(box.right, box.top)
        return replace(
            box, left=min(x, other_x), right=max(x, other_x), bottom=min(y, other_y), top=max(y, other_y)
        )

    def strokes(self, drawn: Strokes) -> Strokes:
        """Lines where they are with the text upright."""
        across = tuple(self._stroke(stroke, is_level=True) for stroke in drawn.horizontal)
        down = tuple(self._stroke(stroke, is_level=False) for stroke in drawn.vertical)
        return Strokes(down, across) if self.quarters % 2 else Strokes(across, down)

    def _stroke(self, stroke: Stroke, is_level: bool) -> Stroke:
        ends = [(at, stroke.level) if is_level else (stroke.level, at) for at in (stroke.start, stroke.end)]
        (x, y), (other_x, other_y) = (self.point(*end) for end in ends)
        if is_level != bool(self.quarters % 2):
            return Stroke(y, min(x, other_x), max(x, other_x))
        return Stroke(x, min(y, other_y), max(y, other_y))


def shows_picture(page: Any, is_bare: bool) -> bool:
    """Whether a page shows a picture that may hold text; on one without text (`is_bare`) anything at all."""
    import pypdfium2.raw as raw

    width, height = page.get_size()
    for element in page.get_objects(max_depth=_DEEPEST):
        if is_bare:
            return True
        if element.type == raw.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = element.get_bounds()
            if (right - left) * (top - bottom) >= _LARGE * width * height:
                return True
    return False
