"""The grammar of personal data (`data/privacy.toml`), its patterns compiled, and what is found by it."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from index.text.tokens import DATA


@dataclass(frozen=True, slots=True)
class Found:
    """Personal data of one kind at `start:end` of the text that was looked at."""

    kind: str
    start: int
    end: int


@lru_cache(maxsize=1)
def grammar() -> Mapping[str, Any]:
    """The file as it is."""
    return tomllib.loads((DATA / "privacy.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def parts() -> Mapping[str, str]:
    """What `{NAME}` stands for in patterns."""
    data = grammar()
    digits = "".join(data["digits"]["spelled"])
    return {
        **data["parts"],
        "WECHAT": data["accounts"]["wechat"],
        "PROVINCE": data["plates"]["provinces"],
        "NUMERAL": f"[0-9{digits}]",
        "PLACE": f"[A-Z0-9{digits}]",
    }


@lru_cache(maxsize=256)
def pattern(source: str) -> re.Pattern[str]:
    """`source` compiled with its parts, whatever the case."""
    for name, part in parts().items():
        source = source.replace(f"{{{name}}}", part)
    return re.compile(source, re.IGNORECASE)
