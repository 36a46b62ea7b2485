"""Typing slips seen through: words of the right sound in the wrong characters (体质剑测, 劳动教玉).

Pinyin input makes most slips homophones. A stretch that is no word, and sounds like a word of the
documents, is that word. Sounds are compared without tones, and without the differences that speakers
of south-western Mandarin do not make.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from assistant.thresholds import thresholds
from index.text.tokens import segments, word_frequency

_MAX = 5
"""Characters of the longest stretch that is looked up."""
_COMMON = 3
"""How often a word, or two together, stand in the texts to be known by their sound."""
_CJK = re.compile(r"[\u3400-\u9fff]+")
_MERGED = (
    (re.compile("^([zcs])h"), r"\1"),
    (re.compile("^n(?=[^g])"), "l"),
    (re.compile("([ei])ng$"), r"\1n"),
)


@lru_cache(maxsize=2)
def typing_slips_of(texts: tuple[str, ...]) -> "Slips":
    """`Slips(texts)`, made once for the same texts: assistants over one index share it."""
    return Slips(texts)


class Slips:
    """Words by their sound, from the documents and the lay questions about them."""

    def __init__(self, texts: Iterable[str], gain: float | None = None) -> None:
        """`gain` is by how much likelier (natural logarithm) a word must be than what it replaces; the
        calibrated one where none is given."""
        self._gain = thresholds()["slip_gain"] if gain is None else gain
        counts: Counter[str] = Counter()
        for text in texts:
            found = segments(text)
            counts.update(found)
            counts.update(a + b for a, b in pairwise(found))
        self._words: dict[tuple[str, ...], str] = {}
        known = [(count, word) for word, count in counts.items() if count >= _COMMON and _is_term(word)]
        for _, word in sorted(known):  # of words that sound alike the most frequent one stays
            self._words[sound(word)] = word

    def corrected(self, text: str) -> str:
        """`text` with every slip put right; nothing else changes."""
        found = segments(text)
        kept: list[str] = []
        at = 0
        while at < len(found):
            end, word = self._slip_at(found, at)
            kept.append(word)
            at = end
        return "".join(kept)

    def words_in(self, text: str) -> list[str]:
        """The words of `text` that are known by their sound."""
        return [word for word in segments(text) if self._words.get(sound(word)) == word]

    def _slip_at(self, found: list[str], at: int) -> tuple[int, str]:
        """Where the stretch that begins at segment `at` ends, and what stands for it."""
        for end in range(min(len(found), at + _MAX), at + 1, -1):
            stretch = found[at:end]
            written = "".join(stretch)
            if len(written) > _MAX or not _CJK.fullmatch(written) or all(len(part) > 1 for part in stretch):
                continue
            word = self._words.get(sound(written))
            if word is None or word == written or not set(word) & set(written):
                continue
            if _likelihood([word]) - _likelihood(stretch) > self._gain:
                return end, word
        return at + 1, found[at]


def sound(text: str) -> tuple[str, ...]:
    """The toneless syllables of `text`, with what the south-west does not tell apart merged."""
    from pypinyin import lazy_pinyin  # loads its dictionary: not before somebody asks

    return tuple(_merged(syllable) for syllable in lazy_pinyin(text))


def _merged(syllable: str) -> str:
    for pattern, merged in _MERGED:
        syllable = pattern.sub(merged, syllable)
    return syllable


def _is_term(word: str) -> bool:
    return 2 <= len(word) <= _MAX and _CJK.fullmatch(word) is not None


def _likelihood(parts: list[str]) -> float:
    """Log-likelihood of the words under jieba's unigram counts; an unknown word counts as seen once."""
    return sum(math.log(max(word_frequency(part), 1)) - _LOG_TOTAL for part in parts)


_LOG_TOTAL = math.log(60_101_967)
"""All counts of jieba's dictionary together."""
