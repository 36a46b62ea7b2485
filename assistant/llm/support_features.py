"""Witnesses for and against the support of a sentence by quotations; each is a number, 0 where nothing
speaks against it. What they look for is data (`data/support.toml`)."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.question.quantities import Quantity, level_of, quantities, with_digits
from index.encoder.embedder import Embedder
from index.text.folding import fold_text
from index.text.numerals import numeral
from index.text.tokens import tokens

_DATA = Path(__file__).parents[1] / "data" / "support.toml"
_BREAKS = re.compile(r"[，。；,;：:、！？!?]")
_DIGIT = "[一二两三四五六七八九]"
_POINT = re.compile(f"({_DIGIT})点({_DIGIT})(?=倍|个?小时|%)")
_ABOUT = re.compile(f"({_DIGIT})({_DIGIT})(?=[个项种条点次类家人名所门批支样天年])")
_TO = re.compile(
    "([0-9]+|[一二两三四五六七八九十]+)[到至]([0-9]+|[一二两三四五六七八九十]+)(?=[个项种条所门人名])"
)
_AT_MOST = re.compile("不(?:能|得|可|许|会)?(?:超过|多于|高于)")
_ONE = frozenset("个项种条点次类家人名成级本层步所门批支天日年月周届座")
"""Units of which one is just a way to say a or each."""
_SMALL = frozenset("个项种条点次类家人名成级本层步所门批支")
_FAR = 0.1
"""Distance beyond which two sentences hardly speak of one thing."""
_LEAST = 3
"""Code points of a stretch that is compared on its own."""
_CACHED = 20_000

FEATURES = (
    "number", "uncounted", "misaligned", "direction", "year", "level", "stage", "negated", "negation",
    "opposite", "turning", "raised", "lowered", "demanding", "concrete", "distance", "far", "patched",
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
    stages: Mapping[str, re.Pattern[str]]
    concrete: tuple[str, ...]
    framing: re.Pattern[str]

    def unframed(self, said: str) -> str:
        """`said` without what only says where it is from."""
        return self.framing.sub("", said)


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
        stages={name: _any(listed) for name, listed in data["stages"].items()},
        concrete=tuple(data["concrete"]["words"]),
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
    own = with_digits(_spoken(fold_text(said), known))
    held = with_digits(_spoken(fold_text(quoted), known))
    mine = [part for part in _BREAKS.split(own) if len(part) >= _LEAST] or [own]
    theirs = [part for part in _BREAKS.split(held) if len(part) >= _LEAST]
    vectors = _vectors(embedder, [own, held, *mine, *theirs])
    distance = float(1 - vectors[0] @ vectors[1])
    near = vectors[2 : 2 + len(mine)] @ np.vstack([vectors[1], vectors[2 + len(mine) :]]).T
    gaps = 1 - near.max(1)
    return {
        **_numbers(own, held),
        "level": _levels(own, held, known),
        "stage": _stages(own, held, known),
        "concrete": float(sum(word in own and word not in held for word in known.concrete)),
        **_polarity(own, held, known),
        **_force(own, held, known),
        "distance": distance,
        "far": max(distance - _FAR, 0.0),
        "patched": _patched(mine, held, gaps),
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
    """`text` with numbers that are spoken as quantities are written."""
    for form, standard in known.spoken:
        text = text.replace(form, standard)
    text = _POINT.sub(lambda m: f"{numeral(m[1])}.{numeral(m[2])}", text)
    text = _ABOUT.sub(lambda m: f"{numeral(m[1])}-{numeral(m[2])}", text)
    return _TO.sub(lambda m: f"{numeral(m[1])}-{numeral(m[2])}", text).replace("个人", "人")


def _numbers(own: str, held: str) -> dict[str, float]:
    """Quantities and years that no quotation holds; that another stretch of them holds; that are bounded
    the other way."""
    stated = list(map(_hours, quantities(held)))
    wrong = uncounted = years = misaligned = direction = 0
    for claim in map(_hours, quantities(own)):
        if claim.low == claim.high == 1 and claim.unit in _ONE:
            continue  # 一所大学 is just a university
        same = [q for q in stated if q.unit == claim.unit and q.is_year == claim.is_year]
        agreeing = [q for q in same if _same(q, claim)]
        if not agreeing:
            counted = bool(same) or claim.unit not in _SMALL
            years += claim.is_year
            wrong += not claim.is_year and counted
            uncounted += not claim.is_year and not counted
            continue
        level = level_of(own, claim)
        at_level = [q for q in same if level is not None and level_of(held, q) == level]
        best = max(same, key=lambda q: (_shared(_stretch(own, claim), _stretch(held, q)), _same(q, claim)))
        elsewhere = [found for q in agreeing if (found := level_of(held, q)) is not None]
        wrong += level is not None and len(elsewhere) == len(agreeing) and level not in elsewhere
        misaligned += bool(at_level and not any(_same(q, claim) for q in at_level)) or not _same(best, claim)
        direction += all(_bound(own, claim) * _bound(held, q) < 0 for q in agreeing)
    return {
        "number": wrong,
        "uncounted": uncounted,
        "year": years,
        "misaligned": misaligned,
        "direction": direction,
    }


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
    around = _stretch(text, quantity)
    if re.search("以上|不低于|不少于|至少|超过|多于|高于|起码|突破", around):
        return -1 if _AT_MOST.search(around) else 1
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


def _stages(own: str, held: str, known: SupportWords) -> float:
    """Words of stages that the sentence has, no reading of which the quotations speak of."""
    named = {name for name, pattern in known.stages.items() if pattern.search(held)}
    brought = set()
    for pattern in known.stages.values():
        for match in pattern.finditer(own):
            readings = {name for name, other in known.stages.items() if other.fullmatch(match.group())}
            if not readings & named:
                brought.add(match.group())
    return float(len(brought)) if named else 0.0


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


_known_vectors: dict[tuple[str, str], NDArray[np.float64]] = {}


def _vectors(embedder: Embedder, texts: Sequence[str]) -> NDArray[np.float64]:
    """The vectors of texts, kept between calls: quotations and their stretches come again and again."""
    new = [text for text in texts if (embedder.model_id, text) not in _known_vectors]
    if new:
        if len(_known_vectors) > _CACHED:
            _known_vectors.clear()
        for text, vector in zip(new, embedder.embed_queries(new), strict=True):
            _known_vectors[embedder.model_id, text] = np.asarray(vector, dtype=np.float64)
    return np.asarray([_known_vectors[embedder.model_id, text] for text in texts])
