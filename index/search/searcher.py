"""A query to ranked hits that keep every signal: dense search and BM25, over passages and lay questions.

Each source names candidates; of each candidate every signal is looked at, and their fused score
(`index.search.fusion`) orders them.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.encoder.embedder import Embedder, Vectors
from index.schema import (
    Claim,
    ClaimMatch,
    Hit,
    LayMatch,
    LayQuestion,
    OpenMatch,
    OpenQuestion,
    Passage,
    PassageKind,
    SearchResult,
    Signals,
)
from index.search.fusion import SIGNALS, Floats, fuse_all, load_stand_in, load_weights
from index.search.vector_table import VectorTable
from index.storage import chroma
from index.storage.bm25 import Bm25Index
from index.storage.chroma import ChromaStore
from index.structure.passages import search_text
from index.text.tokens import tokens

_POOL = 120
"""Candidates of one source."""
_QUESTION_POOL = 280
_CLAIM_POOL = 120
_OPEN_POOL = 20
_OWN_SHARE = 0.5
"""Of the best score for its words, what a passage's own is at least."""
_AGREEING = 3
"""Lay questions of a passage that must be near for it to count in full."""
_PARAGRAPH = re.compile(r"\.p\d+$")


@dataclass(frozen=True, slots=True)
class Query:
    """What to search. `text` is a question in standard words (`index.text.lexicon.standardise`)."""

    text: str
    words: str = ""
    """What is searched by words, where that is less than `text`: of a follow-up only what is new."""
    prefer: frozenset[str] = frozenset()
    """Ids of clauses that a conversation or a reference points to."""
    editions: tuple[str, ...] | None = None
    """`id@version` of the documents to stay within; None: all."""
    without: str | None = None
    """One indexed question to leave out, so that it can be asked itself when parameters are fitted."""


