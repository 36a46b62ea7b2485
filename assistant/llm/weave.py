"""Whether a sentence is woven from a quotation: its own stretches, whole, joined by words that claim nothing.

This is what makes invention impossible rather than unlikely: a word that neither stands in the quotation
nor is on the short list of joining words (`data/weave.toml`) fails the sentence, and so does leaving out what
governs a stretch (鼓励, 不得, 以上), half of a stretch, or putting a number to what another clause says.
Everything works on folded text with numbers in digits.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import lru_cache
from pathlib import Path

from assistant.quantities import quantities, with_digits
from index.schema import Span
from index.text import fold_text
from index.tokens import segments

_DATA = Path(__file__).parents[1] / "data" / "weave.toml"
_STRETCH = re.compile(r"[^,;:。、!?“”\"'()《》「」]+")
_STATEMENT = re.compile(r"[。;!?]|,(?=到?[0-9]{4}年)")
_OPENING = 6
"""Characters after a comma that show a date."""
_PART = re.compile(r"[,;:。!?]")
_BREAK = re.compile(r"[,;:。、!?“”\"'()《》「」]")
_COMMA = ","
_JOINED = ("和", "与", "及", "以及", "等", "并")
_MOST_JOINED = 4
_LONGEST = 300
"""Folded characters of a sentence that is looked at; people's sentences are shorter."""


@dataclass(frozen=True, slots=True)
class WeaveWords:
    """`weave.toml`, compiled."""

    leading: tuple[str, ...]
    inside: tuple[str, ...]
    between: tuple[str, ...]
    trailing: tuple[str, ...]
    introducing: re.Pattern[str]
    same: tuple[tuple[re.Pattern[str], str], ...]
    zeal: tuple[str, ...]
    droppable: re.Pattern[str]
    governing: re.Pattern[str]


