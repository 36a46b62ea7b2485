"""Pictures of Word documents, which can hold text that is not read."""

import re
from collections.abc import Iterator
from typing import Any

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_DATA = "{http://schemas.openxmlformats.org/drawingml/2006/main}graphicData"
_OLD = "{urn:schemas-microsoft-com:vml}"
_ELSEWHERE = frozenset(
    {
        "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}txbxContent",
        "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    }
)
_UNREAD = ("/picture", "/chart", "/diagram")
"""Ends of the names of what a drawing can show besides text boxes."""
_LARGE = 60.0
"""Square centimetres of a picture that may hold text: as of ten by six."""
_EMU = 360_000
_POINT = 28.35


def large_pictures(block: Any) -> Iterator[str]:
    """The names of the large pictures in a paragraph or a table, its text boxes left out."""
    for extent in block.iter(f"{_DRAWING}extent"):
        drawing = extent.getparent()
        shown = next(drawing.iter(_DATA), None) if drawing is not None else None
        kind = (shown.get("uri") or "") if shown is not None else ""
        area = _number(extent.get("cx")) * _number(extent.get("cy")) / _EMU**2
        if area >= _LARGE and kind.endswith(_UNREAD) and _is_own(extent, block):
            named = drawing.find(f"{_DRAWING}docPr")
            yield (named.get("descr") if named is not None else None) or "图片"
    for data in block.iter(f"{_OLD}imagedata"):
        style = (data.getparent().get("style") or "").lower()
        sizes = [re.search(rf"(?:^|;){side}:([\d.]+)pt", style) for side in ("width", "height")]
        wide, high = (_number(size[1]) / _POINT if size else 0.0 for size in sizes)
        if wide * high >= _LARGE and _is_own(data, block):
            yield data.get("{urn:schemas-microsoft-com:office:office}title") or "图片"


def _is_own(picture: Any, block: Any) -> bool:
    """Whether a picture stands in no text box of the block, and is not drawn once more for old programs."""
    around = [element for element in picture.iterancestors() if element.tag in _ELSEWHERE]
    return all(block not in element.iterancestors() for element in around)


def _number(text: str | None) -> float:
    return float(text) if text and re.fullmatch(r"\d{1,12}(?:\.\d{1,9})?", text) else 0.0
