"""Personal data in what people write: found by its form (`data/personal_data.toml`), and masked before it
leaves the process."""

import re
import tomllib
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).parents[1] / "data" / "personal_data.toml"


def mask(text: str) -> str:
    """`text` with identity card, telephone and bank card numbers, addresses and mail addresses replaced by
    what they are, in brackets, such as `[手机号]`."""
    for name, pattern in _forms():
        text = pattern.sub(f"[{name}]", text)
    return text


@lru_cache(maxsize=1)
def _forms() -> tuple[tuple[str, re.Pattern[str]], ...]:
    data = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    separator = data["separator"]
    return tuple(
        (form["name"], re.compile(form["pattern"].replace("SEP", separator))) for form in data["form"]
    )
