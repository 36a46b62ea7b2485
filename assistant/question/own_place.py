"""The own place's name taken out of what is searched: among documents of that place it tells nothing, and no
prepared question holds it."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.text.folding import fold_text
from index.text.place_mentions import place_mentions

_FOLLOWING = 2
"""Characters after a name that, standing so in the documents, make it part of another name (重庆科学城)."""


@dataclass(frozen=True, slots=True)
class OwnPlaces:
    """Whose documents are held, and their text."""

    stems: Sequence[str] = ()
    """Beginnings of the codes (GB/T 2260) of the places."""
    held: str = ""
    """The folded text of the documents."""

    def without(self, text: str) -> str:
        """`text` without the names of the own places and of what lies in them."""
        for mention in reversed(place_mentions(text)):
            named = fold_text(text[mention.start : mention.end + _FOLLOWING])
            if any(mention.within(stem) for stem in self.stems) and named not in self.held:
                text = text[: mention.start] + text[mention.end :].removeprefix("的")
        return text
