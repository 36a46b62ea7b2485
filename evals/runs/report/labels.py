"""Chinese labels of metrics, kinds, voices and outcomes, and which way a metric is good."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("labels.toml")


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def label(group: str, name: str) -> str:
    """The Chinese label of `name` in `group` (a table of labels.toml); `name` itself where there is none."""
    found = _table()[group].get(name, name)
    return str(found)


def lower_is_better(metric: str) -> bool:
    """A smaller value of `metric` is the better one."""
    return metric in _table()["lower_is_better"]
