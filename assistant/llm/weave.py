"""Whether a sentence is woven from its quotations: their own stretches, whole, joined by words that claim
nothing.

This is what makes invention impossible rather than unlikely: a word that neither stands in a cited quotation
nor is on the short list of joining words (`data/weave.toml`) fails the sentence, and so does leaving out what
governs a stretch (鼓励, 不得, 以上), half of a stretch, or putting a number to what another clause says.
Everything works on folded text with numbers in digits.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from assistant.quantities import quantities, with_digits
from index.text import fold_text
from index.tokens import segments

_DATA = Path(__file__).parents[1] / "data" / "weave.toml"
_STRETCH = re.compile(r"[^,;:。、!?“”\"'()《》「」]+")
_STATEMENT = re.compile(r"[。;!?]|,(?=到?[0-9]{4}年)")
_OPENING = 6
"""Characters after a comma that show a date."""
_BREAK = re.compile(r"[,;:。、!?“”\"'()《》「」]")
_JOINED = ("和", "与", "及", "以及", "或", "等", "并")
_MOST_JOINED = 4
_LONGEST = 300
"""Folded characters of a sentence that is looked at; people's sentences are shorter."""


@dataclass(frozen=True, slots=True)
class WeaveWords:
    """`weave.toml`, compiled."""

    joining: tuple[str, ...]
    only_joining: re.Pattern[str]
    introducing: re.Pattern[str]
    same: tuple[tuple[re.Pattern[str], str], ...]
    droppable: re.Pattern[str]
    governing: re.Pattern[str]


@lru_cache(maxsize=1)
def load_weave_words() -> WeaveWords:
    """The words of `data/weave.toml`."""
    data = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    same = tuple((_any(others), first) for first, *others in data["same"]["forms"])
    return WeaveWords(
        joining=tuple(sorted(data["joining"]["words"], key=len, reverse=True)),
        only_joining=re.compile(f"(?:{_any(data['joining']['words']).pattern})+"),
        introducing=re.compile("|".join(data["introducing"]["patterns"])),
        same=same,
        droppable=re.compile(f"(?:{_any(data['droppable']['words']).pattern}|[0-9]{{4}}年底?)*"),
        governing=_any(data["governing"]["words"]),
    )


def _any(listed: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(listed, key=len, reverse=True))))


@dataclass(frozen=True, slots=True)
class _Quote:
    """A quotation's view, where words begin or end in it, and where its quantities stand."""

    view: str
    edges: frozenset[int]
    numbers: tuple[tuple[int, int], ...]

    def has_number(self, start: int, end: int) -> bool:
        """A quantity lies in `start:end`, or partly."""
        return any(a < end and b > start for a, b in self.numbers)

    def segment_start(self, at: int) -> int:
        """After the last break before `at`."""
        return max((m.end() for m in _BREAK.finditer(self.view, 0, at)), default=0)

    def segment_end(self, at: int) -> int:
        """Before the first break from `at` on."""
        found = _BREAK.search(self.view, at)
        return found.start() if found else len(self.view)

    def statement_start(self, at: int) -> int:
        """Where what `at` belongs to begins: after a full stop or semicolon, or at a date after a comma,
        which opens a statement of its own."""
        return max(
            (m.end() for m in _STATEMENT.finditer(self.view, 0, at + _OPENING) if m.end() <= at), default=0
        )


@dataclass(frozen=True, slots=True)
class _Match:
    """Where a stretch of the sentence stands in one quotation."""

    quote: int
    start: int
    end: int


def loose_end(said: str, quotes: Sequence[str]) -> str | None:
    """None where `said` is woven from `quotes`; else the first stretch of it that is not."""
    known = load_weave_words()
    view = _view(said, known)
    if not view or len(view) > _LONGEST:
        return said
    held = tuple(_prepared(quote, known) for quote in quotes)
    stretches = [match.group() for match in _STRETCH.finditer(view)]
    at, after = 0, None
    while at < len(stretches):
        if known.introducing.fullmatch(stretches[at]):
            at += 1
            continue
        if known.only_joining.fullmatch(stretches[at]):
            return stretches[at]  # 是的 answers a question; it joins nothing
        # a comma that the quotation lacks is no reason to cut: the longest run that stands there counts
        for end in range(min(at + _MOST_JOINED, len(stretches)), at, -1):
            place = _place("".join(stretches[at:end]), held, known, view, after)
            if place is not None:
                at, after = end, place
                break
        else:
            return stretches[at]
    return None if after else said


