"""What has a name in the program has words for people, the same wherever it is shown."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from assistant.statuses import STATUSES
from assistant.storage.ratings import REASONS
from prompts import reply
from ui.admin.acts import ACTS
from ui.admin.wording import STEPS

if TYPE_CHECKING:
    from assistant.service import Assistant

ROOT = Path(__file__).parents[2]


def test_reasons_have_the_same_words_everywhere(server: str) -> None:
    wanted = {reason.value: words for reason, words in REASONS.items()}
    page = httpx.get(f"{server}/").text
    assert dict(re.findall(r'name="reasons" value="(\w+)"> ?([^<]+)</label>', page)) == wanted
    assert _words_of_the_frame(server)["reasons"] == wanted
    described = (ROOT / "docs/openapi.json").read_text(encoding="utf-8")
    assert "，".join(f"{reason} {words}" for reason, words in wanted.items()) in described


def test_the_standing_line_stands_below_the_same_answers_everywhere(server: str) -> None:
    below = [status.value for status, meaning in STATUSES.items() if meaning.standing]
    assert _words_of_the_frame(server)["standing"] == dict.fromkeys(below, reply("standing"))
    sources = [path for folder in ("assistant", "ui") for path in (ROOT / folder).rglob("*")]
    again = [path.name for path in sources if path.suffix in (".html", ".js", ".py") and _says_it(path)]
    assert not again, "it is data, in prompts/replies.toml"


def test_every_act_of_the_trail_has_words_for_maintainers() -> None:
    sources = [path for folder in ("assistant", "ui") for path in (ROOT / folder).rglob("*.py")]
    assert {act for path in sources for act in _acts_in(path)} == set(ACTS)


def test_every_step_has_a_name_for_maintainers(assistant: "Assistant") -> None:
    answer = assistant.ask("公办幼儿园的占比要达到多少？")
    assert set(answer.timings_ms) <= {*STEPS, "total"}


def _words_of_the_frame(server: str) -> dict[str, dict[str, str]]:
    found = re.search("data-words='([^']*)'", httpx.get(f"{server}/widget").text)
    assert found is not None
    words: dict[str, dict[str, str]] = json.loads(found[1])
    return words


def _says_it(path: Path) -> bool:
    return reply("standing") in path.read_text(encoding="utf-8")


def _acts_in(path: Path) -> Iterator[str]:
    """Names such as `document.add` that a call of one of these functions, or a parameter `act`, is given."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
        if name in ("put_down", "record", "_found") or (isinstance(node, ast.keyword) and node.arg == "act"):
            yield from (
                str(each.value)
                for each in ast.walk(node)
                if isinstance(each, ast.Constant) and re.fullmatch(r"[a-z]+\.[a-z]+", str(each.value))
            )
