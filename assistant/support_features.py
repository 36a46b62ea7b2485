"""Witnesses for and against the support of a sentence by quotations; each is a number, 0 where nothing
speaks against it. What they look for is data (`data/support.toml`)."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.models import premise_model
from assistant.quantities import Quantity, level_of, quantities, with_digits
from index.embed import Embedder
from index.text import fold_text
from index.tokens import tokens, word_frequency, words

_DATA = Path(__file__).parent / "data" / "support.toml"
_BREAKS = re.compile(r"[，。；,;：:、！？!?]")
_SMALL = frozenset("个项种条点次类家人名成级本层步所门批支")
_CORPUS = 60_000_000
"""About the size of the corpus that jieba's word frequencies count."""
_RARE = 0.2
_LEAST = 3
"""Code points of a stretch that is compared on its own."""
_CACHED = 20_000

FEATURES = (
    "number", "misaligned", "direction", "year", "level", "negated", "negation", "opposite", "turning",
    "raised", "lowered", "demanding", "newest", "distance", "loosest", "excess", "patched", "leaning",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SupportWords:
    """`support.toml`, compiled."""

    spoken: tuple[tuple[str, str], ...]
    levels: Mapping[str, re.Pattern[str]]
    opposites: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]
    negation: re.Pattern[str]
    apart: re.Pattern[str]
    force: tuple[re.Pattern[str], ...]
    """From leaving open to done."""
    demanding: tuple[str, ...]
    turning: tuple[str, ...]
    framing: re.Pattern[str]


@lru_cache(maxsize=1)
def load_words() -> SupportWords:
    """The words of `data/support.toml`."""
    data = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    return SupportWords(
        spoken=tuple(data["spoken_numbers"].items()),
        levels={name: _any(listed) for name, listed in data["levels"].items()},
        opposites=tuple((re.compile(a), re.compile(b)) for a, b in data["opposites"]["pairs"]),
        negation=_any(data["negation"]["words"]),
        apart=_any(data["negation"]["apart"]),
        force=tuple(_any(data["force"][name]) for name in ("optional", "soft", "binding", "done")),
        demanding=tuple(data["force"]["demanding"]),
        turning=tuple(data["turning"]["words"]),
        framing=re.compile("|".join(data["framing"]["patterns"])),
    )


def _any(listed: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(listed, key=len, reverse=True))))


def covered(said: str, quotes: Sequence[str]) -> bool:
    """`said` is a stretch of one of the quotations, but for marks at its ends."""
    view = fold_text(said).strip('。；，,;：:、“”"')
    return bool(view) and any(view in fold_text(quote) for quote in quotes)


def features_of(
    said: str, quotes: Sequence[str], known: SupportWords, embedder: Embedder
) -> Mapping[str, float]:
    """The witnesses about `said` (standardised) and its quotations, by the names of `FEATURES`."""
    quoted = "。".join(quotes)
    own = with_digits(_spoken(known.framing.sub("", fold_text(said)), known))
    held = with_digits(_spoken(fold_text(quoted), known))
    mine = [part for part in _BREAKS.split(own) if len(part) >= _LEAST] or [own]
    theirs = [part for part in _BREAKS.split(held) if len(part) >= _LEAST]
    vectors = _vectors(embedder, [own, held, *mine, *theirs])
    distance = float(1 - vectors[0] @ vectors[1])
    near = vectors[2 : 2 + len(mine)] @ np.vstack([vectors[1], vectors[2 + len(mine) :]]).T
    gaps = 1 - near.max(1)
    loosest = float(gaps.max())
    return {
        **_numbers(own, held),
        "level": _levels(own, held, known),
        **_polarity(own, held, known),
        **_force(own, held, known),
        "newest": _newest(own, held, embedder),
        "distance": distance,
        "loosest": loosest,
        "excess": max(loosest - distance, 0.0),
        "patched": _patched(mine, held, gaps),
        "leaning": float((vectors[0] - vectors[1]) @ premise_model().direction[:-1]),
    }


def _patched(stretches: Sequence[str], held: str, gaps: NDArray[np.float64]) -> float:
    """How far the loosest stretch is from the quotations, as far as the other stretches are copied from
    them: what is added to a copy, unlike a paraphrase, has no reason to be worded otherwise."""
    copied = [stretch in held for stretch in stretches]
    if all(copied):
        return 0.0
    share = sum(len(s) for s, is_copy in zip(stretches, copied, strict=True) if is_copy)
    loose = max(gap for gap, is_copy in zip(gaps.tolist(), copied, strict=True) if not is_copy)
    return float(loose * share / sum(map(len, stretches)))


def _spoken(text: str, known: SupportWords) -> str:
    for form, standard in known.spoken:
        text = text.replace(form, standard)
    return text


def _numbers(own: str, held: str) -> dict[str, float]:
    """Quantities and years that no quotation holds; that another stretch of them holds; that are bounded
    the other way."""
    stated = list(map(_hours, quantities(held)))
    wrong = years = misaligned = direction = 0
    for claim in map(_hours, quantities(own)):
        if claim.low == claim.high == 1 and claim.unit in _SMALL:
            continue  # 一所大学 is just a university
        same = [q for q in stated if q.unit == claim.unit and q.is_year == claim.is_year]
        agreeing = [q for q in same if _same(q, claim)]
        if not agreeing:
            # a number of something that the quotations do not count may still be told from their list
            years += claim.is_year
            wrong += not claim.is_year and (bool(same) or claim.unit not in _SMALL or claim.high > 20)
            continue
        level = level_of(own, claim)
        at_level = [q for q in same if level is not None and level_of(held, q) == level]
        best = max(same, key=lambda q: (_shared(_stretch(own, claim), _stretch(held, q)), _same(q, claim)))
        elsewhere = [found for q in agreeing if (found := level_of(held, q)) is not None]
        wrong += level is not None and len(elsewhere) == len(agreeing) and level not in elsewhere
        misaligned += bool(at_level and not any(_same(q, claim) for q in at_level)) or not _same(best, claim)
        direction += all(_bound(own, claim) * _bound(held, q) < 0 for q in agreeing)
    return {"number": wrong, "year": years, "misaligned": misaligned, "direction": direction}


