"""Ranking metrics by hand, and against trec_eval."""

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, R, nDCG

from evals.metrics.ranking import ndcg_at, recall_at, reciprocal_rank

IDS = [f"c{n}" for n in range(12)]


def test_a_case_by_hand() -> None:
    ranked, relevant = ["a", "b", "c", "d"], {"b", "d", "z"}
    assert recall_at(ranked, relevant, 2) == pytest.approx(1 / 3)
    assert recall_at(ranked, relevant, 4) == pytest.approx(2 / 3)
    assert reciprocal_rank(ranked, relevant, 4) == 0.5
    assert reciprocal_rank(ranked, relevant, 1) == 0.0
    # gains at ranks 2 and 4: 1/log2(3) + 1/log2(5); the best three: 1 + 1/log2(3) + 1/2
    assert ndcg_at(ranked, relevant, 4) == pytest.approx((0.63093 + 0.43068) / (1 + 0.63093 + 0.5), abs=1e-4)


@given(ranked=st.permutations(IDS), relevant=st.sets(st.sampled_from([*IDS, "x", "y"]), min_size=1))
def test_the_same_as_trec_eval(ranked: list[str], relevant: set[str]) -> None:
    ranked = ranked[:10]
    qrels = [ir_measures.Qrel("q", item, 1) for item in relevant]
    run = [ir_measures.ScoredDoc("q", item, float(len(ranked) - at)) for at, item in enumerate(ranked)]
    theirs = ir_measures.calc_aggregate([R @ 3, R @ 10, RR @ 10, nDCG @ 10], qrels, run)
    assert recall_at(ranked, relevant, 3) == pytest.approx(theirs[R @ 3])
    assert recall_at(ranked, relevant, 10) == pytest.approx(theirs[R @ 10])
    assert reciprocal_rank(ranked, relevant, 10) == pytest.approx(theirs[RR @ 10])
    assert ndcg_at(ranked, relevant, 10) == pytest.approx(theirs[nDCG @ 10])


@given(
    ranked=st.permutations(IDS), relevant=st.sets(st.sampled_from(IDS), min_size=1), depth=st.integers(1, 12)
)
def test_all_lie_between_nothing_and_one(ranked: list[str], relevant: set[str], depth: int) -> None:
    for metric in (recall_at, reciprocal_rank, ndcg_at):
        assert 0 <= metric(ranked, relevant, depth) <= 1 + 1e-12
        assert metric(sorted(ranked, key=lambda item: item not in relevant), relevant, 12) == pytest.approx(
            1.0
        )
