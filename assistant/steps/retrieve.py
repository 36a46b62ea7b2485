"""A search for each of the things asked, and for what is stated on the way."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from assistant.question.own_place import OwnPlaces
from assistant.question.parts import aspects, has_subject, shown_words, split_parts
from assistant.question.patterns import load_patterns
from assistant.question.statements import statement_model
from assistant.schema import FoundStatement, SubQuestion, Turn
from index.encoder.embedder import Vectors
from index.search.searcher import Query, Searcher
from index.text.lexicon import standardise

_STATED = 10
"""Passages that are found for a statement."""
_CLEARLY = 0.5
"""Chance from which on a clause states something and asks nothing."""


class Retrieve:
    """Sets `parts`, each with its hits and the open questions near to it, and `statements`."""

    def __init__(
        self, searcher: Searcher, vocabulary: frozenset[str] = frozenset(), own: OwnPlaces | None = None
    ) -> None:
        self._own = own or OwnPlaces()
        self._searcher = searcher
        self._vocabulary = vocabulary

    def __call__(self, turn: Turn) -> Turn:
        """One search a part; where a message asks one thing, one more for each of its aspects, if it asks
        about several things at once."""
        turn = replace(turn, statements=self._statements(turn))
        asked = turn.question
        texts = [] if asked.prefer or asked.addition else split_parts(asked, self._vocabulary)
        if len(texts) > 1:
            besides = [
                (own, self._own.without(_without_stated(text, turn.statements))) for own, text in texts
            ]
            return replace(turn, parts=self._parts(turn, besides))
        own = shown_words(asked.parts[0]) if len(asked.parts) == 1 else asked.standalone
        vector = np.asarray(asked.vector, dtype=np.float32)
        searched = self._own.without(asked.standard)
        if searched != asked.standard and not asked.addition:
            vector = self._searcher.embed(searched)
        whole = self._found(turn, searched, vector, own, words=asked.addition)
        named = aspects(asked.standalone) if load_patterns().asks_several(asked.standard) else []
        return replace(turn, parts=(replace(whole, aspects=self._aspects(turn, named)),))

    def _statements(self, turn: Turn) -> tuple[FoundStatement, ...]:
        stated = statement_model().statements(turn.question.clean)
        vectors = self._searcher.embed_all([one.searched for one in stated]) if stated else []
        found = []
        for one, vector in zip(stated, vectors, strict=True):
            near = self._searcher.search(
                Query(one.searched, editions=turn.request.editions), vector, top_k=_STATED
            )
            found.append(
                FoundStatement(
                    one.text, one.searched, one.chance, turn.question.clean, near.hits, near.claim_matches
                )
            )
        return tuple(found)

    def _parts(self, turn: Turn, texts: Sequence[tuple[str, str]]) -> tuple[SubQuestion, ...]:
        """A search for each part, and from the second on one together with the part before."""
        searched = [standardise(text) for _, text in texts]
        together = [standardise(f"{before}，{own}") for (_, before), (_, own) in pairwise(texts)]
        vectors = self._searcher.embed_all([*searched, *together])
        parts = [
            self._found(turn, text, vector, own)
            for (own, _), text, vector in zip(texts, searched, vectors, strict=False)
        ]
        joined = [
            self._found(turn, text, vector, own)
            for (own, _), text, vector in zip(texts[1:], together, vectors[len(texts) :], strict=True)
        ]
        return (
            parts[0],
            *(replace(part, joined=both) for part, both in zip(parts[1:], joined, strict=True)),
        )

    def _aspects(self, turn: Turn, named: Sequence[str]) -> tuple[SubQuestion, ...]:
        texts = [standardise(text) for text in named]
        vectors = self._searcher.embed_all(texts) if texts else []
        return tuple(
            self._found(turn, text, vector, own)
            for own, text, vector in zip(named, texts, vectors, strict=True)
        )

    def _found(self, turn: Turn, text: str, vector: Vectors, own: str, words: str = "") -> SubQuestion:
        query = Query(text, words, turn.question.prefer, turn.request.editions)
        found = self._searcher.search(query, vector)
        near = (found.hits, found.open_matches, found.lay_matches, found.claim_matches)
        complete = text if words else ""
        return SubQuestion(words or text, own, tuple(vector.tolist()), *near, complete=complete)


def _without_stated(text: str, statements: Sequence[FoundStatement]) -> str:
    """What a part asks besides what it clearly states on the way, where that is left with a subject."""
    for stated in statements:
        rest = text.replace(stated.text, "").strip("，, ")
        if stated.chance >= _CLEARLY and stated.text in text and has_subject(rest):
            text = rest
    return text
