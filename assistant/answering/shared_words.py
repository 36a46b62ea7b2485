"""Which share of a text's words a passage holds.

A word counts the more, the fewer stretches of the documents hold it; a stretch stands between commas.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from index.schema import Passage, Span
from index.text.tokens import tokens

_KEPT = 1024
"""Passages whose words are kept."""
_STRETCH = re.compile(r"[^，,；;。：:！!？?]+")


class SharedWords:
    """Weighs words by the passages of one index."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        counts: Counter[str] = Counter()
        total = 0
        for passage in passages:
            for start, end in stretches(passage.text):
                counts.update(set(tokens(passage.text[start:end])))
                total += 1
        self._weights = {token: math.log(total / (1 + count)) for token, count in counts.items()}
        self._names = {token: token for token in self._weights}
        self._of_passage = lru_cache(maxsize=_KEPT)(self._weighed)

    def shared(self, text: str, passage: Passage) -> float:
        """Which share of the weight of the words of `text` the passage holds, 0 to 1."""
        own = set(tokens(text))
        whole = self._weight(own)
        return self._weight(own.intersection(self._of_passage(passage.text))) / whole if whole > 0 else 0.0

    def _weighed(self, text: str) -> tuple[str, ...]:
        """The words of `text` that have a weight, as the same objects for all passages."""
        return tuple(self._names[token] for token in set(tokens(text)) if token in self._names)

    def _weight(self, found: set[str]) -> float:
        return sum(self._weights.get(token, 0.0) for token in sorted(found))


def stretches(text: str) -> list[Span]:
    """The stretches of `text` between commas and their like."""
    return [match.span() for match in _STRETCH.finditer(text)]
