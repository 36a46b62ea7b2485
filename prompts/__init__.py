"""Versioned text as data: replies to people, and prompts to models.

A text names its variables as `{name}`; `reply` takes exactly those, no more and no fewer.
"""

import string
import tomllib
from functools import lru_cache
from pathlib import Path

_HERE = Path(__file__).parent


@lru_cache
def load(name: str) -> dict[str, str]:
    """The texts of `<name>.toml` by key. Raises FileNotFoundError for an unknown name."""
    return dict(tomllib.loads((_HERE / f"{name}.toml").read_text(encoding="utf-8")))


def reply(key: str, **variables: str) -> str:
    """The reply `key` with its variables filled in. Raises KeyError for a missing or surplus one."""
    text = load("replies")[key]
    wanted = {name for _, name, _, _ in string.Formatter().parse(text) if name}
    if wanted != set(variables):
        raise KeyError(f"reply {key!r} takes {sorted(wanted)}, got {sorted(variables)}")
    return text.format(**variables)
