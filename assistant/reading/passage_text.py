"""A passage as it is read: the words around it that say what it is about, then its own."""

from index.schema import Passage, PassageKind

_LONGEST = 40
"""Code points of what stands around a passage."""


def context_of(passage: Passage) -> str:
    """Title and chapter of a statute's passage, the caption of a row's table, or the headings above it; at
    most 40 code points, the nearest ones."""
    if passage.kind is PassageKind.ROW:
        return passage.caption[-_LONGEST:]
    if passage.context:
        return passage.context[-_LONGEST:]
    above = [heading.strip() for heading in passage.path if heading.strip() != passage.text.strip()]
    return " ".join(above[-2:])[-_LONGEST:]
