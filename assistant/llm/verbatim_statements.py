"""Whether a sentence is woven from a quotation: its own statements from their beginning, word for word.

This is what makes invention impossible rather than unlikely. A sentence may begin where a statement of the
quotation begins (or a date opens one), must go on as it goes on, and may stop only where a comma or a full
stop does. It may leave out words of zeal and whole statements, and add words that claim nothing
(`data/verbatim_statements.toml`); order never changes. Everything works on folded text; a
number must be written as it is there.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from index.text.folding import fold_text
from index.text.tokens import segments

_DATA = Path(__file__).parents[1] / "data" / "verbatim_statements.toml"
_MARKS = re.compile("[“”\"'《》「」『』()]")
"""Left out of both views: they set words off and change nothing."""
_ENDS = "。;"
_PART_ENDS = f",:{_ENDS}"
_ANSWERS = {",": ",;:", ";": ";。", ":": ":", "。": "。;"}
"""A mark of the sentence, and the marks of the quotation that it may stand for."""
_DATE = re.compile(r"(?:到|至)?[0-9]{4}年")
_DATED = re.compile(r"[0-9]{4}年底?$")
_PLAIN = re.compile(r"[\uff01-\uff5e\u3000]")
"""Full-width forms: the only characters whose folded form may differ from how they are shown."""
_LEAST, _LONGEST = 6, 300
"""Folded characters of a sentence that is looked at."""
_MOST_STATES = 5_000


@dataclass(frozen=True, slots=True)
class StatementWords:
    """`verbatim_statements.toml`, compiled."""

    leading: tuple[str, ...]
    inside: tuple[str, ...]
    between: tuple[str, ...]
    introducing: re.Pattern[str]
    same: tuple[tuple[re.Pattern[str], str], ...]
    zeal: tuple[str, ...]
    conditional: re.Pattern[str]
    excepting: re.Pattern[str]


@lru_cache(maxsize=1)
def load_statement_words() -> StatementWords:
    """The words of `data/verbatim_statements.toml`."""
    data = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    forms = ((sorted(others, key=len, reverse=True), first) for first, *others in data["same"]["forms"])
    return StatementWords(
        **{name: tuple(listed) for name, listed in data["joining"].items()},
        introducing=re.compile(f"(?:{'|'.join(data['introducing']['patterns'])})[,:]?"),
        same=tuple((re.compile("|".join(map(re.escape, others))), first) for others, first in forms),
        zeal=tuple(data["droppable"]["words"]),
        conditional=re.compile("|".join(data["conditional"]["patterns"])),
        excepting=re.compile("|".join(data["excepting"]["patterns"])),
    )


@dataclass(frozen=True, slots=True)
class _Quote:
    """A quotation's view, where words begin or end in it, and where a sentence may begin."""

    view: str
    edges: frozenset[int]
    statements: tuple[int, ...]
    dates: tuple[int, ...]


def first_foreign_stretch(said: str, quotation: str) -> str | None:
    """None where `said` is woven from `quotation`; else what of it is not, from the first word that does not
    fit."""
    known = load_statement_words()
    if any(not _is_shown_as_read(char) for char in said.strip()):
        return said
    view = _view(said, known).removesuffix("。")
    if not _LEAST <= len(view) <= _LONGEST:
        return said
    quote = _prepared(quotation, known)
    furthest = 0
    for at in _openings(view, known):
        for start in (*quote.statements, *quote.dates):
            reached = _read(view, at, quote, start, known)
            if reached == len(view):
                return None
            furthest = max(furthest, reached)
    return view[furthest:] or said


def _is_shown_as_read(char: str) -> bool:
    """Nothing invisible, and no sign whose folded form reads otherwise than it looks, like ⁰ for 0."""
    if unicodedata.category(char)[0] == "C" or char in "\u2028\u2029":
        return False
    return bool(_PLAIN.fullmatch(char)) or unicodedata.normalize("NFKC", char) == char


