"""Replies take exactly their variables, and every one is used."""

import re
from pathlib import Path

import pytest

from prompts import load, reply

ROOT = Path(__file__).parent.parent


def test_variables_are_strict() -> None:
    assert "费用" in reply("not_covered", missing="费用")
    with pytest.raises(KeyError):
        reply("not_covered")
    with pytest.raises(KeyError):
        reply("clarify", missing="费用")


def test_every_reply_is_used() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "assistant").rglob("*.py"))
    families = re.findall(r'(?:reply\(|named=)f"(\w+)\{', source)
    for key in load("replies"):
        named = f'"{key}"' in source or any(key.startswith(prefix) for prefix in families)
        assert named or key in ("superseded", "repealed", "not_yet"), key  # named by a Validity
