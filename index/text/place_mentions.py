"""Where a text names places: every province, prefecture and county by full and short name, abbreviations
(川), nicknames (魔都), regions and countries.

Whether a name means the place (北京路小学, 北京现代) is not decided here. Offsets count code points of the
text."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from index.text.places import places
from index.text.tokens import DATA, cut


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A place's name at `start:end` of a text."""

    name: str
    kind: str
    """`province`, `prefecture` or `county`; `abbreviation`, `nickname`, `region` or `abroad`."""
    codes: tuple[str, ...]
    """Codes (GB/T 2260) of the places that the name may mean; empty for regions and countries."""
    start: int
    end: int

    def within(self, stem: str) -> bool:
        """Whether it may mean a place whose code begins with `stem`."""
        return any(code.startswith(stem) for code in self.codes)


def place_mentions(text: str) -> tuple[PlaceMention, ...]:
    """The places that `text` names, in order; of names that overlap the longest."""
    return tuple(_found(text))


def _found(text: str) -> Iterator[PlaceMention]:
    names, lengths = _names(), _lengths()
    words: list[tuple[int, int]] | None = None
    at = 0
    while at < len(text):
        begun = lengths.get(text[at], ())
        length = next((n for n in begun if at + n <= len(text) and text[at : at + n] in names), 0)
        if not length:
            at += 1
            continue
        words = _word_spans(text) if words is None else words
        kind, codes = names[text[at : at + length]]
        if _stands_alone(at, at + length, kind, words):
            yield PlaceMention(text[at : at + length], kind, codes, at, at + length)
            at += length
        else:
            at += 1


def _stands_alone(start: int, end: int, kind: str, words: list[tuple[int, int]]) -> bool:
    """A short county's name (和平, 朝阳) and an abbreviation count only where segmentation leaves them
    whole."""
    if kind not in ("county", "abbreviation") or end - start > 2:
        return True
    return any(first <= start and end <= last and last - first <= end - start + 1 for first, last in words)


def _word_spans(text: str) -> list[tuple[int, int]]:
    spans, at = [], 0
    for word in cut(text):
        spans.append((at, at + len(word)))
        at += len(word)
    return spans


@lru_cache(maxsize=1)
def _names() -> Mapping[str, tuple[str, tuple[str, ...]]]:
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for place in places():
        for name in {place.name, place.short}:
            if len(name) >= 2 and not (place.level == "county" and name in _everyday()):
                kind, codes = found.get(name, (place.level, ()))
                found[name] = kind, (*codes, place.code)
    with (DATA / "other_places.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            found.setdefault(row["name"], (row["kind"], (row["code"],) if row["code"] else ()))
    return found


@lru_cache(maxsize=1)
def _everyday() -> frozenset[str]:
    """Short names of counties that are words of every day, or names of many things."""
    text = (DATA / "everyday_places.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if not line.startswith("#"))


@lru_cache(maxsize=1)
def _lengths() -> Mapping[str, tuple[int, ...]]:
    """By its first character how long a name can be, the longest first."""
    found: dict[str, set[int]] = defaultdict(set)
    for name in _names():
        found[name[0]].add(len(name))
    return {first: tuple(sorted(lengths, reverse=True)) for first, lengths in found.items()}
