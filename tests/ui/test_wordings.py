"""What has a name in the program has words for people, the same wherever it is shown."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.storage.ratings import REASONS
from ui.admin.wording import STEPS

if TYPE_CHECKING:
    from assistant.service import Assistant

ROOT = Path(__file__).parents[2]


def test_reasons_have_the_same_words_everywhere() -> None:
    wanted = {reason.value: words for reason, words in REASONS.items()}
    page = (ROOT / "ui/pages/templates/chat/page.html").read_text(encoding="utf-8")
    assert dict(re.findall(r'name="reasons" value="(\w+)"> ?([^<]+)</label>', page)) == wanted
    frame = (ROOT / "ui/static/frame_answer.js").read_text(encoding="utf-8")
    found = re.search(r"const REASONS = (\[.*\]);", frame)
    assert found is not None
    assert dict(json.loads(found[1])) == wanted
    described = (ROOT / "docs/openapi.json").read_text(encoding="utf-8")
    assert "，".join(f"{reason} {words}" for reason, words in wanted.items()) in described


def test_every_step_has_a_name_for_maintainers(assistant: "Assistant") -> None:
    answer = assistant.ask("公办幼儿园的占比要达到多少？")
    assert set(answer.timings_ms) <= {*STEPS, "total"}
