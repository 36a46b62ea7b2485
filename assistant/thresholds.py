"""Every calibrated threshold: `data/thresholds.json`, written by `policy-qa eval calibrate` only."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "thresholds.json"


@lru_cache(maxsize=1)
def thresholds() -> Mapping[str, float]:
    """Every calibrated threshold, by name."""
    data: Mapping[str, float] = json.loads(_FILE.read_text(encoding="utf-8"))
    return data
