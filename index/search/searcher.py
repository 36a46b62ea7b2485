"""Fusion of the signals: a query to ranked hits that keep every signal.

Each source gives a pool of candidates; a passage that a source did not return gets that source's
lowest returned value, an upper bound of its own. The fused score is a linear combination whose
weights `policy-qa eval calibrate` fits on development questions; it orders, and says nothing else.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

import numpy as np

from index.encoder.embedder import Embedder, Vectors
from index.schema import (
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
from index.storage.bm25 import Bm25Index
from index.storage.chroma import OPEN, PASSAGES, QUESTIONS, ChromaStore
from index.text.tokens import DATA, Lexicon, tokens

_POOL = 120
_QUESTION_POOL = 400
_AGREEING = 3
"""Lay questions of a passage that must be near for it to count in full."""
_OPEN_POOL = 20
_WIDER = 2
SIGNALS = tuple(field.name for field in fields(Signals))
_PARAGRAPH = re.compile(r"\.p\d+$")


@dataclass(frozen=True, slots=True)
class Query:
    """What to search: `text` is a question; `prefer` holds ids of clauses that a conversation or a
    reference points to; `editions` limits the search to documents in these versions (`id@version`;
    None: all); `without` leaves out one indexed question, so that it can be asked itself when parameters
    are fitted (leave one out)."""

    text: str
    words: str = ""
    """What is searched by words, where that is less than `text`: of a follow-up only what is new."""
    prefer: frozenset[str] = frozenset()
    editions: tuple[str, ...] | None = None
    without: str | None = None


@lru_cache(maxsize=1)
def load_weights(path: Path = DATA / "fusion.json") -> Mapping[str, float]:
    """The fitted weight of each signal."""
    weights: Mapping[str, float] = json.loads(path.read_text(encoding="utf-8"))["weights"]
    return weights


@lru_cache(maxsize=1)
def load_stand_in(path: Path = DATA / "fusion.json") -> Mapping[str, float]:
    """What a passage of a document without lay questions gets on top of its own nearness, in the place
    of the questions' signals; else such a document could never stand beside one that has them."""
    stand_in: Mapping[str, float] = json.loads(path.read_text(encoding="utf-8"))["stand_in"]
    return stand_in


