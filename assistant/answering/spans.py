"""Which words of a passage decide, for today's search: the stretch that shares most with the question.

A stretch stands between commas; its words count the more, the fewer stretches of the documents hold them.
Words of the nearest prepared question count less than the asker's own.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence

from index.schema import Passage, Span
from index.text.tokens import tokens

_STRETCH = re.compile(r"[^，,；;。：:！!？?]+")
_PREPARED = 0.3
"""What a word of the nearest prepared question counts."""


class Spans:
    """Finds deciding words in the passages of one index."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        counts: Counter[str] = Counter()
        total = 0
        for passage in passages:
            for start, end in stretches(passage.text):
                counts.update(set(tokens(passage.text[start:end])))
                total += 1
        self._weights = {token: math.log(total / (1 + count)) for token, count in counts.items()}

    def deciding(self, question: str, passage: Passage, prepared: str | None = None) -> Span:
        """The stretch of `passage` that decides `question`, as offsets in the stored text."""
        own = set(tokens(question))
        more = set(tokens(prepared)) - own if prepared else set()

        def shared(span: Span) -> float:
            found = set(tokens(passage.text[span[0] : span[1]]))
            score = self._weight(found & own) + _PREPARED * self._weight(found & more)
            return score / float((span[1] - span[0] + 10) ** 0.25)

        start, end = max(stretches(passage.text) or [(0, len(passage.text))], key=shared)
        return passage.start + start, passage.start + end

    def shared(self, text: str, passage: Passage) -> float:
        """Which share of the weight of the words of `text` the passage holds, 0 to 1."""
        own = set(tokens(text))
        whole = self._weight(own)
        return self._weight(own & set(tokens(passage.text))) / whole if whole > 0 else 0.0

    def _weight(self, found: set[str]) -> float:
        return sum(self._weights.get(token, 0.0) for token in sorted(found))


def stretches(text: str) -> list[Span]:
    """The stretches of `text` between commas and their like."""
    return [match.span() for match in _STRETCH.finditer(text)]
