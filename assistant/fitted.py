"""Fitted parameters that several rooms read, and the check that all are for the encoder in use."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from index.encoder.embedder import Embedder
from index.encoder.fitted import check_fitted, read_fitted
from index.search.fusion import FUSION

DATA = Path(__file__).parent / "data"
FITTED = (FUSION, *sorted(DATA.glob("*.json")))
"""Every file of fitted parameters; all are written by `policy-qa eval calibrate` only."""


@lru_cache(maxsize=1)
def thresholds() -> Mapping[str, float]:
    """Every calibrated threshold, by name."""
    data: Mapping[str, float] = read_fitted(DATA / "thresholds.json")
    return data


def check_encoder(embedder: Embedder) -> None:
    """Raise OtherEncoder where parameters were fitted for another encoder than `embedder`."""
    check_fitted(FITTED, embedder)
