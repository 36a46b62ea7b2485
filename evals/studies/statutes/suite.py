"""Cross-validated recall and rank over all articles, and the time of one question."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.metrics.ranking import recall_at, reciprocal_rank
from evals.studies.statutes.adapter import Adapter, fit_adapter
from evals.studies.statutes.data import ENCODER_SAW, FOLDS, Benchmark, make_folds
from evals.studies.statutes.ranking import (
    AnsweredQuestions,
    Candidates,
    Ranker,
    candidates_of,
    find_candidates,
    fit_ranker,
)
from evals.studies.statutes.store import ArticleIndex, BenchmarkEvidence, lexical_rows
from index.encoder.embedder import BundledEmbeddings

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over questions."""

    recall_10: float
    recall_100: float
    mrr_10: float

    def row(self, name: str) -> str:
        """A line of the report's table."""
        return f"| {name} | {self.recall_10:.3f} | {self.recall_100:.3f} | {self.mrr_10:.3f} |"


def measure(rankings: Sequence[Ids], gold: Sequence[tuple[int, ...]]) -> Figures:
    """Recall among the first 10 and 100, and the reciprocal rank of the first gold article in 10."""
    rows = [
        (recall_at(ranked, answer, 10), recall_at(ranked, answer, 100), reciprocal_rank(ranked, answer, 10))
        for ranked, answer in zip((ids.tolist() for ids in rankings), gold, strict=True)
    ]
    recall_10, recall_100, mrr_10 = np.mean(rows, axis=0)
    return Figures(float(recall_10), float(recall_100), float(mrr_10))


def cross_validate(
    evidence: BenchmarkEvidence, benchmark: Benchmark, on_fold: Callable[[int], None]
) -> dict[str, Figures]:
    """Every question that the encoder did not learn from, ranked by parts that were trained without its fold.

    The ranking is fitted on candidates of adapters that had not seen their questions either, so it
    learns from scores as they are on unseen questions. `on_fold(n)` tells of n more adapters fitted.
    """
    gold = [question.gold for question in benchmark.questions]
    fold = make_folds(benchmark.questions)
    size = len(gold)
    stages: dict[str, list[Ids]] = {name: [np.zeros(0, np.int64)] * size for name in ("adapter", "ranking")}
    for held in range(FOLDS):
        train, test = np.flatnonzero(fold != held), np.flatnonzero(fold == held)
        adapter, ranker = train_parts(evidence, gold, train, fold, on_fold)
        known = AnsweredQuestions(evidence.questions[train], [gold[at] for at in train])
        for at in test:
            found = candidates_of(evidence, adapter, known, int(at))
            stages["adapter"][at] = found.ids
            stages["ranking"][at] = ranker.rank(found)
    dense = [_top(evidence.dense(vector)) for vector in evidence.questions]
    lexical = [_top(scores) for scores in evidence.lexical]
    unseen = slice(int(ENCODER_SAW * size), None)
    searches = {
        "BM25": lexical,
        "dense": dense,
        "adapter with BM25": stages["adapter"],
        "linear ranking of its 300 best": stages["ranking"],
    }
    return {name: measure(ranked[unseen], gold[unseen]) for name, ranked in searches.items()}


def train_parts(
    evidence: BenchmarkEvidence,
    gold: Sequence[tuple[int, ...]],
    train: Ids,
    fold: Ids,
    on_fold: Callable[[int], None],
) -> tuple[Adapter, Ranker]:
    """The adapter on all of `train`, and the ranking on candidates found fold by fold within it."""
    found: list[Candidates] = []
    answers: list[tuple[int, ...]] = []
    for inner in np.unique(fold[train]):
        rest, part = train[fold[train] != inner], train[fold[train] == inner]
        adapter = fit_adapter(evidence, gold, rest)
        on_fold(1)
        known = AnsweredQuestions(evidence.questions[rest], [gold[at] for at in rest])
        found.extend(candidates_of(evidence, adapter, known, int(at)) for at in part)
        answers.extend(gold[at] for at in part)
    adapter = fit_adapter(evidence, gold, train)
    on_fold(1)
    return adapter, fit_ranker(found, answers)


def time_questions(
    index: ArticleIndex, adapter: Adapter, ranker: Ranker, known: AnsweredQuestions, texts: Sequence[str]
) -> tuple[float, float]:
    """Median and 95th percentile of a question from its text to its ranking, in milliseconds."""
    embedder = BundledEmbeddings()
    times = []
    for text in texts:
        begin = time.perf_counter()
        vector = np.asarray(embedder.embed_query(text), dtype=np.float32)
        ranker.rank(find_candidates(index, adapter, known, vector, lexical_rows(index, text)))
        times.append((time.perf_counter() - begin) * 1000)
    settled = times[len(times) // 10 :]  # the first ones load the model and the dictionary
    return float(np.percentile(settled, 50)), float(np.percentile(settled, 95))


def run_suite(evidence: BenchmarkEvidence, benchmark: Benchmark, on_fold: Callable[[int], None]) -> str:
    """The report as Markdown: quality, cross-validated, and time."""
    figures = cross_validate(evidence, benchmark, on_fold)
    gold = [question.gold for question in benchmark.questions]
    everything = np.arange(len(gold))
    adapter, ranker = train_parts(evidence, gold, everything, make_folds(benchmark.questions), on_fold)
    known = AnsweredQuestions(evidence.questions, gold)
    short = [question.text for question in benchmark.questions if len(question.text) <= 60][:220]
    median, tail = time_questions(evidence.index, adapter, ranker, known, short)
    lines = ["| search | R@10 | R@100 | MRR@10 |", "| --- | --- | --- | --- |"]
    lines.extend(one.row(name) for name, one in figures.items())
    lines.append("")
    lines.append(
        f"{len(gold) - int(ENCODER_SAW * len(gold))} of {len(gold)} questions, {evidence.size} articles, "
        f"{FOLDS} folds. "
        f"One question of up to 60 characters: p50 {median:.0f} ms, p95 {tail:.0f} ms."
    )
    return "\n".join(lines)


def _top(scores: NDArray[np.float32], count: int = 100) -> Ids:
    best = np.argpartition(-scores, count)[:count]
    return best[np.argsort(-scores[best], kind="stable")].astype(np.int64)
