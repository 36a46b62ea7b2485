"""A linear ranking of the articles that the first stage found.

Fourteen features say how an article stands in each search, how much of the evidence lies in its law
and chapter, and what answered the most similar training questions. The weights are fitted with the
listwise loss of ListNet (Cao et al., 2007): softmax over one question's candidates against its gold.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.studies.statutes.adapter import Adapter
from evals.studies.statutes.store import ArticleIndex, BenchmarkEvidence

Floats = NDArray[np.float32]

CANDIDATES = 300
_DECAY = 5e-3
_NEIGHBOURS, _NEIGHBOUR_SHARPNESS = 20, 60.0
_FLOOR = 1e-6


@dataclass(frozen=True, slots=True)
class AnsweredQuestions:
    """Training questions whose answers may vote: vectors (n, d) and gold positions."""

    questions: Floats
    gold: Sequence[tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Articles of one question, best of stage one first, with features of shape (k, f)."""

    ids: NDArray[np.int64]
    features: Floats


@dataclass(frozen=True, slots=True)
class Ranker:
    """Standardised features times weights."""

    centre: Floats
    spread: Floats
    weights: Floats

    def rank(self, candidates: Candidates) -> NDArray[np.int64]:
        """The candidates' positions, best first; equal scores keep the order of stage one."""
        scores = (candidates.features - self.centre) / self.spread @ self.weights
        return candidates.ids[np.argsort(-scores, kind="stable")]


def find_candidates(
    index: ArticleIndex,
    adapter: Adapter,
    known: AnsweredQuestions,
    vector: Floats,
    rows: tuple[Floats, Floats, Floats],
) -> Candidates:
    """Stage one over all articles, and the features of its best; `rows` is from `lexical_rows`."""
    lexical, shares, titles = rows
    adapted = index.best_piece(index.centred, adapter.adapt(vector))
    stage_one = adapted + np.float32(adapter.lexical) * lexical
    ids = np.argpartition(-stage_one, CANDIDATES)[:CANDIDATES]
    ids = ids[np.argsort(-stage_one[ids], kind="stable")]
    stage_one -= stage_one[ids[0]]
    dense = index.best_piece(index.pieces, vector)
    chance = np.exp(stage_one)
    chance /= chance.sum()
    columns = [
        stage_one[ids],
        np.log1p(np.arange(CANDIDATES)),
        adapted[ids] - adapted[ids].max(),
        dense[ids] - dense.max(),
        _log_rank(dense, ids),
        shares[ids],
        lexical[ids],
        _log_rank(shares, ids),
        titles[ids],
    ]
    for group in (index.law, index.chapter):
        columns.append(np.log(np.bincount(group, chance)[group[ids]] + _FLOOR))
        root = np.sqrt(chance)
        columns.append(np.log(np.bincount(group, root)[group[ids]] - root[ids] + _FLOOR))
    columns.extend(_votes(index, known, vector, ids))
    return Candidates(ids, np.stack(columns, axis=1).astype(np.float32))


def fit_ranker(found: Sequence[Candidates], gold: Sequence[tuple[int, ...]]) -> Ranker:
    """Fit on questions whose gold is among their candidates; the others teach the order nothing."""
    from scipy.optimize import minimize

    features = np.stack([candidates.features for candidates in found])
    flat = features.reshape(-1, features.shape[2])
    centre, spread = flat.mean(axis=0), flat.std(axis=0) + np.float32(_FLOOR)
    hits = np.stack([np.isin(one.ids, answer) for one, answer in zip(found, gold, strict=True)])
    there = hits.any(axis=1)
    features = (features[there] - centre) / spread
    target = hits[there] / hits[there].sum(axis=1, keepdims=True)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = features @ weights
        scores -= scores.max(axis=1, keepdims=True)
        chance = np.exp(scores)
        chance /= chance.sum(axis=1, keepdims=True)
        value = -(target * np.log(chance + 1e-30)).sum() / len(target) + _DECAY * weights @ weights
        slope = np.einsum("nk,nkf->f", chance - target, features) / len(target) + 2 * _DECAY * weights
        return float(value), slope

    start = np.zeros(features.shape[2])
    fitted = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    return Ranker(centre, spread, fitted.astype(np.float32))


def candidates_of(
    evidence: BenchmarkEvidence, adapter: Adapter, known: AnsweredQuestions, at: int
) -> Candidates:
    """`find_candidates` for the benchmark's question at position `at`."""
    rows = (evidence.lexical[at], evidence.shares[at], evidence.title_shares[at])
    return find_candidates(evidence.index, adapter, known, evidence.questions[at], rows)


def _log_rank(scores: Floats, ids: NDArray[np.int64]) -> Floats:
    """How many articles score better, as log(1 + n)."""
    ordered = np.sort(scores)
    better = len(scores) - np.searchsorted(ordered, scores[ids], side="right")
    return np.log1p(better).astype(np.float32)


def _votes(
    index: ArticleIndex, known: AnsweredQuestions, vector: Floats, ids: NDArray[np.int64]
) -> list[Floats]:
    """What answered the nearest training questions: its law, its chapter, its likeness."""
    similarity = known.questions @ vector
    nearest = np.argsort(-similarity, kind="stable")[:_NEIGHBOURS]
    weight = np.exp(_NEIGHBOUR_SHARPNESS * (similarity[nearest] - similarity[nearest[0]]))
    weight /= weight.sum()
    laws, chapters = np.zeros(index.law.max() + 1), np.zeros(index.chapter.max() + 1)
    likeness = np.zeros(len(ids))
    for at, share in zip(nearest, weight, strict=True):
        gold = np.asarray(known.gold[at])
        laws[np.unique(index.law[gold])] += share
        chapters[np.unique(index.chapter[gold])] += share
        likeness += share * (index.means[ids] @ index.means[gold].T).max(axis=1)
    return [np.log(laws[index.law[ids]] + 0.01), np.log(chapters[index.chapter[ids]] + 0.01), likeness]
