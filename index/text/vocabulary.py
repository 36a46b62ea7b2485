"""The words of texts that name something."""

from collections.abc import Iterable
from typing import Protocol

from index.text.tokens import words


class HasText(Protocol):
    """Anything with a text."""

    @property
    def text(self) -> str:
        """The text."""
        ...


def vocabulary_of(texts: Iterable[HasText]) -> frozenset[str]:
    """The words of two characters or more that `texts` hold."""
    return frozenset(word for each in texts for word in words(each.text) if len(word) > 1)
