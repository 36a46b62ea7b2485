"""Chinese labels of metrics, kinds, voices and outcomes, and which way a metric is good."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.schema import Status
from assistant.statuses import STATUSES

_FILE = Path(__file__).with_name("labels.toml")


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    tables = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    tables["status"] |= {status.value: meaning.label for status, meaning in STATUSES.items()}
    return tables


def label(group: str, name: str) -> str:
    """The Chinese label of `name` in `group` (a table of labels.toml); `name` itself where there is none."""
    found = _table()[group].get(name, name)
    return str(found)


def tone(status: str) -> str:
    """Which colour marks a status, or an error."""
    return STATUSES[Status(status)].tone if status in set(Status) else "declined"


def lower_is_better(metric: str) -> bool:
    """A smaller value of `metric` is the better one."""
    return metric in _table()["lower_is_better"]
