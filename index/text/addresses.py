"""Addresses down to a house, a building, a household or a villagers' group: chains of numbered units
(18号附5号3-2, 3栋2单元501), and the names of roads, estates, villages and districts before them.

A district, a road or a school alone is no address; a number of a house alone is none either."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain

from index.text.places import places
from index.text.privacy_grammar import Found, grammar, pattern

_ARABIC = re.compile("[0-9]{1,5}")
_GAP = re.compile(r"[ ,·-]{1,2}$")
_NAME = 24
"""Characters of the name before a number, districts included."""
_ALL_NAMES = 48
_UNITS = 8
"""Numbered units of one address."""
_SUBJECT = 2
"""Characters of the name of a school subject; most estates have more."""
_LINKED = 8
"""Characters of an estate's name between the number of the house and that of the building."""


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A number with its unit."""

    unit: str
    start: int
    end: int
    attached: bool
    ordinal: bool
    arabic: bool
    above_days: bool = False
    """Whether it is neither a day of a month nor a year."""
    divided: bool = False
    """Whether it is one of those that were one house: 78-1."""


@dataclass(frozen=True, slots=True)
class _Chain:
    units: tuple[_Numbered, ...]
    end: int
    tail: str
    """A number without unit at its end: 3-2, 501."""

    def has(self, *names: str) -> bool:
        return any(unit.unit in names for unit in self.units)


def addresses(text: str) -> Iterator[Found]:
    """The addresses of a plain writing, in order."""
    done = 0
    for found in sorted(chain(_chains(text), _bare(text)), key=lambda one: one.units[0].start):
        while found.units and found.units[0].start >= done:
            first = found.units[0]
            name = _name_before(text, first.start, done)
            if _is_address(text, found, name, done):
                yield Found("住址", _start(text, first.start, name, done), found.end)
                done = found.end
            inner = [at for at, unit in enumerate(found.units) if unit.unit != first.unit]
            found = replace(found, units=found.units[inner[0] :] if inner else ())
    for group in _pattern("named_group").finditer(text):
        name = _trimmed(group.group())
        yield Found("住址", group.end() - len(name), group.end())


def _chains(text: str) -> Iterator[_Chain]:
    units: list[_Numbered] = []
    for unit in _numbered(text):
        if units and (len(units) == _UNITS or not _linked(text, units, unit)):
            yield _closed(text, units)
            units = []
        units.append(unit)
    if units:
        yield _closed(text, units)


def _bare(text: str) -> Iterator[_Chain]:
    """Numbers of building, floor and flat without any unit: 12-3-5, 3-501."""
    for found in _pattern("bare").finditer(text):
        if found.group().count("-") > 1 or re.search("[-/][0-9]{3,4}$", found.group()):
            yield _Chain(
                (_Numbered("bare", *found.span(), False, False, True, False, True),), found.end(), ""
            )


def _numbered(text: str) -> Iterator[_Numbered]:
    for found in _pattern("numbered").finditer(text):
        unit = next(name for name in grammar()["address"]["units"] if found[name])
        leading = _ARABIC.match(found["number"])
        yield _Numbered(
            unit,
            found.start(),
            found.end(),
            attached=bool(found["attached"]),
            ordinal=bool(found["ordinal"]),
            arabic=_ARABIC.search(found["number"]) is not None,
            above_days=(leading := _ARABIC.match(found["number"])) is not None
            and 31 < int(leading[0]) < 1900,
            divided="-" in found["number"],
        )


@lru_cache(maxsize=32)
def _pattern(name: str) -> re.Pattern[str]:
    """One of [address], compiled, with what belongs around it."""
    data = grammar()["address"]
    if name == "numbered":
        units = "|".join(f"(?P<{unit}>{source})" for unit, source in data["units"].items())
        number = rf"(?P<attached>附 ?)?(?P<ordinal>第)?(?P<number>{data['number']})"
        return pattern(rf"(?<![0-9A-Za-z]){number} ?(?:{units})")
    if name == "bare":
        number = r"[A-Za-z]?[0-9]{1,3}(?:[-/][0-9]{1,4}){1,3}"
        return pattern(rf"(?<![0-9A-Za-z./-]){number}(?![0-9A-Za-z./-])(?! ?{data['measure_after']})")
    if name == "tail":
        number = (
            r"[0-9]{1,4}(?: ?[-/杠] ?[0-9]{1,4}){1,3}|[0-9]{3,4}|[零〇一二三四五六七八九]{3,4}"
            r"|[零〇一二三四五六七八九十]{1,3}(?:[-杠][零〇一二三四五六七八九十]{1,3}){1,2}"
        )
        none_behind = rf"(?![0-9A-Za-z])(?! ?(?:{data['measure_after']}|{data['public_room']}))"
        return pattern(rf"[ ,-]{{0,2}}(?P<tail>{number}){none_behind}")
    if name == "region_within":
        return pattern(data["names"]["region"])
    if name in data["names"]:
        return pattern(rf"(?:{data['names'][name]})$")
    return pattern(data[name])


def _linked(text: str, units: list[_Numbered], after: _Numbered) -> bool:
    """Whether a numbered unit goes on with the address before it."""
    between = text[units[-1].end : after.start] if after.start - units[-1].end <= _LINKED + 2 else "。"
    if re.fullmatch(r"[ ,、\-()的]{0,2}", between):
        return True
    named = re.fullmatch(rf"[ ,(]{{0,1}}[\u4e00-\u9fff]{{2,{_LINKED}}} ?", between)
    return bool(
        named
        and units[-1].unit == "house"
        and after.unit in ("building", "phase")
        and not _pattern("stop").search(between)
    )


def _closed(text: str, units: list[_Numbered]) -> _Chain:
    """The chain with the number without unit that may end it."""
    end = units[-1].end
    tail = _pattern("tail").match(text, end)
    if tail and units[-1].unit in ("house", "building", "unit", "floor"):
        return _Chain(tuple(units), tail.end(), tail["tail"])
    return _Chain(tuple(units), end, "")


def _name_before(text: str, end: int, done: int) -> str:
    """The Chinese name that ends at `end`, without what is said before it."""
    start = max(done, end - _NAME - 1)
    window = text[start:end]
    found = _pattern("name").search(window)
    return _trimmed(found[0].rstrip(" ")) if found else ""


def _trimmed(name: str) -> str:
    """A name from behind the last word that is none, and from its first known place on."""
    known = list(_known_places(name))
    for found in reversed(list(_pattern("stop").finditer(name))):
        if not any(start <= found.start() < end for start, end in known):
            name, known = name[found.end() :], [(s - found.end(), e) for s, e in known if s >= found.end()]
            break
    if known:
        return name[known[0][0] :]
    return _pattern("lead").sub("", name, count=1)


def _known_places(name: str) -> Iterator[tuple[int, int]]:
    at = 0
    while at < len(name) - 1:
        known = name[at : at + 2] in _beginnings()
        lengths = (n for n in range(11, 1, -1) if name[at : at + n] in _place_names())
        length = next(lengths, 0) if known else 0
        if length:
            yield at, at + length
        at += length or 1


@lru_cache(maxsize=1)
def _place_names() -> frozenset[str]:
    return frozenset(
        name
        for place in places()
        for name in (place.name, place.short if place.level != "county" else "")
        if len(name) >= 2
    )


@lru_cache(maxsize=1)
def _beginnings() -> frozenset[str]:
    return frozenset(name[:2] for name in _place_names())


def _is_address(text: str, found: _Chain, name: str, done: int) -> bool:
    first = found.units[0]
    told = _told(text, first.start, name, done) or bool(_pattern("cue_after").match(text, found.end))

    def named(kind: str) -> bool:
        ending = _pattern(kind).search(name)
        return bool(ending and ending.start() and not _pattern("no_name").match(name, ending.start() - 1))

    if first.unit == "group":
        return named("village")
    if first.ordinal or (first.unit == "phase" and len(found.units) == 1):
        return False
    if _inner_number(found):
        textbook = first.unit == "unit" and len(name) == _SUBJECT  # 数学3单元7-1
        return told or not textbook or named("estate") or named("road")
    if first.unit == "house" and (named("road") or named("village")):
        return bool(first.arabic or told or _pattern("region_within").search(name))
    if found.has("building", "unit"):
        behind = found.units[1:]
        inside = any(u.unit in ("house", "unit") or u.attached for u in behind)
        alone = len(found.units) == 1 and not first.arabic
        if inside or found.has("room"):
            return True
        if found.tail:
            anybodys = _pattern("anybodys").search(text[first.start : first.end])
            return len(found.units) > 1 or len(name) >= 2 or told or not anybodys
        return len(name) >= 2 and not alone and (named("estate") or told)
    if first.unit == "house" and first.above_days and not _pattern("no_house").search(name):
        placed = len(name) >= 4 and next(_known_places(name), None) is not None
        if placed or (first.divided and len(name) >= 2):
            return True
    several = len(found.units) > 1 or found.tail
    return told and (first.unit == "bare" or (len(name) >= 2 and first.unit == "house") or bool(several))


def _inner_number(found: _Chain) -> bool:
    """Whether a second number follows within the house: 18号附5号, 18号3-2."""
    return any(unit.attached for unit in found.units[1:]) or "-" in found.tail


def _told(text: str, end: int, name: str, done: int) -> bool:
    """Whether a word before the name says that somebody lives there."""
    at = text.rfind(name, max(done, end - _ALL_NAMES), end) if name else end
    before = text[max(done, at - 12) : at]
    return bool(_pattern("cue").search(before))


def _start(text: str, end: int, name: str, done: int) -> int:
    """Where the address begins: with the widest district before the name."""
    start = text.rindex(name, max(done, end - _NAME - 1), end) if name else end
    while end - start < _ALL_NAMES:
        gap = _GAP.search(text[max(done, start - 2) : start])
        if not gap:
            break
        before = _name_before(text, start - len(gap[0]), done)
        if not before or not (_pattern("region").search(before) or before in _place_names()):
            break
        start -= len(gap[0]) + len(before)
    return start
