"""Whether the evidence really answers: features of a search result, compared with what is asked.

What sounds near is not yet an answer. The strongest sign is whether people's questions that the
passage answers are nearer than open questions, whose fact the document does not state; then whether
the asked kind of thing, the asked year and place are in the evidence.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.question.patterns import Asked, load_patterns
from assistant.question.quantities import quantities
from assistant.schema import SubQuestion
from index.schema import OpenMatch, Passage
from index.text.folding import fold_text

_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_WRITTEN_YEAR = re.compile(r"[一二][〇零九][〇零一二三四五六七八九]{2}(?=年)")
_NO_OPEN = 0.8
"""Cosine of an open question that is far away, for documents without any."""
_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_SHARPNESS = 80.0
"""How fast a neighbour's say falls with its cosine: at 0.01 less to 45 %."""
FEATURES = ("density", "leaning", "near", "lacks", "thing", "year", "place")
FOR = frozenset({"density", "leaning"})
"""Features that can only speak for an answer."""
AGAINST = frozenset({"lacks", "thing", "year", "place"})
"""Features that can only speak against one."""


@dataclass(frozen=True, slots=True)
class Period:
    """Years that a document covers, both included; None where it names none."""

    start: int | None
    end: int | None


def features(
    part: SubQuestion, standard: str, period: Period, direction: NDArray[np.float64]
) -> Mapping[str, float]:
    """The features of `FEATURES` for `part`, whose standardised text is `standard`.

    `density` compares how close lay and open questions lie around it (two kernel densities, as a
    difference of logarithms over the sharpness, so in cosines). `leaning` is its place along `direction`,
    `near` the cosine of the nearest lay question. `lacks` is 1 where a number or date is asked for and the
    best passage has none that could be it. `thing`, `year` and `place` are 1 where something asked for is
    missing from the best passages.
    """
    if not part.hits:
        return dict.fromkeys(FEATURES, 0.0)
    # a passage without lay questions is credited with what stands in for them
    asked = [match.similarity for match in part.lay_matches]
    asked += [hit.signals.dense_question for hit in part.hits if hit.question is None]
    unanswered = [match.similarity for match in applying(part.open_matches, standard)]
    if not unanswered:
        unanswered = [min((match.similarity for match in part.open_matches), default=_NO_OPEN)]
    best = [hit.passage for hit in part.hits[:3]]
    return {
        "density": _density(asked) - _density(unanswered),
        "leaning": float(np.asarray(part.vector) @ direction[:-1] + direction[-1]),
        "near": max(asked),
        "lacks": float(asks_quantity(standard) and not holds_quantity(standard, best[:1])),
        "thing": float(bool(absent_things(standard, best))),
        "year": float(bool(absent_years(standard, best, period))),
        "place": float(bool(absent_places(standard, best))),
    }


def applying(matches: Sequence[OpenMatch], standard: str) -> list[OpenMatch]:
    """The open questions whose narrowing the question shares.

    Somebody's "what was it in 2018" is near to "what must it reach" and says nothing about it: an open
    question that names a year, a time, a place or a kind of thing counts only where the question does.
    """
    patterns = load_patterns()
    years, things = set(years_in(standard)), set(patterns.asked_things(standard))
    return [
        match
        for match in matches
        if set(years_in(match.question.text)) <= years
        and set(patterns.asked_things(match.question.text)) <= things
        and all(
            word in standard for word in (*patterns.times, *patterns.places) if word in match.question.text
        )
    ]


def years_in(text: str) -> list[str]:
    """The calendar years that `text` names, in digits or written out (二〇二五年)."""
    return _YEAR.findall(_WRITTEN_YEAR.sub(lambda match: match.group().translate(_DIGITS), text))


def asks_quantity(question: str) -> bool:
    """The question asks for a number or a date."""
    return load_patterns().asked(question) in (Asked.NUMBER, Asked.DATE)


def holds_quantity(question: str, evidence: list[Passage]) -> bool:
    """Some evidence has a year where a date is asked for, or a number of a unit that would do."""
    patterns = load_patterns()
    asked, units = patterns.asked(question), patterns.asked_units(question)
    for quantity in (q for passage in evidence for q in quantities(passage.text)):
        if quantity.is_year:
            if asked is Asked.DATE:
                return True
        elif quantity.unit in units if units is not None else asked is Asked.NUMBER:
            return True
    return False


def absent_things(question: str, evidence: list[Passage]) -> list[str]:
    """Names of the asked kinds of thing that no evidence shows (费用, 联系方式, …)."""
    text = "".join(fold_text(passage.text) for passage in evidence)
    return [
        t.name
        for t in load_patterns().asked_things(load_patterns().asking(question))
        if not t.evidence.search(text)
    ]


def absent_years(question: str, evidence: list[Passage], period: Period) -> list[str]:
    """Years named in the question that the evidence does not name and the period does not cover; where a
    quantity is asked for and the evidence is about another year, the period does not help."""
    named = set(years_in("".join(fold_text(passage.text) for passage in evidence)))
    covered = range(period.start, period.end + 1) if period.start and period.end else range(0)
    if named and asks_quantity(question):
        covered = range(0)
    asked = dict.fromkeys(years_in(question))
    return [y for y in asked if y not in named and int(y) not in covered]


def absent_places(question: str, evidence: list[Passage]) -> list[str]:
    """Other regions named in the question that the evidence does not name."""
    text = "".join(fold_text(passage.text) for passage in evidence)
    return [place for place in load_patterns().places if place in question and place not in text]


def _density(cosines: Sequence[float]) -> float:
    return float(np.logaddexp.reduce(_SHARPNESS * np.asarray(cosines)) / _SHARPNESS)
