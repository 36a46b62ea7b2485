"""BM25 over words and bigrams, with scores as shares of the best possible.

Lucene's variant (Robertson and Zaragoza, 2009). What is kept of a text is which words it has how often;
how much a word counts is worked out when it is asked for, from all texts that count then. So adding or
removing texts costs these texts alone, and scores are those of one index over all. A raw sum cannot be
compared between questions; divided by what a text that matches every known token perfectly would get, it is
the share of the question that the text holds, from 0 to 1.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

_K1, _B = 1.2, 0.75


@dataclass(frozen=True, slots=True)
class Postings:
    """Which words some texts have. A word is known by 64 bits of its hash: among a million words two share
    theirs in one index out of thirty million.

    `terms` (t,) are in order; those of term i are `at[posts[i]:posts[i + 1]]`, positions of texts in order,
    which have it `times` as often. `lengths` (n,) are the texts' numbers of words, 1 for none.
    """

    terms: NDArray[np.uint64]
    posts: NDArray[np.int64]
    at: NDArray[np.int32]
    times: NDArray[np.uint16]
    lengths: NDArray[np.int32]


def make_postings(texts: Iterable[Sequence[str]]) -> Postings:
    """The postings of `texts`, which are cut into words."""
    codes: dict[str, int] = {}
    terms: list[int] = []
    at: list[int] = []
    times: list[int] = []
    lengths: list[int] = []
    for position, words in enumerate(texts):
        held = Counter(words)
        lengths.append(max(1, len(words)))
        terms += [codes.get(word) or codes.setdefault(word, _code(word)) for word in held]
        times += held.values()
        at += [position] * len(held)
    return _sorted(
        np.asarray(terms, dtype=np.uint64),
        np.asarray(at, dtype=np.int32),
        np.minimum(np.asarray(times, dtype=np.int64), np.iinfo(np.uint16).max).astype(np.uint16),
        np.asarray(lengths, dtype=np.int32),
    )


def merge_postings(parts: Sequence[tuple[Postings, NDArray[np.int32]]], size: int) -> Postings:
    """The postings of `size` texts out of several; with each come the new positions of its texts, -1 for one
    that is left out."""
    terms, at, times = [], [], []
    lengths = np.zeros(size, dtype=np.int32)
    for part, moved in parts:
        lengths[moved[moved >= 0]] = part.lengths[moved >= 0]
        new = moved[part.at]
        kept = new >= 0
        terms.append(np.repeat(part.terms, np.diff(part.posts))[kept])
        at.append(new[kept])
        times.append(part.times[kept])
    return _sorted(np.concatenate(terms), np.concatenate(at), np.concatenate(times), lengths)


class Bm25Index:
    """BM25 scores of a query against every one of a list of texts."""

    def __init__(self, parts: Sequence[tuple[Postings, NDArray[np.int32]]], size: int) -> None:
        """`parts` hold the texts; with each come the positions of its texts among the `size` that count, -1
        for one that does not."""
        self.size = size
        self._parts = tuple(parts)
        self.held = sum(int((positions >= 0).sum()) for _, positions in parts)
        lengths = np.ones(size)
        for part, positions in parts:
            lengths[positions[positions >= 0]] = part.lengths[positions >= 0]
        average = float(lengths.mean()) if size else 1.0
        self._weight_of_length = _K1 * ((1 - _B) + _B * lengths / average)

    @classmethod
    def build(cls, texts: Sequence[Sequence[str]]) -> "Bm25Index":
        """Index `texts`, cut into tokens; their positions are the ids."""
        return cls([(make_postings(texts), np.arange(len(texts), dtype=np.int32))], len(texts))

    def scores(self, query_tokens: Sequence[str]) -> NDArray[np.float64]:
        """One score from 0 to 1 a text; all 0 where no token is known."""
        asked = Counter(token for token in query_tokens if token)
        if not asked or not self.size:
            return np.zeros(self.size)
        codes = np.asarray([_code(token) for token in asked], dtype=np.uint64)
        weights = np.asarray(list(asked.values()), dtype=np.float64)
        which, at, times = self._found(codes)
        holders = np.bincount(which, minlength=len(codes))
        rarity = np.log1p((self.size - holders + 0.5) / (holders + 0.5))
        gained = rarity[which] * times / (times + self._weight_of_length[at])
        best = np.zeros(len(codes))
        np.maximum.at(best, which, gained)
        bound = float(weights @ best)
        if not bound:
            return np.zeros(self.size)
        total = np.bincount(at, weights=gained * weights[which], minlength=self.size)
        return np.asarray(total / bound, dtype=np.float64)

    def _found(self, codes: NDArray[np.uint64]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Of every text that counts and holds one of the words: which word, where, and how often."""
        found: list[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]] = []
        for part, positions in self._parts:
            if not len(part.terms):
                continue
            places = np.minimum(np.searchsorted(part.terms, codes), len(part.terms) - 1)
            known = np.nonzero(part.terms[places] == codes)[0]
            begins = part.posts[places[known]]
            counts = part.posts[places[known] + 1] - begins
            steps = np.arange(int(counts.sum())) + np.repeat(begins - (np.cumsum(counts) - counts), counts)
            at = positions[part.at[steps]]
            counting = at >= 0
            found.append((np.repeat(known, counts)[counting], at[counting], part.times[steps][counting]))
        if not found:
            return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.uint16)
        which, at, times = (np.concatenate(each) for each in zip(*found, strict=True))
        return which, at, times


def _code(word: str) -> int:
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _sorted(
    terms: NDArray[Any], at: NDArray[Any], times: NDArray[Any], lengths: NDArray[np.int32]
) -> Postings:
    order = np.lexsort((at, terms))
    terms, at, times = terms[order], at[order], times[order]
    begins = np.flatnonzero(np.r_[True, terms[1:] != terms[:-1]]) if len(terms) else np.zeros(0, np.int64)
    return Postings(terms[begins], np.r_[begins, len(terms)].astype(np.int64), at, times, lengths)
