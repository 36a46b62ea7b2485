"""A question and a passage as the reader's input.

`<s> question </s></s> around, passage </s> prepared </s>`: token ids, and of each token its kind, twice the
side it stands on (0 the question, 1 what stands around the passage, 2 the passage, 3 a prepared question that
the passage answers, where there is one) and one more where the other side has the same piece. Training and
service make their input here.
"""

from dataclasses import dataclass
from functools import lru_cache

from index.encoder.words import Words

MAX_QUESTION, MAX_AROUND, MAX_PREPARED, MAX_TOKENS = 56, 24, 24, 160
"""Tokens of each side, and of all. A longer question loses its beginning, for it asks at its end; the other
sides lose their ends."""
QUESTION, AROUND, PASSAGE, PREPARED = 0, 2, 4, 6
"""Kind of a token whose piece the other side lacks."""
PAD = 1
_BEGIN, _END = 0, 2
_KEPT = 2048
"""Texts of documents whose pieces are kept: the same passages are found again and again."""
_OUTSIDE = (-1, -1)
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Pair:
    """One input. `places` are the offsets in the passage's text behind each token, (-1, -1) outside of it."""

    ids: tuple[int, ...]
    kinds: tuple[int, ...]
    places: tuple[Place, ...]


class PairEncoder:
    """Makes inputs with one table of pieces. Safe to share between threads."""

    def __init__(self, words: Words) -> None:
        self._pieces = words.pieces
        self._asked = lru_cache(maxsize=8)(self._end_of)
        self._held = lru_cache(maxsize=_KEPT)(self._beginning_of)
        pieces = words.vocabulary().items()
        self._signs = frozenset(number for piece, number in pieces if not any(map(str.isalnum, piece)))

    def pair(self, question: str, around: str, text: str, prepared: str = "") -> Pair:
        """`question` with the passage `text`; `around` and `prepared` may be empty."""
        asked = self._asked(question)
        context = self._held(around)[0][:MAX_AROUND] if around else ()
        likely = (*self._held(prepared)[0][:MAX_PREPARED], _END) if prepared else ()
        room = MAX_TOKENS - len(asked) - len(context) - len(likely) - 4
        words, places = (cut[:room] for cut in self._held(text))
        left, right = frozenset(asked) - self._signs, frozenset((*words, *context, *likely)) - self._signs
        return Pair(
            (_BEGIN, *asked, _END, _END, *context, *words, _END, *likely),
            (
                QUESTION,
                *(QUESTION + (piece in right) for piece in asked),
                *(QUESTION, QUESTION),
                *(AROUND + (piece in left) for piece in context),
                *(PASSAGE + (piece in left) for piece in words),
                AROUND,
                *(PREPARED + (piece in left) for piece in likely),
            ),
            (
                *(_OUTSIDE for _ in range(len(asked) + 3 + len(context))),
                *places,
                *(_OUTSIDE for _ in range(1 + len(likely))),
            ),
        )

    def _end_of(self, question: str) -> tuple[int, ...]:
        return tuple(self._pieces(question)[0][-MAX_QUESTION:])

    def _beginning_of(self, text: str) -> tuple[tuple[int, ...], tuple[Place, ...]]:
        pieces, places = self._pieces(text)
        return tuple(pieces[:MAX_TOKENS]), tuple(places[:MAX_TOKENS])
