"""How far `confidence` can be trusted: calibration, and risk against coverage."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of about the same confidence: its mean, the share of right ones, and how many they are."""

    confidence: float
    share: float
    count: int


def calibration_bins(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> tuple[Bin, ...]:
    """The bins of equal width that hold an answer, from the least confidence on."""
    confidence, truth = np.asarray(confidences, dtype=np.float64), np.asarray(right, dtype=np.float64)
    at = np.minimum((confidence * bins).astype(int), bins - 1)
    return tuple(
        Bin(float(confidence[at == b].mean()), float(truth[at == b].mean()), int((at == b).sum()))
        for b in range(bins)
        if (at == b).any()
    )


def calibration_error(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """Expected calibration error over bins of equal width (Guo et al., 2017, arXiv:1706.04599): the mean
    distance of confidence and share of right ones, weighted by how many fall into a bin."""
    found = calibration_bins(confidences, right, bins)
    total = sum(b.count for b in found)
    return sum(abs(b.confidence - b.share) * b.count for b in found) / max(total, 1)


def risk_coverage(confidences: Sequence[float], right: Sequence[bool]) -> tuple[tuple[float, float], ...]:
    """(coverage, risk): which share of the answers is kept when only the surest are, and which share of
    those is wrong (El-Yaniv and Wiener, 2010). Answers of one confidence are kept or left together."""
    confidence, wrong = np.asarray(confidences, dtype=np.float64), ~np.asarray(right, dtype=bool)
    points = []
    for floor in sorted(set(confidences), reverse=True):
        kept = confidence >= floor
        points.append((float(kept.mean()), float(wrong[kept].mean())))
    return tuple(points)


def aurc(confidences: Sequence[float], right: Sequence[bool]) -> float:
    """Area under the risk-coverage curve as a step function (Geifman et al., 2019, arXiv:1805.08206): the
    mean risk over all coverages; 0 is perfect, the overall share of wrong answers is chance."""
    area, before = 0.0, 0.0
    for coverage, risk in risk_coverage(confidences, right):
        area += risk * (coverage - before)
        before = coverage
    return area
