"""A linear map of question vectors towards the articles that answer them.

Trained with the contrastive loss of van den Oord et al. (2018, arXiv:1807.03748): the logit of an
article is `sharpness * q (I + A) d + c * lexical`, and the gold articles share the target evenly.
Because the lexical score takes part in training, the map learns what BM25 does not know.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.studies.statutes.store import BenchmarkEvidence

Floats = NDArray[np.float32]

_SHARPNESS = np.float32(60.0)
_DECAY = 0.4
"""Weight decay of the map; .3 to 1 measure the same within a percent."""
_STEPS = 40
_DENSE_POOL, _LEXICAL_POOL, _SHARED = 150, 50, 2000
"""Negatives: a question's own best by either search, and articles drawn once for all questions."""
_NEVER = np.float32(-1e9)


@dataclass(frozen=True, slots=True)
class Adapter:
    """`scores = (q - mean) @ matrix + offset` against centred article vectors, plus `lexical` times the
    lexical score. `matrix` is of shape (d, d), `mean` and `offset` of shape (d,)."""

    mean: Floats
    matrix: Floats
    offset: Floats
    lexical: float

    def adapt(self, vector: Floats) -> Floats:
        """The vector to compare with centred article vectors; shape (d,)."""
        return np.asarray((vector - self.mean) @ self.matrix + self.offset, dtype=np.float32)


def fit_adapter(
    evidence: BenchmarkEvidence, gold: Sequence[tuple[int, ...]], train: NDArray[np.int64]
) -> Adapter:
    """Fit on the questions at the positions `train`; `gold` is by position of the question."""
    from scipy.optimize import minimize

    mean = evidence.questions[train].mean(axis=0)
    questions = evidence.questions[train] - mean
    size = questions.shape[1]
    batch = _make_batch(evidence, gold, train)

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        change = parameters[: size * size].reshape(size, size).astype(np.float32)
        offset = parameters[size * size : -2].astype(np.float32)
        identity, lexical = (np.float32(value) for value in parameters[-2:])
        adapted = _SHARPNESS * (questions @ change + offset + identity * questions)
        value, over_adapted, over_lexical = batch.loss(adapted, lexical)
        over_change = _SHARPNESS * questions.T @ over_adapted + 2 * _DECAY * change
        over_offset = _SHARPNESS * over_adapted.sum(axis=0) + 2 * _DECAY * offset
        over_identity = _SHARPNESS * float((over_adapted * questions).sum())
        value += _DECAY * (float((change * change).sum()) + float((offset * offset).sum()))
        return value, np.r_[over_change.ravel(), over_offset, over_identity, over_lexical].astype(np.float64)

    start = np.r_[np.zeros(size * size + size), 1.0, 1.0]
    fitted = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS, "maxcor": 10}).x
    change = fitted[: size * size].reshape(size, size)
    matrix = _SHARPNESS * (change + fitted[-2] * np.eye(size)).astype(np.float32)
    offset = _SHARPNESS * fitted[size * size : -2].astype(np.float32)
    return Adapter(mean, matrix.astype(np.float32), offset.astype(np.float32), float(fitted[-1]))


@dataclass(frozen=True, slots=True)
class _Batch:
    """n questions with up to k articles of their own, and m shared ones; d dimensions."""

    own: Floats
    """(n, k, d); zero where a question has fewer than k."""
    own_lexical: Floats
    padding: Floats
    """(n, k): 0, or far below 0 where there is no article."""
    target: Floats
    shared: Floats
    shared_lexical: Floats
    """(n, m); far below 0 where the shared article is gold. Raised by log(articles / m), so that the
    shared ones stand for all."""

    def loss(self, adapted: Floats, lexical: np.float32) -> tuple[float, Floats, float]:
        """Mean loss, and its slope over `adapted` (n, d) and over `lexical`."""
        logits = np.matmul(self.own, adapted[:, :, None])[:, :, 0] + lexical * self.own_lexical + self.padding
        others = adapted @ self.shared.T + lexical * self.shared_lexical
        top = np.maximum(logits.max(axis=1), others.max(axis=1))[:, None]
        chance, other = np.exp(logits - top), np.exp(others - top)
        total = (chance.sum(axis=1) + other.sum(axis=1))[:, None]
        chance, other = chance / total, other / total
        count = len(adapted)
        value = -float((self.target * np.log(chance + 1e-20)).sum()) / count
        error = (chance - self.target) / count
        other /= count
        over_adapted = np.matmul(error[:, None, :], self.own)[:, 0] + other @ self.shared
        known = np.where(self.shared_lexical > _NEVER / 2, self.shared_lexical, 0)
        return value, over_adapted, float((error * self.own_lexical).sum() + (other * known).sum())


def _make_batch(
    evidence: BenchmarkEvidence, gold: Sequence[tuple[int, ...]], train: NDArray[np.int64]
) -> _Batch:
    pools = [_pool(evidence, gold[at], at) for at in train]
    ids = np.full((len(train), max(map(len, pools))), -1)
    target = np.zeros(ids.shape, np.float32)
    for row, (at, pool) in enumerate(zip(train, pools, strict=True)):
        ids[row, : len(pool)] = pool
        target[row, : len(pool)] = np.isin(pool, gold[at]) / len(gold[at])
    there = ids >= 0
    lexical = evidence.lexical[train]
    shared = np.random.RandomState(0).permutation(evidence.size)[:_SHARED]
    shared_lexical = lexical[:, shared] + np.float32(np.log(evidence.size / len(shared)))
    for row, at in enumerate(train):
        shared_lexical[row, np.isin(shared, gold[at])] = _NEVER
    return _Batch(
        own=evidence.articles[ids] * there[:, :, None],
        own_lexical=np.take_along_axis(lexical, np.maximum(ids, 0), axis=1) * there,
        padding=np.where(there, np.float32(0), _NEVER),
        target=target,
        shared=evidence.articles[shared],
        shared_lexical=shared_lexical,
    )


def _pool(evidence: BenchmarkEvidence, gold: tuple[int, ...], at: int) -> NDArray[np.int64]:
    dense = np.argpartition(-evidence.dense(evidence.questions[at]), _DENSE_POOL)[:_DENSE_POOL]
    lexical = np.argpartition(-evidence.lexical[at], _LEXICAL_POOL)[:_LEXICAL_POOL]
    return np.unique(np.r_[dense, lexical, gold]).astype(np.int64)
