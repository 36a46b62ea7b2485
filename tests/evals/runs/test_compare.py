"""Comparisons of two runs against differences computed by hand."""

import json
from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.runs.compare import compare, compare_records, comparison_text, permutation_p
from evals.runs.report.records import Quoted, Record


def record(row_id: str, right: bool, values: Mapping[str, float | None], status: str = "answered") -> Record:
    return Record(
        row_id, "number", "parent", "test", (f"问{row_id}？",), "answered", status,
        (Quoted("2.2.1", "原文"),), (("要点",),), values, 0.5, right, 1.0, "答。", (),
    )  # fmt: skip


BEFORE = (
    record("r1", True, {"facts": 1.0, "false_refusal": 0.0}),
    record("r2", False, {"facts": 0.0, "false_refusal": 0.0}),
    record("r3", False, {"facts": 0.0, "false_refusal": 1.0}, "not_covered"),
    record("r4", True, {"facts": None, "false_refusal": 0.0}),
    record("gone", True, {"facts": 1.0}),
)
AFTER = (
    record("r1", True, {"facts": 0.5, "false_refusal": 0.0}),
    record("r2", True, {"facts": 1.0, "false_refusal": 0.0}),
    record("r3", True, {"facts": 1.0, "false_refusal": 0.0}),
    record("r4", True, {"facts": 1.0, "false_refusal": 0.0}),
    record("new", False, {"facts": 0.0}),
)

RECORDS = st.lists(
    st.tuples(st.booleans(), st.sampled_from([None, 0.0, 0.5, 1.0]), st.sampled_from([None, 0.0, 1.0])),
    min_size=1,
    max_size=8,
).map(
    lambda rows: [
        record(f"r{i}", right, {"facts": facts, "false_refusal": refused})
        for i, (right, facts, refused) in enumerate(rows)
    ]
)


def test_differences_are_those_computed_by_hand() -> None:
    comparison = compare_records(BEFORE, AFTER)
    assert comparison.n == 4
    right, facts, refusal = comparison.metrics
    assert (right.name, right.n, right.mean_a, right.mean_b) == ("right", 4, 0.5, 1.0)
    assert (right.difference, right.wins, right.losses) == (0.5, 2, 0)
    # r4 has no value before, so three rows: (0.5 + 1 + 1) / 3 - (1 + 0 + 0) / 3
    assert (facts.name, facts.n, facts.wins, facts.losses) == ("facts", 3, 2, 1)
    assert facts.difference == pytest.approx(0.5)
    assert facts.low <= facts.difference <= facts.high
    # less of it is better
    assert (refusal.name, refusal.difference, refusal.wins, refusal.losses) == ("false_refusal", -0.25, 1, 0)


def test_rows_of_one_run_only_are_named() -> None:
    comparison = compare_records(BEFORE, AFTER)
    assert (comparison.only_a, comparison.only_b) == (("gone",), ("new",))


def test_a_row_whose_question_changed_is_named_and_not_compared() -> None:
    changed = (replace(AFTER[0], turns=("别的问题？",)), *AFTER[1:])
    comparison = compare_records(BEFORE, changed)
    assert (comparison.differing, comparison.n) == (("r1",), 3)


def test_flips_name_what_rose_and_what_fell() -> None:
    flips = compare_records(BEFORE, AFTER).flips
    assert [(f.id, f.right, f.better, f.worse) for f in flips] == [
        ("r1", (True, True), (), ("facts",)),
        ("r2", (False, True), ("right", "facts"), ()),
        ("r3", (False, True), ("right", "facts", "false_refusal"), ()),
    ]
    assert flips[2].status == ("not_covered", "answered")


def test_p_is_the_share_of_sign_changes_as_extreme() -> None:
    differences = [1.0, 0.5, 0.5, -0.5, 1.0, 0.0, 1.0]
    sums = [float(np.dot(signs, differences)) for signs in product((1, -1), repeat=len(differences))]
    as_high = np.mean([total >= sum(differences) for total in sums])
    assert permutation_p(differences) == pytest.approx(2 * as_high)