@lru_cache(maxsize=1)
def load_weave_words() -> WeaveWords:
    """The words of `data/weave.toml`."""
    data = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    same = tuple((_any(others), first) for first, *others in data["same"]["forms"])
    return WeaveWords(
        **{name: tuple(listed) for name, listed in data["joining"].items()},
        introducing=re.compile("|".join(data["introducing"]["patterns"])),
        same=same,
        zeal=tuple(data["droppable"]["words"]),
        droppable=re.compile(
            f"(?:{_any(data['droppable']['words']).pattern}|[0-9]{{4}}年底?|[,;:、“”\"'()《》「」])*"
        ),
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

    def stands_alone(self, start: int, end: int, droppable: re.Pattern[str]) -> bool:
        """`start:end` is one or more whole comma-separated parts, and no mere member of a row."""
        opening = max((m.end() for m in _PART.finditer(self.view, 0, start)), default=0)
        closing = _PART.search(self.view, end)
        rest = self.view[end : closing.start() if closing else len(self.view)]
        return bool(droppable.fullmatch(self.view, opening, start)) and rest in ("", "等")

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


def loose_end(said: str, quotation: str) -> str | None:
    """None where `said` is woven from `quotation`; else the first stretch of it that is not."""
    known = load_weave_words()
    view = _view(said, known)
    if not view or len(view) > _LONGEST:
        return said
    quote = _prepared(quotation, known)
    stretches = [match.group() for match in _STRETCH.finditer(view)]
    at = 0
    after: Span | None = None
    while at < len(stretches):
        if known.introducing.fullmatch(stretches[at]):
            at += 1
            continue
        # a comma that the quotation lacks is no reason to cut: the longest run that stands there counts
        for end in range(min(at + _MOST_JOINED, len(stretches)), at, -1):
            place = _place(_COMMA.join(stretches[at:end]), quote, known, view, after)
            if place is not None:
                goes_on = after and known.droppable.fullmatch(quote.view, after[1], place[0])
                at, after = end, (after[0], place[1]) if after and goes_on else place
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
        edges.update(at + len(zeal) for zeal in known.zeal if word.startswith(zeal))  # 大力 in 大力发展
        at += len(word)
        edges.add(at)
    return _Quote(view, frozenset(edges), tuple((q.start, q.end) for q in quantities(view)))


def _place(stretch: str, quote: _Quote, known: WeaveWords, view: str, after: Span | None) -> Span | None:
    """Where `stretch` stands and nothing that governs it is lost; the next place after the stretch before
    is preferred."""
    places = [
        place
        for place in _weavings(stretch, quote, known)
        if _keeps_governors(quote, place, known, view)
        and (after is None or _follows(quote, after, place, known))
    ]
    if after is None:
        return min(places, default=None)
    return min(places, key=lambda place: (place[0] < after[1], place), default=None)


def _follows(quote: _Quote, before: Span, place: Span, known: WeaveWords) -> bool:
    """Two stretches may stand side by side: they do in the quotation, or each is a statement of its own and
    no quantity can be taken for the other's."""
    if place[0] >= before[1]:
        if known.droppable.fullmatch(quote.view, before[1], place[0]):
            return True
        numbered = quote.has_number(*place) or quote.has_number(*before)
        crossed = numbered and quote.has_number(before[1], place[0])
    else:
        crossed = quote.has_number(*place) or quote.has_number(*before)
    return not crossed and all(quote.stands_alone(*span, known.droppable) for span in (before, place))


class _Link(Enum):
    """What stands in the sentence between the last stretch and the next."""

    NOTHING = auto()
    COMMA = auto()
    INSIDE = auto()
    BETWEEN = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class _State:
    """A way of weaving under way: characters of the stretch used up; first and next character of the
    quotation (-1 before the first piece); what has been read since the last piece."""

    at: int
    start: int = -1
    then: int = -1
    link: _Link = _Link.NOTHING


def _weavings(stretch: str, quote: _Quote, known: WeaveWords) -> Iterator[tuple[int, int]]:
    """Every `start:end` of the quotation that `stretch` is woven from."""
    seen: set[_State] = set()
    stack = [_State(0)]
    stack += [_State(match.end()) for match in [known.introducing.match(stretch)] if match and match.end()]
    while stack:
        state = stack.pop()
        if state in seen:
            continue
        seen.add(state)
        if state.at == len(stretch):
            if state.start >= 0 and _ends_well(quote, state.then, known):
                yield state.start, state.then
            continue
        stack += _linked(stretch, state, known)
        stack += _continued(stretch, state, quote, known)


def _linked(stretch: str, state: _State, known: WeaveWords) -> Iterator[_State]:
    """The state after a joining word, or after a comma of the sentence's own."""
    if state.start < 0:
        for word in known.leading:
            if stretch.startswith(word, state.at):
                yield replace(state, at=state.at + len(word))
        return
    if stretch.startswith(_COMMA, state.at) and state.link is _Link.NOTHING:
        yield replace(state, at=state.at + 1, link=_Link.COMMA)
    for words, link, after in (
        (known.inside, _Link.INSIDE, {_Link.NOTHING}),
        (known.between, _Link.BETWEEN, {_Link.NOTHING, _Link.COMMA}),
        (known.trailing, _Link.END, {_Link.NOTHING}),
    ):
        if state.link in after:
            for word in words:
                if stretch.startswith(word, state.at):
                    yield replace(state, at=state.at + len(word), link=link)


def _continued(stretch: str, state: _State, quote: _Quote, known: WeaveWords) -> Iterator[_State]:
    """The state after one more piece of the quotation."""
    for begin, end in _pieces(stretch, state.at, quote):
        if state.start < 0:
            fits = _begins_well(quote, begin, known)
        elif begin == state.then:
            fits = state.link in (_Link.NOTHING, _Link.COMMA, _Link.INSIDE)
        else:
            fits = begin > state.then and _skips_well(quote, state, begin, known)
        if fits:
            start = begin if state.start < 0 else state.start
            yield _State(state.at + end - begin, start, end)


def _skips_well(quote: _Quote, state: _State, begin: int, known: WeaveWords) -> bool:
    """Nothing but zeal and marks is left out, and two segments do not run into one."""
    if known.droppable.fullmatch(quote.view, state.then, begin) is None:
        return False
    if _BREAK.search(quote.view, state.then, begin) or quote.view.startswith(_JOINED, state.then):
        return state.link in (_Link.COMMA, _Link.BETWEEN)
    return state.link in (_Link.NOTHING, _Link.COMMA)


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


def _keeps_governors(quote: _Quote, place: Span, known: WeaveWords, view: str) -> bool:
    """What governs the place stands in the sentence too: words of the same statement before it, and in its
    own segment."""
    governing = quote.view[quote.statement_start(place[0]) : place[0]]
    rest = quote.view[place[1] : quote.segment_end(place[1])]
    return all(
        match.group() in view for text in (governing, rest) for match in known.governing.finditer(text)
    )
