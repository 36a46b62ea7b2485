"""Names of Chinese administrative places: `data/places.tsv`, every province, prefecture and county."""

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from index.text.tokens import DATA


@dataclass(frozen=True, slots=True)
class Place:
    """A province, prefecture or county. `code` is that of GB/T 2260; `short` may be empty."""

    code: str
    level: str
    name: str
    short: str

    def holds(self, other: "Place") -> bool:
        """Whether `other` lies in this place, or is it."""
        stem = {"province": self.code[:2], "prefecture": self.code[:4], "county": self.code}[self.level]
        return other.code.startswith(stem)


@lru_cache(maxsize=1)
def places() -> tuple[Place, ...]:
    """Every place, by code."""
    with (DATA / "places.tsv").open(encoding="utf-8", newline="") as file:
        return tuple(Place(**row) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def leading_place(text: str) -> str | None:
    """The place whose name `text` begins with, from the widest to the narrowest (重庆市渝中区, 内蒙古自治区);
    None where it begins with none. Full names only: 南山 or 和平 may be any words."""
    found: list[Place] = []
    at = 0
    while own := _named_at(text, at, found[-1] if found else None):
        found.append(own)
        at += len(own.name)
    return "".join(place.name for place in found) or None


def _named_at(text: str, at: int, within: Place | None) -> Place | None:
    for length in _lengths():
        for place in _by_name().get(text[at : at + length], ()):
            if within is None or (within.holds(place) and place is not within):
                return place
    return None


@lru_cache(maxsize=1)
def _by_name() -> Mapping[str, tuple[Place, ...]]:
    named: defaultdict[str, list[Place]] = defaultdict(list)
    for place in places():
        named[place.name].append(place)
    return {name: tuple(found) for name, found in named.items()}


@lru_cache(maxsize=1)
def _lengths() -> tuple[int, ...]:
    """Lengths of names, the longest first."""
    return tuple(sorted({len(place.name) for place in places()}, reverse=True))
