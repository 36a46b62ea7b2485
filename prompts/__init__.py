"""Versioned text as data: replies to people, and prompts to models.

A text names its variables as `{name}`; it takes exactly those, no more and no fewer.
"""

import hashlib
import string
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_HERE = Path(__file__).parent


@lru_cache
def load(name: str) -> dict[str, str]:
    """The texts of `<name>.toml` by key. Raises FileNotFoundError for an unknown name."""
    return dict(tomllib.loads((_HERE / f"{name}.toml").read_text(encoding="utf-8")))


def reply(key: str, **variables: str) -> str:
    """The reply `key` with its variables filled in. Raises KeyError for a missing or surplus one."""
    return _filled("reply", key, load("replies")[key], variables)


@dataclass(frozen=True, slots=True)
class Prompt:
    """The texts of one task of a model; `version` names them, with the digest of the file."""

    version: str
    texts: dict[str, str]

    def text(self, key: str, **variables: str) -> str:
        """The text `key` with its variables filled in. Raises KeyError for a missing or surplus one."""
        return _filled("prompt", key, self.texts[key], variables)


@lru_cache
def load_prompt(name: str) -> Prompt:
    """The prompt `<name>.toml`. Raises FileNotFoundError for an unknown name."""
    digest = hashlib.sha256((_HERE / f"{name}.toml").read_bytes()).hexdigest()[:8]
    texts = load(name)
    return Prompt(f"{name}-{texts['version']}+{digest}", texts)


def _filled(kind: str, key: str, text: str, variables: dict[str, str]) -> str:
    wanted = {name for _, name, _, _ in string.Formatter().parse(text) if name}
    if wanted != set(variables):
        raise KeyError(f"{kind} {key!r} takes {sorted(wanted)}, got {sorted(variables)}")
    return text.format(**variables)
