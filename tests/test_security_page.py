"""docs/security.md: each promise names tests, and each test that it names is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", PAGE)))
PROMISES = [line for line in PAGE.splitlines() if line.startswith("| ") and line.count(" | ") == 2]


def test_every_promise_names_a_test() -> None:
    rows = [line for line in PROMISES if not line.startswith(("| threat |", "| advisory |"))]
    held = [line for line in rows if "::test_" in line]
    advisories = [line for line in rows if "GHSA-" in line]
    assert len(held) > 20
    assert len(held) + len(advisories) == len(rows)


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_a_named_test_is_there(file: str, name: str) -> None:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
