"""The first line of an answer: what is asked, said with whole clauses of the text.

Its form follows from what is asked, never from the words of the clause: a number or a date stands in the
clause that says what it counts, from when and how far; measures and lists are given one after the other; a
yes or no is said only where the evidence's stance decides. How far a clause obliges (鼓励, 探索) is named
only where somebody asks whether it must be so.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.answering.short_answer import half_width, short_answer
from assistant.answering.whole_words import MOST, MOST_OF_LIST, whole_words
from assistant.question.kinds import kind_asked
from assistant.question.patterns import Asked, load_patterns
from assistant.question.quantities import Quantity, around, quantities
from assistant.schema import Contradiction, Evidence, Stance
from index.schema import Passage, PassageKind, Span
from index.text.chinese_marks import chinese_marks
from index.text.folding import squeeze
from index.text.numerals import chinese_numeral
from index.text.tokens import tokens
from prompts import reply

_MOST_LISTED = 4
"""Points that a first line lists; the quotations of more follow it."""
_NO_MARKS = {ord(mark): None for mark in '“”"「」'}
"""Quotation marks within the asker's words, of which a clause may hold one alone."""
_SEVERAL = (Asked.LIST, Asked.HOW)


@dataclass(frozen=True, slots=True)
class Lead:
    """A first line, the passages that carry it, and the fact alone where there is one."""

    text: str
    passages: tuple[Passage, ...]
    short: str | None = None
    whole: frozenset[str] = frozenset()
    """Ids of the passages that the line quotes whole."""


def make_lead(
    question: str,
    own: str,
    evidence: Sequence[Evidence],
    complete: Callable[[Sequence[Passage]], bool] = lambda passages: False,
) -> Lead:
    """The lead for `question` (standardised), in the asker's words `own`, over its evidence, main piece
    first. `complete` says whether passages are all of the clauses that they stand in."""
    main = evidence[0]
    asked = kind_asked(own)
    beside = [piece for piece in evidence if piece.passage.document_id == main.passage.document_id]
    if asked in _SEVERAL and len(beside) > 1:
        return _listed(beside, complete)
    if main.passage.kind is PassageKind.ROW:
        said = reply("lead_row", caption=main.passage.caption, row=main.passage.reads)
        return Lead(said, (main.passage,))
    span, short = main.span, None
    if asked in (Asked.NUMBER, Asked.DATE) and (found := _asked_quantities(question, main, asked)):
        span = main.passage.start + found[0].start, main.passage.start + found[-1].end
        alone = len(found) == 1 and not load_patterns().several.search(own)
        short = short_answer(main.passage.text, found[0]) if alone else None
    most = MOST_OF_LIST if asked in _SEVERAL else MOST
    stretch = whole_words(main.passage, span, most)
    said = _text(main.passage, stretch)
    whole = frozenset({main.passage.id} if _is_whole(main.passage, stretch) else ())
    if asked is Asked.YES_NO and main.stance is not Stance.ANSWERS:
        short = reply("yes" if main.stance is Stance.AFFIRMS else "no")
        return Lead(reply("lead_decides", answer=short, value=said), (main.passage,), short, whole)
    if force := _force(question, said):
        return Lead(reply("lead_force", value=said, force=force), (main.passage,), short, whole)
    return Lead(reply("lead", value=said), (main.passage,), short, whole)


def correction_lead(found: Contradiction) -> Lead:
    """The line that sets the text's words against the asker's."""
    passage = found.evidence.passage
    value = _text(passage, found.evidence.span)
    stretch = whole_words(passage, found.evidence.span)
    context = _text(passage, stretch)
    claimed = chinese_marks(found.claimed.translate(_NO_MARKS))
    text = reply("lead_correction", claimed=claimed, value=value, context=context)
    whole = frozenset({passage.id} if _is_whole(passage, stretch) else ())
    return Lead(text, (passage,), half_width(value), whole)


