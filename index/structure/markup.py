"""What a file's own markup says of the outline: which lines are headings, and how deep they stand."""

import re
from collections.abc import Sequence

from index.schema import Span
from index.structure.tree import Line

_HASHES = re.compile(r"\s*(#{1,6})(?!#)")


def heading_levels(text: str, markup: Sequence[Span]) -> dict[int, int]:
    """The levels of Markdown headings by the offset at which their line begins."""
    levels: dict[int, int] = {}
    for start, end in markup:
        # A span may begin with the end of the line before, where markup touches markup.
        line = text.rfind("\n", start, end) + 1
        begin = max(start, line)
        if (found := _HASHES.match(text, begin, end)) and (begin == 0 or text[begin - 1] == "\n"):
            levels[begin] = len(found[1])
    return levels


def document_title(lines: Sequence[Line]) -> int:
    """Index of the heading that is the text's own title: the first one, the only one of its level, above all
    others; -1 without one."""
    levels = [(line.level, at) for at, line in enumerate(lines) if line.level]
    if not levels:
        return -1
    highest, at = min(levels)
    alone = sum(level == highest for level, _ in levels) == 1
    return at if alone and at == levels[0][1] else -1
