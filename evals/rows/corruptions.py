"""Sentences that a script makes from true ones of the documents: some still true, some with one fault.

Each pair holds a sentence and the one quotation that it cites; kinds are those of the held-out part
(`datasets/support.jsonl`), where an independent author wrote both. The same documents give the same pairs.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.question.quantities import quantities
from index.schema import Document
from index.text.folding import fold_text

_DATA = Path(__file__).with_name("corruptions.toml")
_STRETCH = re.compile(r"[^。；;\n]+")
_LEAST, _MOST = 14, 70
KINDS = ("number", "year", "level", "negation", "modality", "wrong_clause", "invented")
MOST_OF_A_KIND = 60


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence, the quotations behind it, whether they support it, and the kind of fault."""

    sentence: str
    quotes: tuple[str, ...]
    supported: bool
    kind: str
    home: str
    """The true statement that it comes from; pairs of one home belong in one fold."""


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    return tomllib.loads(_DATA.read_text(encoding="utf-8"))


def statements(documents: Sequence[Document]) -> tuple[str, ...]:
    """The stretches between full stops and semicolons that say enough to be told wrong."""
    found: dict[str, None] = {}
    for document in documents:
        for match in _STRETCH.finditer(document.text):
            stretch = match.group().strip()
            if _LEAST <= len(stretch) <= _MOST and not stretch.startswith("（"):
                found[stretch] = None
    return tuple(found)


def make_pairs(documents: Sequence[Document]) -> tuple[Pair, ...]:
    """At most `MOST_OF_A_KIND` corrupted pairs a kind, spread over the documents, and a true one for each."""
    known = statements(documents)
    wrong: list[Pair] = []
    for kind in KINDS:
        wrong += _spread(list(corrupted(kind, known)), MOST_OF_A_KIND)
    rephrased = [pair for at, said in enumerate(known) for pair in _true(at, said)]
    return (*wrong, *_spread(rephrased, len(wrong)))


def read_pairs(path: Path) -> tuple[Pair, ...]:
    """Pairs of a JSONL file. Raises OSError, and ValueError naming file and line."""
    pairs = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if line.strip():
            try:
                row = json.loads(line)
                quotes = tuple(quote["quote"] for quote in row["quotes"])
                pairs.append(Pair(row["sentence"], quotes, bool(row["supported"]), row["kind"], quotes[0]))
            except (KeyError, IndexError, TypeError, ValueError) as error:
                raise ValueError(f"{path.name}:{number}: {error!r}") from error
    return tuple(pairs)


def corrupted(kind: str, known: Sequence[str]) -> Iterator[Pair]:
    """Pairs with one fault of `kind` (one of `KINDS`), made from the statements `known`."""
    for at, said in enumerate(known):
        quote = said
        if kind == "wrong_clause":
            made, quote = [said], known[(at + len(known) // 2) % len(known)]
        elif kind == "invented":
            extra = _data()["invented"]
            made = [said.rstrip("，") + extra[at % len(extra)]]
        elif kind in ("number", "year"):
            made = list(_other_quantities(said, at, years=kind == "year"))
        else:
            made = list(_each_replaced(said, _data()[kind]))[:2]
        for sentence in made:
            if fold_text(sentence) not in fold_text(quote):
                yield Pair(sentence, (quote,), False, kind, said)


def _true(at: int, said: str) -> Iterator[Pair]:
    parts = said.split("，")
    said_by = _data()["said_by"]
    if len(parts) > 2 and not quantities(said):
        yield Pair("，".join([*parts[1:-1], parts[-1], parts[0]]), (said,), True, "reordered", said)
    changed = next(_each_replaced(said, _data()["same"]), None)
    if changed:
        yield Pair(said_by[at % len(said_by)] + changed, (said,), True, "reworded", said)
    elif quantities(said):
        yield Pair(said_by[at % len(said_by)] + parts[-1], (said,), True, "shortened", said)


def _each_replaced(said: str, pairs: Sequence[Sequence[str]]) -> Iterator[str]:
    yield from (said.replace(old, new, 1) for old, new in pairs if old in said)


def _other_quantities(said: str, at: int, years: bool) -> Iterator[str]:
    for quantity in quantities(said):
        digits = re.search(r"[0-9０-９]+", said[quantity.start : quantity.end])
        if digits is None or quantity.is_year != years:
            continue
        value = int(digits.group())
        larger, smaller = max(value * 2, value + 3), value // 2
        for other in (value + 2, value - 2) if years else (larger, smaller) if at % 2 else (larger,):
            start = quantity.start + digits.start()
            yield f"{said[:start]}{other}{said[start + len(digits.group()) :]}"


def _spread(pairs: Sequence[Pair], most: int) -> Iterator[Pair]:
    """At most `most` pairs, evenly over all."""
    step = max(len(pairs) / most, 1.0)
    yield from (pairs[int(at * step)] for at in range(min(most, len(pairs))))