def fuse(signals: Signals, weights: Mapping[str, float]) -> float:
    """The fused score of one passage's signals."""
    return float(sum(weights.get(name, 0.0) * getattr(signals, name) for name in SIGNALS))


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
        self._lexicon = Lexicon()
        self.passages: tuple[Passage, ...] = store.passages()
        self._at = {passage.id: index for index, passage in enumerate(self.passages)}
        self._questions: dict[str, LayQuestion] = dict(store.lay_questions())
        self._question_passage = np.asarray(
            [self._at[question.passage_id] for question in self._questions.values()], dtype=np.int64
        )
        self._questioned = {self.passages[index].edition for index in self._question_passage}
        self._open: dict[str, OpenQuestion] = dict(store.open_questions())
        self._passages_bm25 = passages_bm25
        self._questions_bm25 = questions_bm25
        self._heading_of = self._headings()

    def weigh(self, weights: Mapping[str, float]) -> None:
        """Fuse with these weights from now on: for what is fitted after the weights are."""
        self._weights = weights

    def close(self) -> None:
        """Let go of the index's files; nothing may be searched after that."""
        self.store.close()

    def lexical_sizes(self) -> tuple[int, int]:
        """How many passages and how many lay questions the lexical indexes really hold."""
        return self._passages_bm25.held, self._questions_bm25.held

    def embed(self, text: str) -> Vectors:
        """The query vector of `text`, rounded as the stored ones are."""
        return np.asarray(self.embedder.embed_query(text), dtype=np.float16).astype(np.float32)

    def embed_all(self, texts: Sequence[str]) -> list[Vectors]:
        """The query vector of each text, in one run of the model."""
        vectors = self.embedder.embed_queries(list(texts))
        return [np.asarray(vector, dtype=np.float16).astype(np.float32) for vector in vectors]

    def texts(self) -> Iterator[str]:
        """All passages and lay questions: the words that people and documents use here."""
        yield from (passage.text for passage in self.passages)
        yield from (question.text for question in self._questions.values())

    def questions_of(self, name: str) -> tuple[tuple[str, LayQuestion | OpenQuestion], ...]:
        """The indexed questions of one collection (`QUESTIONS` or `OPEN`) with their ids."""
        chosen: Mapping[str, LayQuestion | OpenQuestion] = self._open if name == OPEN else self._questions
        return tuple(chosen.items())

    def search(self, query: Query, vector: Vectors | None = None, top_k: int = 50) -> SearchResult:
        """The best `top_k` passages for `query`, best first, and the open questions nearest to it."""
        standard = self._lexicon.standardise(query.text)
        if vector is None:
            vector = self.embed(standard)
        query_tokens = tokens(self._lexicon.standardise(query.words) if query.words else standard)
        dense, dense_floor = self._dense_passages(vector, query.editions)
        lay = self._lay_matches(vector, query)
        asked, asked_floor, nearest = self._agreeing(lay)
        bm25 = self._passages_bm25.scores(query_tokens)
        bm25_question = np.zeros(len(self.passages))
        np.maximum.at(bm25_question, self._question_passage, self._questions_bm25.scores(query_tokens))
        candidates = {*dense, *asked, *_top(bm25, _POOL), *_top(bm25_question, _POOL)}
        if query.prefer:
            candidates |= {i for i, p in enumerate(self.passages) if _under(p.clause_id, query.prefer)}
        extra = load_stand_in()
        hits: list[Hit] = []
        for index in candidates:
            passage = self.passages[index]
            if query.editions is not None and passage.edition not in query.editions:
                continue
            heading = self._heading_of[index]
            own = dense.get(index, dense_floor)
            questioned = passage.edition in self._questioned
            signals = Signals(
                dense_passage=own,
                dense_question=asked.get(index, asked_floor) if questioned else own + extra["dense_question"],
                bm25=float(bm25[index]),
                bm25_question=float(bm25_question[index] if questioned else bm25[index])
                + (0.0 if questioned else extra["bm25_question"]),
                dense_heading=dense.get(heading, dense_floor) if heading is not None else dense_floor,
                bm25_heading=float(bm25[heading]) if heading is not None else 0.0,
                structure=1.0 if _under(passage.clause_id, query.prefer) else 0.0,
            )
            question = nearest.get(index)
            hits.append(Hit(passage, signals, fuse(signals, self._weights), question))
        hits.sort(key=lambda hit: (-hit.score, hit.passage.document_id, hit.passage.ordinal))
        return SearchResult(tuple(hits[:top_k]), self._open_matches(vector, query), lay)

    def _nearest(
        self, name: str, vector: Vectors, count: int, editions: Sequence[str] | None
    ) -> list[tuple[str, float]]:
        """The nearest entries within `editions`. Chroma's own filter costs five times the search, so where
        little is left out, more is asked for and the rest dropped here."""
        if editions is None:
            return self.store.nearest(name, vector, count)
        allowed = frozenset(editions)
        if sum(passage.edition in allowed for passage in self.passages) * 2 > len(self.passages):
            wider = self.store.nearest(name, vector, _WIDER * count)
            found = [entry for entry in wider if self._edition(name, entry[0]) in allowed][:count]
            if len(found) == count or len(wider) < _WIDER * count:
                return found
        return self.store.nearest(name, vector, count, editions)

    def _edition(self, name: str, key: str) -> str:
        passage_id = self._questions[key].passage_id if name == QUESTIONS else key
        return self.passages[self._at[passage_id]].edition

    def _dense_passages(
        self, vector: Vectors, editions: Sequence[str] | None
    ) -> tuple[dict[int, float], float]:
        found = self._nearest(PASSAGES, vector, _POOL, editions)
        return {self._at[key]: cosine for key, cosine in found}, found[-1][1] if found else 0.0

    def _lay_matches(self, vector: Vectors, query: Query) -> tuple[LayMatch, ...]:
        found = self._nearest(QUESTIONS, vector, _QUESTION_POOL, query.editions)
        matches = (LayMatch(self._questions[key], cosine) for key, cosine in found)
        return tuple(match for match in matches if match.question.text != query.without)

    def _agreeing(self, matches: Sequence[LayMatch]) -> tuple[dict[int, float], float, dict[int, str]]:
        """For each passage the mean cosine of its `_AGREEING` nearest questions, what a passage without any
        among the nearest gets, and the nearest one's text. One near question may be chance, three agree."""
        near: dict[int, list[float]] = defaultdict(list)
        nearest: dict[int, str] = {}
        floor = matches[-1].similarity if matches else 0.0
        for match in matches:  # nearest first
            if match.question.holds is not None:
                continue  # claims are for telling true premises from false ones
            index = self._at[match.question.passage_id]
            if len(near[index]) < _AGREEING:
                near[index].append(match.similarity)
                nearest.setdefault(index, match.question.text)
        agreed = {
            index: (sum(cosines) + floor * (_AGREEING - len(cosines))) / _AGREEING
            for index, cosines in near.items()
        }
        return agreed, floor, nearest

    def _open_matches(self, vector: Vectors, query: Query) -> tuple[OpenMatch, ...]:
        found = self.store.nearest(OPEN, vector, _OPEN_POOL, query.editions)
        matches = (OpenMatch(self._open[key], cosine) for key, cosine in found)
        return tuple(match for match in matches if match.question.text != query.without)

    def _headings(self) -> list[int | None]:
        """For each passage, the index of the heading passage of the clause that holds it."""
        at = {
            (p.document_id, p.document_version, p.address): index
            for index, p in enumerate(self.passages)
            if p.kind is PassageKind.HEADING
        }
        return [at.get((p.document_id, p.document_version, base_address(p.address))) for p in self.passages]


def base_address(address: str) -> str:
    """`address` without its paragraph number: 2.6.3.p1 -> 2.6.3."""
    return _PARAGRAPH.sub("", address)


def _under(clause_id: str, clauses: frozenset[str]) -> bool:
    return any(clause_id == clause or clause_id.startswith(f"{clause}.") for clause in clauses)


def _top(scores: "np.typing.NDArray[np.float64]", count: int) -> list[int]:
    best = np.argsort(-scores, kind="stable")[:count]
    return [int(index) for index in best if scores[index] > 0]