def _listed(evidence: Sequence[Evidence], complete: Callable[[Sequence[Passage]], bool]) -> Lead:
    """The first points one after the other, how many the answer has of them, and whether they are all that
    the clauses say."""
    chosen = evidence[:_MOST_LISTED]
    stretches = [whole_words(piece.passage, piece.span) for piece in chosen]
    values = "；".join(
        piece.passage.reads
        if piece.passage.kind is PassageKind.ROW
        else f"「{_text(piece.passage, stretch)}」"
        for piece, stretch in zip(chosen, stretches, strict=True)
    )
    whole = {
        piece.passage.id
        for piece, stretch in zip(chosen, stretches, strict=True)
        if _is_whole(piece.passage, stretch)
    }
    passages = tuple(piece.passage for piece in chosen)
    rest = (piece.passage for piece in evidence[_MOST_LISTED:])
    more = {passage.id: passage for passage in rest if passage not in passages}
    form = "lead_list" if complete((*passages, *more.values())) else "lead_list_part"
    points = len(chosen) + len(more)
    count = "两" if points == 2 else chinese_numeral(points)
    return Lead(reply(form, count=count, values=values), passages, None, frozenset(whole))


def _force(question: str, said: str) -> str | None:
    """The words of the text that ask for less than the obligation that the question asks about."""
    patterns = load_patterns()
    if not patterns.obliging.search(question) or patterns.binding.search(said):
        return None
    soft = patterns.soft.search(said)
    return soft.group() if soft else None


def _asked_quantities(question: str, main: Evidence, asked: Asked) -> list[Quantity]:
    """The quantity (of a date: the year) of the main passage that shares all words with the question that any
    shares, else the one whose surroundings share most; with it those that the question's words do not tell
    from it (哪年消除: by 2020, by 2022), in order. 多久 asks for either, the likelier first."""
    units = load_patterns().asked_units(question)
    text, own = main.passage.text, frozenset(tokens(question))
    for years in (asked is Asked.DATE, asked is not Asked.DATE) if units else (asked is Asked.DATE,):
        found = [q for q in quantities(text) if q.is_year == years]
        if units is not None and not years:
            found = [q for q in found if q.unit in units]
        found = [q for q in found if _is_named(q.unit, question)] or found
        if found:
            likely = max(found, key=lambda q: (_overlap(own, around(text, q)), -_distance(main, q), -q.start))
            shared = {q: own.intersection(tokens(words)) for q, words in _words_of_each(text, found).items()}
            best = next((q for q in found if all(shared[q] > shared[o] for o in found if o != q)), likely)
            return [q for q in found if q == best or not shared[q] < shared[best]]
    return []


def _is_named(unit: str, question: str) -> bool:
    """Whether `question` asks for `unit` by a long name (几小时), and not for how much a unit (每学期)."""
    return len(unit) > 1 and re.search(f"(?<![每一]){re.escape(unit)}", question) is not None


def _words_of_each(text: str, found: Sequence[Quantity]) -> dict[Quantity, str]:
    """What each of the quantities is said of: from the mark before it to that before the next stretch that
    holds one; those of one stretch (2015年的93%提高到2020年的95%) share it."""
    starts = [text.rfind(around(text, q), 0, q.end + len(around(text, q))) for q in found]
    ends = (next((other for other in starts if other > start), len(text)) for start in starts)
    return {q: text[start:end] for q, start, end in zip(found, starts, ends, strict=True)}


def _distance(main: Evidence, quantity: Quantity) -> int:
    """Characters between the quantity and the deciding words; 0 within them."""
    start, end = main.span[0] - main.passage.start, main.span[1] - main.passage.start
    return max(start - quantity.end, quantity.start - end, 0)


def _overlap(own: frozenset[str], text: str) -> float:
    return len(own.intersection(tokens(text))) / float((len(squeeze(text)) + 10) ** 0.5)


def _text(passage: Passage, span: Span) -> str:
    return squeeze(passage.text[span[0] - passage.start : span[1] - passage.start])


def _is_whole(passage: Passage, stretch: Span) -> bool:
    return _text(passage, stretch) == squeeze(passage.text).rstrip("。；;：:")
