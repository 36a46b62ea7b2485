"""The statutes suite: its folds, its figures by hand, and its parts on a small made-up collection."""

import numpy as np
import pytest

from evals.studies.statutes.data import STATUTES, Question, load_benchmark, make_folds, split_text
from evals.studies.statutes.ranking import Candidates, fit_ranker
from evals.studies.statutes.suite import measure


def test_figures_by_hand() -> None:
    rankings = [np.asarray([5, 1, 2]), np.asarray([7, 8, 9])]
    figures = measure(rankings, [(1, 3), (4,)])
    assert (figures.recall_10, figures.recall_100, figures.mrr_10) == (0.25, 0.25, 0.25)


def test_the_first_ten_are_told_from_the_first_hundred() -> None:
    figures = measure([np.arange(100)], [(10,)])
    assert (figures.recall_10, figures.recall_100, figures.mrr_10) == (0.0, 1.0, 0.0)


def test_questions_that_share_an_article_share_a_fold() -> None:
    questions = [Question(str(n), "问", (n // 2, 100 + n // 6)) for n in range(60)]
    fold = make_folds(questions)
    for one, first in zip(questions, fold, strict=True):
        for other, second in zip(questions, fold, strict=True):
            assert not set(one.gold) & set(other.gold) or first == second
    assert set(fold) == {0, 1, 2, 3, 4}


def test_long_texts_are_split_without_loss() -> None:
    text = "第一款讲清楚一件事。" * 60
    pieces = split_text(text)
    assert "".join(pieces) == text
    assert max(map(len, pieces)) < 480


def test_the_ranking_learns_which_feature_tells() -> None:
    random = np.random.RandomState(0)
    found, gold = [], []
    for _ in range(40):
        features = random.randn(20, 3).astype(np.float32)
        found.append(Candidates(np.arange(20), features))
        gold.append((int(features[:, 1].argmax()),))
    ranker = fit_ranker(found[:30], gold[:30])
    first = [int(ranker.rank(one)[0]) == answer[0] for one, answer in zip(found[30:], gold[30:], strict=True)]
    assert sum(first) == 10


@pytest.mark.skipif(not STATUTES.is_dir(), reason="the benchmark is not beside the checkout")
def test_the_benchmark_is_read_whole() -> None:
    benchmark = load_benchmark()
    assert (len(benchmark.articles), len(benchmark.questions)) == (25_374, 772)
