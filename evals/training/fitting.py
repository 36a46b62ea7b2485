"""Linear fits that several parts share, and where their results are written."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from index.encoder.embedder import Embedder
from index.encoder.fitted import read_fitted, write_fitted

ROOT = Path(__file__).parent.parent.parent
INDEX_DATA = ROOT / "index" / "data"
ASSISTANT_DATA = ROOT / "assistant" / "data"
Floats = NDArray[np.float64]


def fit_logistic(
    x: Floats,
    y: NDArray[np.bool_],
    weight: Floats,
    penalty: float,
    bounds: Sequence[tuple[float | None, float | None]] | None = None,
) -> Floats:
    """Weights and, last, the bias of a logistic regression with an L2 penalty on standardised columns;
    `bounds` may fix a column's sign."""
    mean, scale = x.mean(0), x.std(0) + 1e-9
    design = np.c_[(x - mean) / scale, np.ones(len(x))]
    sign = np.where(y, 1.0, -1.0)
    share = weight / weight.sum()

    def loss(w: Floats) -> tuple[float, Floats]:
        margin = sign * (design @ w)
        slope = -(share * sign / (1 + np.exp(margin))) @ design
        slope[:-1] += 2 * penalty * w[:-1]
        return float((share * np.logaddexp(0, -margin)).sum() + penalty * w[:-1] @ w[:-1]), slope

    limits = [*bounds, (None, None)] if bounds is not None else None
    start = np.zeros(design.shape[1])
    fitted = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=limits, options={"maxiter": 500}).x
    weights = fitted[:-1] / scale
    return np.append(weights, fitted[-1] - weights @ mean)


def area_under_curve(higher: Floats, lower: Floats) -> float:
    """The chance that one of `higher` exceeds one of `lower`; a tie is half."""
    more = (higher[:, None] > lower[None]).mean() + (higher[:, None] == lower[None]).mean() / 2
    return float(more)


def fit_direction(vectors: Floats, y: NDArray[np.bool_], penalty: float = 1e-3) -> Floats:
    """A logistic regression over query vectors, classes of equal weight; last the bias. Vectors share a
    large mean, which only the bias may use."""
    mean = vectors.mean(0)
    design = np.c_[vectors - mean, np.ones(len(vectors))]
    sign = np.where(y, 1.0, -1.0)
    share = np.where(y, 0.5 / y.sum(), 0.5 / (~y).sum())

    def loss(w: Floats) -> tuple[float, Floats]:
        margin = sign * (design @ w)
        slope = -(share * sign / (1 + np.exp(margin))) @ design
        slope[:-1] += 2 * penalty * w[:-1]
        return float((share * np.logaddexp(0, -margin)).sum() + penalty * w[:-1] @ w[:-1]), slope

    start = np.zeros(design.shape[1])
    w = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    return np.append(w[:-1], w[-1] - w[:-1] @ mean)


@dataclass(frozen=True, slots=True)
class Origin:
    """What parameters are fitted with and from: the encoder, and the hash of the data."""

    embedder: Embedder
    digest: str

    def write(self, path: Path, values: object) -> None:
        """Write a file of fitted parameters."""
        write_fitted(path, self.embedder, self.digest, values)

    def write_thresholds(self, changed: Mapping[str, float]) -> None:
        """Change these thresholds, keep the others."""
        path = ASSISTANT_DATA / "thresholds.json"
        known = read_fitted(path) if path.exists() else {}
        self.write(path, {**known, **changed})


def digest_of(files: Iterable[Path], *more: str) -> str:
    """16 hexadecimal digits that stand for the contents of `files`, by their names, and for texts."""
    found = hashlib.sha256()
    for path in sorted(files, key=lambda path: path.name):
        found.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for text in more:
        found.update(text.encode() + b"\0")
    return found.hexdigest()[:16]