def _view(text: str, known: StatementWords) -> str:
    view = _MARKS.sub("", fold_text(text))
    for pattern, first in known.same:
        view = pattern.sub(first, view)
    return view


@lru_cache(maxsize=4096)
def _prepared(quotation: str, known: StatementWords) -> _Quote:
    view = _view(quotation, known)
    edges, at = {0}, 0
    for word in segments(view):
        edges.update(at + len(zeal) for zeal in known.zeal if word.startswith(zeal))  # 大力 in 大力发展
        at += len(word)
        edges.add(at)
    statements = [0]
    for match in re.finditer("[。;]", view):
        # what follows a colon belongs to what stands before it
        sentence = view[view.rfind("。", 0, match.start()) + 1 : match.start()]
        if match.group() == "。" or ":" not in sentence:
            statements.append(match.end())
    dates = [
        match.end()
        for match in re.finditer(",", view)
        if _DATE.match(view, match.end())
        and not any(
            known.conditional.search(part)
            for part in view[max(s for s in statements if s <= match.start()) : match.start()].split(",")
        )
    ]
    return _Quote(view, frozenset(edges), tuple(s for s in statements if s < len(view)), tuple(dates))


def _openings(view: str, known: StatementWords) -> Iterator[int]:
    """Where the sentence may begin to be the quotation's: at once, or after what introduces or leads."""
    match = known.introducing.match(view)
    for start in {0, match.end() if match else 0}:
        yield start
        yield from (start + len(word) for word in known.leading if view.startswith(word, start))


def _read(view: str, at: int, quote: _Quote, start: int, known: StatementWords) -> int:
    """How far `view` from `at` is the quotation from `start`; its whole length where it is woven."""
    furthest = at
    seen: set[tuple[int, int]] = set()
    stack = [(at, start)]
    while stack and len(seen) < _MOST_STATES:
        state = stack.pop()
        if state in seen:
            continue
        seen.add(state)
        said, held = state
        furthest = max(furthest, min(said, len(view) - 1))
        if said == len(view):
            if _ends_well(quote, held, known):
                return said
            continue
        stack += _steps(view, said, quote, held, known)
    return furthest


def _steps(
    view: str, said: int, quote: _Quote, held: int, known: StatementWords
) -> Iterator[tuple[int, int]]:
    """Every way to go on from `said` in the sentence and `held` in the quotation."""
    char, here = view[said], quote.view[held : held + 1]
    if char in _ANSWERS:
        if here and here in _ANSWERS[char]:
            yield said + 1, held + 1
            if here in _ENDS:  # a whole statement is told; the next may be any later one
                yield from (
                    (said + 1, later)
                    for later in quote.statements
                    if later > held + 1 and not known.excepting.search(quote.view, held, later)
                )
        elif char == "," and _DATED.search(quote.view[:held]):
            yield said + 1, held
    elif char == here:
        yield said + 1, held + 1
    if here == "," and _DATED.search(quote.view[:held]):
        yield said, held + 1
    if held in quote.edges:
        yield from ((said, held + len(z)) for z in known.zeal if quote.view.startswith(z, held))
        if held and quote.view[held - 1] not in _PART_ENDS:
            yield from ((said + len(w), held) for w in known.inside if view.startswith(w, said))
    for word in known.between:
        if view.startswith(word, said):
            if here == ",":
                yield said + len(word), held + 1
            elif held and quote.view[held - 1] == ",":
                yield said + len(word), held


def _ends_well(quote: _Quote, held: int, known: StatementWords) -> bool:
    """A part of the quotation ends here, and nothing after it takes back what it says."""
    if held and quote.view[held - 1] in _ENDS:
        held -= 1
    if held < len(quote.view) and quote.view[held] not in _PART_ENDS.replace(":", ""):
        return False
    return known.excepting.search(quote.view, held) is None
