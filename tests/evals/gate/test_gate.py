"""The gate: it passes on the same answers, fails on worse ones, and says which questions flipped."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.schema import Answer, Answerer, Status
from evals.gate.baseline import Baseline, mark_of, path_of, read_baseline, record_of, write_baseline
from evals.gate.gate import NET_LOSSES, changes_text, flips_text, hold_against
from evals.rows.dataset import load_rows
from evals.runs.evaluate import Judged
from evals.runs.suites import SUITES

ROWS = [row for row in load_rows() if row.split == "dev"][:30] + [
    row for row in load_rows() if row.split == "test"
][:10]


def judged(right: Sequence[bool], **values: float) -> list[Judged]:
    answer = Answer("a", "c", Status.ANSWERED, "", "", Answerer.EXTRACTIVE, 0.5)
    return [
        Judged(row, answer, {"facts": float(ok), "verbatim": 1.0, **values}, ok, 1.0)
        for row, ok in zip(ROWS, right, strict=True)
    ]


def baseline(tmp_path: Path, results: Sequence[Judged]) -> Baseline:
    path = path_of("answers", tmp_path)
    write_baseline(path, results)
    return read_baseline(path, ROWS)


ALL = [True] * len(ROWS)


def test_the_same_answers_pass(tmp_path: Path) -> None:
    (finding,) = hold_against({"answers": judged(ALL)}, {"answers": baseline(tmp_path, judged(ALL))})
    assert finding.reasons == ()
    assert finding.comparison.n == len(ROWS)
    assert flips_text(finding.comparison) == ""
    assert "没有变化" in changes_text(finding.comparison)


def test_a_few_losses_pass_and_are_listed_without_test_questions(tmp_path: Path) -> None:
    now = [False, *ALL[1:-1], False]
    (finding,) = hold_against({"answers": judged(now)}, {"answers": baseline(tmp_path, judged(ALL))})
    assert finding.reasons == ()
    text = flips_text(finding.comparison)
    assert ROWS[0].turns[-1] in text
    assert ROWS[-1].id in text
    assert ROWS[-1].turns[-1] not in text
    assert text.count("变错") == 2


def test_more_net_losses_than_allowed_fail(tmp_path: Path) -> None:
    now = [False] * (NET_LOSSES + 1) + ALL[NET_LOSSES + 1 :]
    (finding,) = hold_against({"answers": judged(now)}, {"answers": baseline(tmp_path, judged(ALL))})
    assert any("净减少 4 题" in reason for reason in finding.reasons)


def test_a_significant_loss_of_a_metric_fails_and_a_gain_does_not(tmp_path: Path) -> None:
    better = [replace(j, values={**j.values, "false_refusal": 0.0}) for j in judged(ALL)]
    worse = [replace(j, values={**j.values, "false_refusal": 1.0}) for j in judged(ALL)]
    (finding,) = hold_against({"answers": worse}, {"answers": baseline(tmp_path, better)})
    assert any("误拒显著变差" in reason for reason in finding.reasons)
    (finding,) = hold_against({"answers": better}, {"answers": baseline(tmp_path, worse)})
    assert finding.reasons == ()


def test_a_bent_quotation_fails_whatever_the_baseline_says(tmp_path: Path) -> None:
    bent = judged(ALL, verbatim=0.5)
    (finding,) = hold_against({"answers": bent}, {"answers": baseline(tmp_path, bent)})
    assert len(finding.reasons) == len(ROWS)


def test_changed_and_missing_rows_are_named(tmp_path: Path) -> None:
    held = baseline(tmp_path, judged(ALL))
    (finding,) = hold_against({"answers": judged(ALL)[1:]}, {"answers": held})
    assert any(ROWS[0].id in reason for reason in finding.reasons)
    changed = [replace(ROWS[0], turns=("另一个问题？",)), *ROWS[1:]]
    again = read_baseline(path_of("answers", tmp_path), changed)
    assert again.unknown == (ROWS[0].id,)
    assert read_baseline(path_of("answers", tmp_path), ROWS[1:]).gone == (ROWS[0].id,)


def test_a_broken_baseline_is_named(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text('{"id": "x"}\n{\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"answers\.jsonl:2"):
        read_baseline(path, ROWS)


def test_the_committed_baselines_are_of_the_rows_as_they_are() -> None:
    for name in ("answers", "grounding", "safety"):
        suite = SUITES[name]
        rows = [row for row in load_rows(suite.dataset) if suite.asks(row)]
        held = read_baseline(path_of(name), rows)
        assert (held.unknown, held.gone) == ((), ()), f"run `policy-qa eval baseline` ({name})"


@given(st.lists(st.booleans(), min_size=len(ROWS), max_size=len(ROWS)))
def test_holding_against_itself_always_passes(right: list[bool]) -> None:
    results = judged(right)
    same = Baseline(
        tuple(record_of(j.row, j.answer.status, j.right, dict(j.values), 0.5) for j in results), (), ()
    )
    (finding,) = hold_against({"answers": results}, {"answers": same})
    assert finding.reasons == ()
    assert finding.comparison.n == len(ROWS)


def test_a_mark_changes_with_anything_in_the_row() -> None:
    row = ROWS[0]
    assert mark_of(row) == mark_of(replace(row))
    for changed in (
        replace(row, correction=not row.correction),
        replace(row, facts=(("x",),)),
        replace(row, id="y"),
    ):
        assert mark_of(changed) != mark_of(row)