class Searcher:
    """Searches one opened index. Thread-safe: it only reads."""

    def __init__(
        self,
        store: ChromaStore,
        embedder: Embedder,
        passages_bm25: Bm25Index,
        questions_bm25: Bm25Index,
        weights: Mapping[str, float] | None = None,
    ) -> None:
        self.store = store
        self.embedder = embedder
        self._weights = weights if weights is not None else load_weights()
        self._passages_bm25 = passages_bm25
        self._questions_bm25 = questions_bm25
        self._load_passages()
        self._load_questions()
        self._heading_of, self._has_heading = self._headings()

    def _load_passages(self) -> None:
        stored = self.store.entries(chroma.PASSAGES)
        self.passages: tuple[Passage, ...] = tuple(
            map(chroma.passage_of, stored.ids, stored.texts, stored.metadatas)
        )
        self._at = {passage.id: index for index, passage in enumerate(self.passages)}
        self._clause_ids = [passage.clause_id for passage in self.passages]
        self._editions = np.asarray([passage.edition for passage in self.passages], dtype=object)
        self._passage_table = VectorTable(stored.vectors, list(self._editions))

    def _load_questions(self) -> None:
        """Lay questions, claims and open questions, in the order in which they are stored."""
        lay, claims, unanswered = map(self.store.entries, (chroma.QUESTIONS, chroma.CLAIMS, chroma.OPEN))
        self._lay: tuple[LayQuestion, ...] = tuple(map(chroma.question_of, lay.texts, lay.metadatas))
        self._claims: tuple[Claim, ...] = tuple(map(chroma.claim_of, claims.texts, claims.metadatas))
        self._open: tuple[OpenQuestion, ...] = tuple(
            map(chroma.open_of, unanswered.texts, unanswered.metadatas)
        )
        self._question_ids = {
            name: stored.ids
            for name, stored in ((chroma.QUESTIONS, lay), (chroma.CLAIMS, claims), (chroma.OPEN, unanswered))
        }
        self._lay_table, self._claim_table, self._open_table = (
            VectorTable(stored.vectors, [meta["edition"] for meta in stored.metadatas])
            for stored in (lay, claims, unanswered)
        )
        self._question_passage = np.asarray([self._at[q.passage_id] for q in self._lay], dtype=np.int64)
        with_questions = {self.passages[index].edition for index in self._question_passage}
        self._questioned = np.asarray([edition in with_questions for edition in self._editions], dtype=bool)

    def weigh(self, weights: Mapping[str, float]) -> None:
        """Fuse with these weights from now on: for what is fitted after the weights are."""
        self._weights = weights

    def close(self) -> None:
        """Let go of the index's files; nothing may be searched after that."""
        self.store.close()

    def sizes(self) -> dict[str, int]:
        """How many passages, lay questions, claims and open questions are held."""
        return {
            "passages": len(self.passages),
            "lay_questions": len(self._lay),
            "claims": len(self._claims),
            "open_questions": len(self._open),
        }

    def lexical_sizes(self) -> tuple[int, int]:
        """How many passages and how many lay questions the lexical indexes really hold."""
        return self._passages_bm25.held, self._questions_bm25.held

    def finds_by_words(self, index: int) -> bool:
        """Whether the passage at `index` is among the best for its words: it is unless positions differ."""
        scores = self._passages_bm25.scores(tokens(search_text(self.passages[index])))
        return bool(scores[index] >= _OWN_SHARE * scores.max())

    def embed(self, text: str) -> Vectors:
        """The query vector of `text`, rounded as the stored ones are."""
        return np.asarray(self.embedder.embed_query(text), dtype=np.float16).astype(np.float32)

    def embed_all(self, texts: Sequence[str]) -> list[Vectors]:
        """The query vector of each text, in one run of the model."""
        vectors = self.embedder.embed_queries(list(texts))
        return [np.asarray(vector, dtype=np.float16).astype(np.float32) for vector in vectors]

    def questions_of(self, name: str) -> tuple[tuple[str, LayQuestion | Claim | OpenQuestion], ...]:
        """The indexed questions of one collection (`QUESTIONS`, `CLAIMS` or `OPEN`) with their ids."""
        held: Mapping[str, Sequence[LayQuestion | Claim | OpenQuestion]] = {
            chroma.QUESTIONS: self._lay,
            chroma.CLAIMS: self._claims,
            chroma.OPEN: self._open,
        }
        return tuple(zip(self._question_ids[name], held[name], strict=True))

    def search(self, query: Query, vector: Vectors | None = None, top_k: int = 50) -> SearchResult:
        """The best `top_k` passages for `query`, best first, and the questions nearest to it."""
        if vector is None:
            vector = self.embed(query.text)
        lay = self._lay_matches(vector, query)
        agreed, floor, nearest = self._agreeing(lay)
        query_tokens = tokens(query.words or query.text)
        bm25 = self._passages_bm25.scores(query_tokens)
        bm25_question = np.zeros(len(self.passages))
        np.maximum.at(bm25_question, self._question_passage, self._questions_bm25.scores(query_tokens))
        preferred = self._preferred(query.prefer)
        allowed = self._passage_table.within(query.editions)
        near = [index for index, _ in self._passage_table.nearest(vector, _POOL, query.editions)]
        candidates = np.unique(
            np.asarray(
                [*near, *agreed, *_top(bm25 * allowed), *_top(bm25_question * allowed), *preferred], dtype=int
            )
        )
        candidates = candidates[allowed[candidates]]
        own = self._passage_table.cosines(vector)[candidates].astype(np.float64)
        extra, questioned = load_stand_in(), self._questioned[candidates]
        heading, has_heading = self._heading_of[candidates], self._has_heading[candidates]
        asked = np.asarray([agreed.get(int(index), floor) for index in candidates])
        signals = {
            "dense_passage": own,
            "dense_question": np.where(questioned, asked, own + extra["dense_question"]),
            "bm25": bm25[candidates],
            "bm25_question": np.where(
                questioned, bm25_question[candidates], bm25[candidates] + extra["bm25_question"]
            ),
            "bm25_heading": np.where(has_heading, bm25[heading], 0.0),
            "structure": np.isin(candidates, preferred).astype(np.float64),
        }
        scores = fuse_all(signals, self._weights)
        best = np.argsort(-scores, kind="stable")[:top_k]
        hits = tuple(
            Hit(
                self.passages[candidates[at]],
                Signals(**{name: float(signals[name][at]) for name in SIGNALS}),
                float(scores[at]),
                nearest.get(int(candidates[at])),
            )
            for at in best
        )
        return SearchResult(hits, self._open_matches(vector, query), lay, self._claim_matches(vector, query))

    def _preferred(self, clauses: frozenset[str]) -> list[int]:
        """Passages of these clauses and of those below them."""
        if not clauses:
            return []
        below = tuple(f"{clause}." for clause in clauses)
        return [
            index for index, own in enumerate(self._clause_ids) if own in clauses or own.startswith(below)
        ]

    def _agreeing(self, matches: Sequence[LayMatch]) -> tuple[dict[int, float], float, dict[int, str]]:
        """For each passage the mean cosine of its `_AGREEING` nearest questions, what a passage without any
        among the nearest gets, and the nearest one's text. One near question may be chance, three agree."""
        near: dict[int, list[float]] = defaultdict(list)
        nearest: dict[int, str] = {}
        floor = matches[-1].similarity if matches else 0.0
        for match in matches:  # nearest first
            index = self._at[match.question.passage_id]
            if len(near[index]) < _AGREEING:
                near[index].append(match.similarity)
                nearest.setdefault(index, match.question.text)
        agreed = {
            index: (sum(cosines) + floor * (_AGREEING - len(cosines))) / _AGREEING
            for index, cosines in near.items()
        }
        return agreed, floor, nearest

    def _lay_matches(self, vector: Vectors, query: Query) -> tuple[LayMatch, ...]:
        found = self._lay_table.nearest(vector, _QUESTION_POOL, query.editions)
        matches = (LayMatch(self._lay[at], cosine) for at, cosine in found)
        return tuple(match for match in matches if match.question.text != query.without)

    def _claim_matches(self, vector: Vectors, query: Query) -> tuple[ClaimMatch, ...]:
        found = self._claim_table.nearest(vector, _CLAIM_POOL, query.editions)
        matches = (ClaimMatch(self._claims[at], cosine) for at, cosine in found)
        return tuple(match for match in matches if match.claim.text != query.without)

    def _open_matches(self, vector: Vectors, query: Query) -> tuple[OpenMatch, ...]:
        found = self._open_table.nearest(vector, _OPEN_POOL, query.editions)
        matches = (OpenMatch(self._open[at], cosine) for at, cosine in found)
        return tuple(match for match in matches if match.question.text != query.without)

    def _headings(self) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """For each passage, the index of the heading passage of the clause that holds it, and whether there
        is one."""
        at = {
            (passage.edition, passage.address): index
            for index, passage in enumerate(self.passages)
            if passage.kind is PassageKind.HEADING
        }
        found = [at.get((p.edition, base_address(p.address)), -1) for p in self.passages]
        heading = np.asarray(found, dtype=np.int64)
        return heading, heading >= 0


def base_address(address: str) -> str:
    """`address` without its paragraph number: 2.6.3.p1 -> 2.6.3."""
    return _PARAGRAPH.sub("", address)


def _top(scores: Floats) -> list[int]:
    best = np.argsort(-scores, kind="stable")[:_POOL]
    return [int(index) for index in best if scores[index] > 0]
