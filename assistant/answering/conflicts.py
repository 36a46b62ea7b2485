"""Where a statement and a passage say different things of the same: numbers, years, and words of which only
one can stand in a place (国家级 and 市级, 专科 and 本科, 必修 and 选修)."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from assistant.answering.shared_words import stretches
from assistant.question.quantities import Quantity, level_of, quantities, with_digits, written_quantities
from index.schema import Passage, Span
from index.text.folding import fold

_RIVALS = Path(__file__).parents[1] / "data" / "rivals.toml"
_COUNTS_ANYTHING = {"个", "项", "种", "条", "点", "次", "类", "家", "人", "名", "级", "本", "层", "步", "所"}
"""Units that say little alone: a number of them is compared where it counts the same thing."""
_SAME_THING = 2
"""Pairs of characters that must stand around both numbers of such a unit."""
_KEPT = 2048
"""Passages whose numbers are kept."""
_NEAR = 12
"""Characters on each side of a number that say what it is about."""


class ConflictKind(StrEnum):
    """What is said differently."""

    NUMBER = "number"
    YEAR = "year"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Conflict:
    """The statement has one thing, the passage another; `span` are the passage's words, as offsets in the
    stored text."""

    kind: ConflictKind
    stated: str
    span: Span
    shared: int
    """Pairs of characters that both have around it."""


def conflicts(statement: str, passage: Passage) -> tuple[Conflict, ...]:
    """Every conflict between a statement in standard words and `passage`."""
    return (
        *_of_quantities(statement, passage),
        *_of_pairs(statement, passage),
        *_of_words(statement, passage),
    )


def agrees(statement: str, passage: Passage) -> bool:
    """Some number of the statement stands in the passage as well, and not with another year."""
    held = _quantities(passage)
    return any(q.agrees(other) for q in _stated(statement)[1] for other in held) and not any(
        _of_pairs(statement, passage)
    )


def all_agree(statement: str, passages: Sequence[Passage]) -> bool:
    """The statement has numbers, and one of the passages has all of them, none with another year."""
    stated = _stated(statement)[1]
    return bool(stated) and any(
        all(any(q.agrees(other) for other in _quantities(passage)) for q in stated)
        and not any(_of_pairs(statement, passage))
        for passage in passages
    )


def _quantities(passage: Passage) -> tuple[Quantity, ...]:
    return _written(passage.text)


@lru_cache(maxsize=_KEPT)
def _written(text: str) -> tuple[Quantity, ...]:
    return (*quantities(text), *written_quantities(text))


@lru_cache(maxsize=16)
def _stated(statement: str) -> tuple[str, tuple[Quantity, ...]]:
    """A statement with its numbers in digits, and these: it is compared with many passages."""
    said = with_digits(statement)
    return said, quantities(said)


def _of_quantities(statement: str, passage: Passage) -> Iterator[Conflict]:
    """A number of the statement against the number of the passage that stands among the same words, where
    that is another and no equal one stands among them as well."""
    said, numbers = _stated(statement)
    held = _quantities(passage)
    for stated in numbers:
        if stated.low == stated.high == 1 and stated.unit in _COUNTS_ANYTHING:
            continue  # 一所大学 is just a university
        same = [q for q in held if q.unit == stated.unit and q.is_year == stated.is_year]
        level = level_of(said, stated)
        same = [q for q in same if level is None or level_of(passage.text, q) in (None, level)]
        shared = {q: _shared(said, stated, passage.text, q) for q in same}
        equal = max((n for q, n in shared.items() if q.agrees(stated)), default=-1)
        other = max((q for q in same if not q.agrees(stated)), key=shared.__getitem__, default=None)
        if other is None or shared[other] <= equal:
            continue
        if stated.unit in _COUNTS_ANYTHING and shared[other] < _SAME_THING:
            continue
        kind = ConflictKind.YEAR if stated.is_year else ConflictKind.NUMBER
        span = passage.start + other.start, passage.start + other.end
        yield Conflict(kind, said[stated.start : stated.end], span, shared[other])


def _of_pairs(statement: str, passage: Passage) -> Iterator[Conflict]:
    """The one number and the one year of the statement, where the passage has both, but in two stretches:
    the number with another year, and the year with another number of that unit."""
    said, numbers = _stated(statement)
    years, others = [q for q in numbers if q.is_year], [q for q in numbers if not q.is_year]
    if len(years) != 1 or len(others) != 1:
        return
    (year,), (number,) = years, others
    pairs = [pair for pair in _paired(passage.text) if pair[1].unit == number.unit]
    with_number = [pair for pair in pairs if pair[1].agrees(number)]
    with_year = [pair for pair in pairs if pair[0].agrees(year)]
    if len(with_number) != 1 or not with_year or with_number[0] in with_year:
        return
    ((own_year, own_number),) = with_number
    span = passage.start + own_year.start, passage.start + own_year.end
    shared = _shared(said, number, passage.text, own_number) + _shared(said, year, passage.text, own_year)
    yield Conflict(ConflictKind.YEAR, said[year.start : year.end], span, shared)


@lru_cache(maxsize=_KEPT)
def _paired(text: str) -> tuple[tuple[Quantity, Quantity], ...]:
    """Of each stretch with one year and one other number these two."""
    found = []
    for start, end in stretches(text):
        held = [q for q in _written(text) if start <= q.start and q.end <= end]
        years, others = [q for q in held if q.is_year], [q for q in held if not q.is_year]
        if len(years) == 1 and len(others) == 1:
            found.append((years[0], others[0]))
    return tuple(found)


def _shared(one: str, stated: Quantity, other: str, written: Quantity) -> int:
    """Pairs of characters that stand near to both numbers."""
    own = _pairs(one[max(0, stated.start - _NEAR) : stated.start]) | _pairs(
        one[stated.end : stated.end + _NEAR]
    )
    its = _pairs(other[max(0, written.start - _NEAR) : written.start]) | _pairs(
        other[written.end : written.end + _NEAR]
    )
    return len(own & its)


def _pairs(text: str) -> set[str]:
    view = fold(text).view
    return {view[at : at + 2] for at in range(len(view) - 1)}


def _of_words(statement: str, passage: Passage) -> Iterator[Conflict]:
    """A word of a class in the statement against another of it in the stretch of the passage that shares most
    with the statement."""
    said = [(rivals, held) for rivals in _classes() if (held := _held(statement, rivals))]
    if not said:
        return
    own = _pairs(statement)
    start, end = max(stretches(passage.text), key=lambda s: len(own & _pairs(passage.text[slice(*s)])))
    shared = len(own & _pairs(passage.text[start:end]))
    view = fold(passage.text[start:end])
    for rivals, stated in said:
        written = _held(view.view, rivals)
        if not written or {at for at, _ in stated} & {at for at, _ in written}:
            continue
        if (found := view.find(written[0][1])) is not None:
            span = passage.start + start + found[0], passage.start + start + found[1]
            yield Conflict(ConflictKind.WORD, stated[0][1], span, shared)


def _held(text: str, words: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """The words of a class that `text` holds, each with the number of its group; the longest first, none
    within a longer one."""
    found: list[tuple[int, str]] = []
    for at, word in words:
        if word in text:
            found.append((at, word))
            text = text.replace(word, " ")
    return found


@lru_cache(maxsize=1)
def _classes() -> tuple[tuple[tuple[int, str], ...], ...]:
    """The words of each class with the number of their group, the longest first."""
    data = tomllib.loads(_RIVALS.read_text(encoding="utf-8"))
    classes = (
        [(at, word) for at, group in enumerate(row["words"]) for word in group] for row in data["class"]
    )
    return tuple(tuple(sorted(words, key=lambda row: -len(row[1]))) for words in classes)
