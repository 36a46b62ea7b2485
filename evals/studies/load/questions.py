"""Distinct questions to load the service with: those of the data sets, each with several openings."""

import json
import random
from collections.abc import Iterator
from itertools import count

from evals.rows.dataset import DATASETS, load_rows

_MESSAGES = ("several_parts", "yesno", "claims.c1", "claims.c2", "claims.c3", "claims.c4", "claims.c5")
_OPENINGS = (
    "请问，", "您好，", "想问一下，", "麻烦问一下，", "问个事，", "你好，我想了解：", "请教一下，",
    "帮我看看，",
)  # fmt: skip
_LONGEST = 900


def distinct(seed: int) -> Iterator[str]:
    """Questions without an end, none twice: people's own, then the same after other openings."""
    own = _own()
    random.Random(seed).shuffle(own)  # noqa: S311 an order, no secret
    yield from own
    for turn in count():
        for at, question in enumerate(own):
            opening = _OPENINGS[(at + turn) % len(_OPENINGS)]
            times = "" if turn < len(_OPENINGS) else f"第{turn + 1}次问，"
            yield f"{opening}{times}{question}"


def _own() -> list[str]:
    """Every first message of the data sets, once, in their order."""
    found = [row.turns[0] for row in load_rows()]
    for name in _MESSAGES:
        lines = (DATASETS / "messages" / f"{name}.jsonl").read_text(encoding="utf-8").split("\n")
        found += [json.loads(line)["text"] for line in lines if line.strip()]
    return list(dict.fromkeys(text.strip() for text in found if 0 < len(text.strip()) <= _LONGEST))
