"""A quantity as a short answer: with its unit, what it is counted by (每天) and until when it holds
(到2022年), as far as the text sets that beside it. Digits and percent signs are half-width."""

import re
import tomllib
from functools import lru_cache
from pathlib import Path

from assistant.question.quantities import Quantity
from index.text.folding import squeeze

_DATA = Path(__file__).parents[1] / "data" / "clause_forms.toml"
_HALF = str.maketrans("０１２３４５６７８９％．", "0123456789%.")
_SENTENCE = re.compile(r"[；;。]")


def short_answer(text: str, quantity: Quantity) -> str:
    """The short answer that `quantity` of a passage's `text` gives; of a year the year alone."""
    value = half_width(squeeze(text[quantity.start : quantity.end]))
    if quantity.is_year:
        return value
    before = half_width(squeeze(_SENTENCE.split(text[: quantity.start])[-1]))
    rate, until = _forms()
    if rates := rate.findall(before):
        value = rates[-1] + value
    deadlines = until.findall(before)
    return f"{deadlines[-1]}，{value}" if deadlines else value


def half_width(text: str) -> str:
    """`text` with half-width digits, percent signs and points."""
    return text.translate(_HALF)


@lru_cache(maxsize=1)
def _forms() -> tuple[re.Pattern[str], re.Pattern[str]]:
    data = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    rates = f"({'|'.join(data['rates'])})[^，,0-9]*$"  # no other number stands between
    return re.compile(rates), re.compile("|".join(data["until"]))