def _same(stated: Quantity, claim: Quantity) -> bool:
    """A single number lies in the stated range; a range is the stated one."""
    if claim.low == claim.high:
        return stated.low <= claim.low <= stated.high
    return (stated.low, stated.high) == (claim.low, claim.high)


def _hours(quantity: Quantity) -> Quantity:
    if quantity.unit != "小时":
        return quantity
    return Quantity(
        quantity.low * 60, quantity.high * 60, "分钟", quantity.start, quantity.end, quantity.follows
    )


def _bound(text: str, quantity: Quantity) -> int:
    around = text[max(quantity.start - 4, 0) : quantity.end + 3]
    if re.search("以上|不低于|不少于|至少|超过|多于|高于|起码|突破", around):
        return -1 if "不超过" in around else 1
    return -1 if re.search("以下|不高于|至多|低于|少于|以内|不到|不足|顶多|最多", around) else 0


def _stretch(text: str, quantity: Quantity) -> str:
    before = [m.end() for m in _BREAKS.finditer(text, 0, quantity.start)]
    after = _BREAKS.search(text, quantity.end)
    return text[before[-1] if before else 0 : after.start() if after else len(text)]


def _shared(one: str, other: str) -> float:
    first, second = set(tokens(one)), set(tokens(other))
    return len(first & second) / float((len(second) + 5) ** 0.5)


def _levels(own: str, held: str, known: SupportWords) -> float:
    """Levels that the sentence names and the quotations do not."""
    named = {name for name, pattern in known.levels.items() if pattern.search(own)}
    there = {name for name, pattern in known.levels.items() if pattern.search(held)}
    return len((named - there) - {"school"}) * (1.0 if there else 0.5)


def _polarity(own: str, held: str, known: SupportWords) -> dict[str, float]:
    """Negations before words that the quotations do not negate, or of only one side; words whose
    opposites the quotations have instead; words that turn a matter round and are not the quotations'."""
    bare, quoted = (known.apart.sub("", text) for text in (own, held))
    negated = 0
    for match in known.negation.finditer(bare):
        after = bare[match.end() : match.end() + 2]
        negated += len(after) == 2 and after in quoted and match.group() + after not in quoted
    opposite = 0
    for one, other in known.opposites:
        for mine, contrary in ((one, other), (other, one)):
            if mine.search(bare) and not mine.search(quoted) and contrary.search(quoted):
                opposite += 1
    return {
        "negated": float(negated),
        "negation": float(bool(known.negation.search(bare)) != bool(known.negation.search(quoted))),
        "opposite": float(opposite),
        "turning": float(any(word in bare and word not in quoted for word in known.turning)),
    }


def _force(own: str, held: str, known: SupportWords) -> dict[str, float]:
    """By how many steps the sentence says more, or less, than the quotations oblige to."""
    said, quoted = _rank(own, known), _rank(held, known)
    base = 1.5 if quoted is None else quoted
    return {
        "raised": max(said - base, 0.0) if said is not None else 0.0,
        "lowered": max(base - said, 0.0) if said == 0 else 0.0,
        "demanding": float(any(word in own and word not in held for word in known.demanding)),
    }


def _rank(text: str, known: SupportWords) -> float | None:
    found = [rank for rank, pattern in enumerate(known.force) if pattern.search(text)]
    if not found:
        return None
    return 0.0 if found[0] == 0 else float(found[-1])


def _newest(own: str, held: str, embedder: Embedder) -> float:
    """How far that word of the sentence which is farthest from all words of the quotations is from them,
    rarer ones counting more."""
    said = [word for word in dict.fromkeys(words(own)) if _weight(word) > _RARE]
    there = [word for word in dict.fromkeys(words(held)) if _weight(word) > _RARE]
    missing = [word for word in said if word not in held]
    if not missing or not there:
        return 0.0
    near = _vectors(embedder, missing) @ _vectors(embedder, there).T
    return float((np.asarray([_weight(word) for word in missing]) * (1 - near.max(1))).max())


def _weight(word: str) -> float:
    if len(word) == 1 and not word.isdigit():
        return 0.0
    return max(log(_CORPUS / (word_frequency(word) + 500)) - 6, 0.0) / 6


_known_vectors: dict[tuple[str, str], NDArray[np.float64]] = {}


def _vectors(embedder: Embedder, texts: Sequence[str]) -> NDArray[np.float64]:
    """The vectors of single words, kept between calls."""
    new = [text for text in texts if (embedder.model_id, text) not in _known_vectors]
    if new:
        if len(_known_vectors) > _CACHED:
            _known_vectors.clear()
        for text, vector in zip(new, embedder.embed_queries(new), strict=True):
            _known_vectors[embedder.model_id, text] = np.asarray(vector, dtype=np.float64)
    return np.asarray([_known_vectors[embedder.model_id, text] for text in texts])