@pytest.mark.parametrize("differences", [[], [0.0], [1.0], [0.0, 0.0, 1.0], [1.0, -1.0]])
def test_p_is_one_where_nothing_can_be_told(differences: list[float]) -> None:
    assert permutation_p(differences) == 1.0


def test_p_of_many_pairs_is_the_same_each_time() -> None:
    differences = [1.0] * 30 + [-1.0] * 12
    assert permutation_p(differences) == permutation_p(differences)
    assert 0.001 < permutation_p(differences) < 0.02  # the sign test's exact p is 0.008


@given(records=RECORDS)
def test_a_run_against_itself_differs_in_nothing(records: list[Record]) -> None:
    comparison = compare_records(records, records)
    assert comparison.flips == ()
    assert comparison.only_a == comparison.only_b == comparison.differing == ()
    assert comparison.n == len(records)
    for change in comparison.metrics:
        assert (change.p, change.difference, change.low, change.high) == (1.0, 0.0, 0.0, 0.0)
        assert change.wins == change.losses == 0


@given(a=RECORDS, b=RECORDS)
def test_turned_round_it_is_the_opposite(a: list[Record], b: list[Record]) -> None:
    there, back = compare_records(a, b), compare_records(b, a)
    assert {m.name for m in there.metrics} == {m.name for m in back.metrics}
    reverse = {m.name: m for m in back.metrics}
    for change in there.metrics:
        other = reverse[change.name]
        assert change.difference == pytest.approx(-other.difference)
        assert change.p == pytest.approx(other.p)
        assert (change.wins, change.losses) == (other.losses, other.wins)
    assert {(f.id, frozenset(f.better)) for f in there.flips} == {
        (f.id, frozenset(f.worse)) for f in back.flips
    }


def test_the_text_holds_the_numbers_and_escapes_the_questions() -> None:
    hostile = replace(AFTER[0], turns=("a|b <script>",))
    text = comparison_text(
        compare_records(
            (replace(BEFORE[0], turns=hostile.turns), *BEFORE[1:]), (hostile, *AFTER[1:]), ("旧", "新")
        )
    )
    lines = text.splitlines()
    assert lines[0] == "# 对比：旧 → 新"
    assert any(line.startswith("| 判为正确 | 4 | 0.500 | 1.000 | +0.500 |") for line in lines)
    assert any(line.startswith("| 误拒 ↓ | 4 | 0.250 | 0.000 | -0.250 |") for line in lines)
    assert r"| r1 | 数字 | a\|b \<script\> | 对 | 作答 |  | 要点齐全 |" in lines
    assert "只在 旧 中（1 题）：gone" in lines
    assert "只在 新 中（1 题）：new" in lines


def test_folders_are_compared_by_their_metrics_file(tmp_path: Path) -> None:
    for name, records in (("old", BEFORE), ("new", AFTER)):
        lines = [
            {
                "id": r.id, "kind": r.kind, "voice": r.voice, "split": r.split, "turns": r.turns,
                "wanted": r.wanted, "status": r.status, "gold": [{"clause": "2.2.1", "quote": "原文"}],
                "facts": r.facts, "values": r.values, "confidence": r.confidence, "right": r.right,
                "milliseconds": r.milliseconds, "answer": r.answer, "cited": [],
            }
            for r in records
        ]  # fmt: skip
        (tmp_path / name).mkdir()
        text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
        (tmp_path / name / "metrics.jsonl").write_text(text, encoding="utf-8")
    assert compare(tmp_path / "old", tmp_path / "new") == compare_records(BEFORE, AFTER, ("old", "new"))


def test_runs_without_a_row_in_common_compare_nothing() -> None:
    comparison = compare_records(BEFORE[4:], AFTER[4:])
    assert (comparison.n, comparison.metrics, comparison.flips) == (0, (), ())
    assert "没有变化。" in comparison_text(comparison)
