"""A query to ranked hits that keep every signal: dense search and BM25, over passages and lay questions.

Each source names candidates; of each candidate every signal is looked at, and their fused score
(`index.search.fusion`) orders them.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from index.encoder.embedder import Embedder, Vectors
from index.encoder.query_vectors import QueryVectors
from index.schema import (
    Claim,
    ClaimMatch,
    Hit,
    LayMatch,
    LayQuestion,
    OpenMatch,
    OpenQuestion,
    Passage,
    SearchResult,
    Signals,
)
from index.search.fusion import SIGNALS, fuse_all, load_stand_in, load_weights, shares_of_best
from index.search.vector_table import VectorTable, best
from index.storage.entries import CLAIMS, NOTHING, OPEN, PASSAGES, QUESTIONS, Entries
from index.storage.tables import Objects, Tables
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
        held: Tables,
        embedder: Embedder,
        weights: Mapping[str, float] | None = None,
        keep: object = None,
    ) -> None:
        """`keep` is what must not go while anybody searches."""
        self.embedder = embedder
        self._queries = QueryVectors(embedder)
        self._keep = keep
        self._weights = weights if weights is not None else load_weights()
        self.vocabulary = held.vocabulary()
        """The words of two characters or more that the passages hold."""
        self._tables = held.tables
        self._names = held.editions
        self._numbers = {key: number for number, key in enumerate(held.editions)}
        self.passages: Sequence[Passage] = Objects(held.tables[PASSAGES])
        self._vectors = {
            name: VectorTable(table.vectors(), table.rows, held.editions, table.edition)
            for name, table in held.tables.items()
        }
        self._passages_bm25 = held.tables[PASSAGES].bm25()
        self._questions_bm25 = held.tables[QUESTIONS].bm25()
        self._question_passage = held.answering(QUESTIONS)
        questions = np.diff(held.tables[QUESTIONS].starts)
        self._questioned = (questions > 0)[held.tables[PASSAGES].edition]
        self._heading_of = held.headings()
        self._has_heading = self._heading_of >= 0

    def weigh(self, weights: Mapping[str, float]) -> None:
        """Fuse with these weights from now on: for what is fitted after the weights are."""
        self._weights = weights

    def sizes(self) -> dict[str, int]:
        """How many passages, lay questions, claims and open questions are held."""
        return {
            "passages": len(self.passages),
            "lay_questions": len(self._tables[QUESTIONS]),
            "claims": len(self._tables[CLAIMS]),
            "open_questions": len(self._tables[OPEN]),
        }

    def entries_of(self, name: str, edition: str) -> Entries:
        """What is held of one version of a document in one collection; vectors of unit length."""
        table, number = self._tables[name], self._numbers.get(edition)
        if number is None or table.starts[number] == table.starts[number + 1]:
            return NOTHING
        places = range(int(table.starts[number]), int(table.starts[number + 1]))
        ids, texts, metadatas = zip(*map(table.entry, places), strict=True)
        return Entries(ids, texts, metadatas, np.stack([table.vector(at) for at in places]))

    def finds_by_words(self, index: int) -> bool:
        """Whether the passage at `index` is among the best for its words: it is unless positions differ."""
        scores = self._passages_bm25.scores(tokens(search_text(self.passages[index])))
        return bool(scores[index] >= _OWN_SHARE * scores.max())

    def finds_itself(self, edition: str) -> bool:
        """Whether the last passage of an edition is found by its own words and vector, searched among its
        own; so it is where there is none."""
        table = self._tables[PASSAGES]
        number = self._numbers.get(edition)
        if number is None:
            return False
        last = int(table.starts[number + 1]) - 1
        if last < table.starts[number]:
            return True
        query = Query(search_text(self.passages[last]), editions=(edition,))
        hits = self.search(query, table.vector(last), top_k=_POOL).hits
        return any(hit.passage.text == self.passages[last].text for hit in hits)

    def embed(self, text: str) -> Vectors:
        """The query vector of `text`, rounded as the stored ones are."""
        return self.embed_all([text])[0]

    def embed_all(self, texts: Sequence[str]) -> list[Vectors]:
        """The query vector of each text."""
        return self._queries.of(texts)

    def questions_of(self, name: str) -> Iterator[tuple[str, LayQuestion | Claim | OpenQuestion, Vectors]]:
        """The indexed questions of one collection (`QUESTIONS`, `CLAIMS` or `OPEN`), each with its id and its
        vector, of unit length."""
        table = self._tables[name]
        for at in range(len(table)):
            yield table.entry(at)[0], table.object(at), table.vector(at)

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
        allowed = self._vectors[PASSAGES].within(query.editions)
        cosines = self._vectors[PASSAGES].cosines(vector, query.editions)
        named = (
            best(cosines, _POOL, allowed),
            list(agreed),
            best(bm25, _POOL, allowed & (bm25 > 0)),
            best(bm25_question, _POOL, allowed & (bm25_question > 0)),
            preferred,
        )
        candidates = np.unique(np.concatenate([np.asarray(each, dtype=np.int64) for each in named]))
        candidates = candidates[allowed[candidates]]
        own = cosines[candidates].astype(np.float64)
        extra, questioned = load_stand_in(), self._questioned[candidates]
        heading, has_heading = self._heading_of[candidates], self._has_heading[candidates]
        asked = np.asarray([agreed.get(index, floor) for index in candidates.tolist()])
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
        shares = shares_of_best(scores, self._weights)
        order = np.argsort(-scores, kind="stable")[:top_k]
        found: list[int] = candidates[order].tolist()
        ordered = (signals[name][order].tolist() for name in SIGNALS)
        hits = tuple(
            Hit(passage, Signals(*own_signals), score, nearest.get(at), share)
            for at, passage, score, own_signals, share in zip(
                found,
                self._tables[PASSAGES].objects(found),
                scores[order].tolist(),
                zip(*ordered, strict=True),
                shares[order].tolist(),
                strict=True,
            )
        )
        return SearchResult(
            hits,
            self._open_matches(vector, query),
            tuple(match for _, match in lay),
            self._claim_matches(vector, query),
        )

    def _preferred(self, clauses: frozenset[str]) -> list[int]:
        """Passages of these clauses and of those below them."""
        starts, found = self._tables[PASSAGES].starts, []
        for edition in sorted({clause.partition("#")[0] for clause in clauses}):
            number = self._numbers.get(edition)
            if number is None:
                continue
            below = tuple(f"{clause}." for clause in clauses)
            for index in range(starts[number], starts[number + 1]):
                own = self.passages[index].clause_id
                if own in clauses or own.startswith(below):
                    found.append(index)
        return found

    def _agreeing(
        self, matches: Sequence[tuple[int, LayMatch]]
    ) -> tuple[dict[int, float], float, dict[int, str]]:
        """For each passage the mean cosine of its `_AGREEING` nearest questions, what a passage without any
        among the nearest gets, and the nearest one's text. One near question may be chance, three agree."""
        near: dict[int, list[float]] = defaultdict(list)
        nearest: dict[int, str] = {}
        floor = matches[-1][1].similarity if matches else 0.0
        passages = self._question_passage[np.asarray([at for at, _ in matches], dtype=np.int64)].tolist()
        for index, (_, match) in zip(passages, matches, strict=True):  # nearest first
            if len(near[index]) < _AGREEING:
                near[index].append(match.similarity)
                nearest.setdefault(index, match.question.text)
        agreed = {
            index: (sum(cosines) + floor * (_AGREEING - len(cosines))) / _AGREEING
            for index, cosines in near.items()
        }
        return agreed, floor, nearest

    def _lay_matches(self, vector: Vectors, query: Query) -> list[tuple[int, LayMatch]]:
        """The nearest lay questions with their positions."""
        return [
            (at, LayMatch(question, cosine))
            for at, question, cosine in self._nearest(QUESTIONS, vector, _QUESTION_POOL, query)
        ]

    def _claim_matches(self, vector: Vectors, query: Query) -> tuple[ClaimMatch, ...]:
        found = self._nearest(CLAIMS, vector, _CLAIM_POOL, query)
        return tuple(ClaimMatch(claim, cosine) for _, claim, cosine in found)

    def _open_matches(self, vector: Vectors, query: Query) -> tuple[OpenMatch, ...]:
        found = self._nearest(OPEN, vector, _OPEN_POOL, query)
        return tuple(OpenMatch(question, cosine) for _, question, cosine in found)

    def _nearest(
        self, name: str, vector: Vectors, count: int, query: Query
    ) -> Iterator[tuple[int, Any, float]]:
        """Of the nearest of one collection the position, the question itself and the cosine."""
        found = self._vectors[name].nearest(vector, count, query.editions)
        held = self._tables[name].objects([at for at, _ in found])
        for (at, cosine), question in zip(found, held, strict=True):
            if question.text != query.without:
                yield at, question, cosine


def base_address(address: str) -> str:
    """`address` without its paragraph number: 2.6.3.p1 -> 2.6.3."""
    return _PARAGRAPH.sub("", address)
