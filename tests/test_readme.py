"""README names what is there, and its Chinese twin says the same."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ENGLISH, CHINESE = "README.md", "README.zh.md"


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _links(name: str) -> list[str]:
    return re.findall(r"\]\(([^)#]+)", _text(name))


def _commands(name: str) -> list[str]:
    """The lines of its blocks of code, without the remarks behind them."""
    blocks = re.findall(r"^```\n(.*?)^```", _text(name), re.DOTALL | re.MULTILINE)
    return [re.sub(r"\s+#.*", "", line) for block in blocks for line in block.splitlines()]


@pytest.mark.parametrize("name", [ENGLISH, CHINESE])
def test_the_steps_are_those_of_the_pipeline(name: str) -> None:
    steps = re.findall(r'^ {8}\("(\w+)", \w+\(', _text("assistant/pipeline.py"), re.MULTILINE)
    assert steps
    listed = re.search(r"^\| (?:step|步骤) \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", _text(name), re.MULTILINE)
    assert listed is not None
    assert re.findall(r"^\| (\w+) \|", listed[1], re.MULTILINE) == steps


@pytest.mark.parametrize("name", [ENGLISH, CHINESE])
def test_every_link_leads_to_a_file(name: str) -> None:
    assert _links(name)
    assert not [link for link in _links(name) if not (ROOT / link).exists()]


def test_both_have_the_same_links_and_commands() -> None:
    assert {*_links(ENGLISH)} - {CHINESE} == {*_links(CHINESE)} - {ENGLISH}
    assert _commands(ENGLISH) == _commands(CHINESE)
