"""Calibration, risk and coverage: cases by hand, and what must hold of any."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.selective import Bin, aurc, calibration_bins, calibration_error, risk_coverage

ANSWERS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40)


def test_calibration_by_hand() -> None:
    confidences, right = [0.95, 0.85, 0.15, 0.15], [True, False, False, True]
    assert calibration_bins(confidences, right) == (Bin(0.15, 0.5, 2), Bin(0.85, 0.0, 1), Bin(0.95, 1.0, 1))
    assert calibration_error(confidences, right) == pytest.approx((0.7 + 0.85 + 0.05) / 4)
    assert calibration_error([], []) == 0.0


def test_risk_and_coverage_by_hand() -> None:
    confidences, right = [0.9, 0.8, 0.8, 0.1], [True, False, True, False]
    assert risk_coverage(confidences, right) == ((0.25, 0.0), (0.75, 1 / 3), (1.0, 0.5))
    assert aurc(confidences, right) == pytest.approx(0.5 / 3 + 0.25 * 0.5)


@given(ANSWERS)
def test_the_area_lies_between_nothing_and_the_worst_risk(answers: list[tuple[float, bool]]) -> None:
    confidences, right = [c for c, _ in answers], [r for _, r in answers]
    points = risk_coverage(confidences, right)
    assert points[-1][0] == 1.0
    assert points[-1][1] == pytest.approx(1 - sum(right) / len(right))
    assert 0 <= aurc(confidences, right) <= max(risk for _, risk in points) + 1e-9
    assert 0 <= calibration_error(confidences, right) <= 1


@given(st.lists(st.booleans(), min_size=1, max_size=30))
def test_equal_confidence_is_chance_and_knowing_all_is_better(right: list[bool]) -> None:
    wrong = 1 - sum(right) / len(right)
    assert aurc([0.5] * len(right), right) == pytest.approx(wrong)
    assert aurc([float(r) for r in right], right) <= wrong + 1e-9