def _view(text: str, known: WeaveWords) -> str:
    view = with_digits(fold_text(text))
    for pattern, first in known.same:
        view = pattern.sub(first, view)
    return view


@lru_cache(maxsize=4096)
def _prepared(quote: str, known: WeaveWords) -> _Quote:
    view = _view(quote, known)
    edges, at = {0}, 0
    for word in segments(view):
        at += len(word)
        edges.add(at)
    return _Quote(view, frozenset(edges), tuple((q.start, q.end) for q in quantities(view)))


def _place(
    stretch: str, quotes: Sequence[_Quote], known: WeaveWords, view: str, after: _Match | None
) -> _Match | None:
    """Where `stretch` stands and nothing that governs it is lost; a later place in the same quotation as
    the stretch before is preferred."""
    places = [
        _Match(at, start, end)
        for at, quote in enumerate(quotes)
        for start, end in _weavings(stretch, quote, known)
        if _keeps_governors(quote, start, end, known, view)
    ]
    if after is not None:
        places = [place for place in places if _follows(quotes, after, place)]
        places.sort(key=lambda p: (p.quote != after.quote, p.start < after.end, p.start))
    return places[0] if places else None


def _follows(quotes: Sequence[_Quote], before: _Match, place: _Match) -> bool:
    """Two stretches may stand side by side: the text between them holds no quantity that one could be
    taken for, and what goes back has no quantity itself."""
    quote = quotes[place.quote]
    numbered = quote.has_number(place.start, place.end) or quotes[before.quote].has_number(
        before.start, before.end
    )
    if place.quote != before.quote:
        return not numbered
    if place.start < before.end:
        return not numbered
    return not (numbered and quote.has_number(before.end, place.start))


def _weavings(stretch: str, quote: _Quote, known: WeaveWords) -> Iterator[tuple[int, int]]:
    """Every `start:end` of the quotation that `stretch` is woven from."""
    seen: set[tuple[int, int, int]] = set()
    stack: list[tuple[int, int, int]] = [(0, -1, -1)]
    """Characters of the stretch used up; first and next character of the quotation, -1 before the first."""
    while stack:
        state = stack.pop()
        if state in seen:
            continue
        seen.add(state)
        at, start, then = state
        if at == len(stretch):
            if start >= 0 and _ends_well(quote, then, known):
                yield start, then
            continue
        for word in known.joining:
            if stretch.startswith(word, at):
                stack.append((at + len(word), start, then))
        for begin, end in _pieces(stretch, at, quote):
            if start < 0:
                if _begins_well(quote, begin, known):
                    stack.append((at + end - begin, begin, end))
            elif begin == then or (begin > then and _droppable(quote, then, begin, known)):
                stack.append((at + end - begin, start, end))


def _pieces(stretch: str, at: int, quote: _Quote) -> Iterator[tuple[int, int]]:
    """Stretches of whole words of the quotation that `stretch` goes on with at `at`."""
    view, begin = quote.view, -1
    while (begin := view.find(stretch[at], begin + 1)) >= 0:
        if begin not in quote.edges:
            continue
        end = begin
        while end < len(view) and at + end - begin < len(stretch) and view[end] == stretch[at + end - begin]:
            end += 1
        for stop in range(end, begin, -1):
            if stop in quote.edges and not _BREAK.search(view, begin, stop):
                yield begin, stop


def _begins_well(quote: _Quote, at: int, known: WeaveWords) -> bool:
    """Nothing but zeal stands between the segment's beginning and `at`, or a whole member of a row."""
    before = quote.view[quote.segment_start(at) : at]
    return known.droppable.fullmatch(before) is not None or before.endswith(_JOINED)


def _ends_well(quote: _Quote, at: int, known: WeaveWords) -> bool:
    """The segment ends at `at`, or a whole member of a row."""
    rest = quote.view[at : quote.segment_end(at)]
    return known.droppable.fullmatch(rest) is not None or rest.startswith(_JOINED)


def _droppable(quote: _Quote, start: int, end: int, known: WeaveWords) -> bool:
    return known.droppable.fullmatch(quote.view, start, end) is not None


def _keeps_governors(quote: _Quote, start: int, end: int, known: WeaveWords, view: str) -> bool:
    """What governs the place stands in the sentence too: words of the same sentence before it, and in its
    own segment."""
    governing = quote.view[quote.statement_start(start) : start]
    row = quote.view[end : quote.segment_end(end)]
    return all(match.group() in view for text in (governing, row) for match in known.governing.finditer(text))
