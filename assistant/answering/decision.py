"""Whether what was read answers: one logistic regression over a few named numbers of a part.

What sounds near is not yet an answer. The reader says for each passage how likely it answers; beside it
counts, where a document has prepared questions, whether those that it answers lie nearer than those that it
leaves open; whether another year is asked about; and whether the message is a question for the documents.

A message that only names a thing asks nothing that could be left open: a model of its own decides whether the
documents treat it.
"""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from assistant.answering.read import READ, ReadPart
from assistant.fitted import Logistic
from assistant.schema import Foreign, SubQuestion
from index.schema import PassageKind
from index.text.folding import fold_text

_SHARPNESS = 80.0
"""How fast a neighbour's say falls with its cosine: at 0.01 less to 45 %."""
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_WRITTEN_YEAR = re.compile(r"[一二][〇零九][〇零一二三四五六七八九]{2}(?=年)")
_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
FEATURES = ("mass", "density", "prepared", "year", "foreign", "near", "away", "row")
TOPIC_FEATURES = ("mass", "asked")


class DecisionModel(Logistic):
    """That the documents answer a part."""

    __slots__ = ()


def is_prepared(part: SubQuestion) -> bool:
    """Whether a prepared question of the best passage's document is among the nearest; True where nothing was
    found."""
    if not part.hits:
        return True
    own = f"{part.hits[0].passage.edition}#"
    return any(match.question.passage_id.startswith(own) for match in part.lay_matches)


def decision_features(read: ReadPart, foreign: Foreign) -> Mapping[str, float]:
    """The features of `FEATURES`.

    `mass` are the reader's log-odds that any of the passages answers. `prepared` is 1 where the best one has
    a prepared question, and only then `density` compares how close prepared questions lie that the document
    answers and that it leaves open (two kernel densities, as a difference of logarithms over the sharpness,
    so in cosines); 0 where nothing is known to be left open. `year` is 1 where a year is asked about and the
    best passage names others only. `foreign` is the chance that the message is no question for the best one's
    document; where nobody prepared questions, `near` is the cosine of the nearest passage, and `away` the
    chance of other matters as far as no passage is near, else both are 0. `row` is 1 where the best one is a
    table's row, of which the reader learned nothing.
    """
    best = read.part.hits[0]
    prepared = best.question is not None
    known = is_prepared(read.part)
    near = 0.0 if known else max(hit.signals.dense_passage for hit in read.searched.hits[:READ])
    asked, named = years_in(read.part.text), years_in(best.passage.text)
    return {
        "mass": _mass(read),
        "density": _density(read.part) if prepared else 0.0,
        "prepared": float(prepared),
        "year": float(bool(asked) and bool(named) and asked.isdisjoint(named)),
        "foreign": foreign.chance(known),
        "near": near,
        "away": 0.0 if known else foreign.matter * (1.0 - near),
        "row": float(best.passage.kind is PassageKind.ROW),
    }


def topic_features(read: ReadPart) -> Mapping[str, float]:
    """The features of `TOPIC_FEATURES`: `mass` as above; `asked` is how near (cosine) what people ask about
    any of the passages is to the thing."""
    return {
        "mass": _mass(read),
        "asked": max(hit.signals.dense_question for hit in read.searched.hits[:READ]),
    }


def years_in(text: str) -> frozenset[str]:
    """The calendar years that `text` names, in digits or written out (二〇二五年), as four digits."""
    digits = _WRITTEN_YEAR.sub(lambda match: match.group().translate(_DIGITS), fold_text(text))
    return frozenset(_YEAR.findall(digits))


def _mass(read: ReadPart) -> float:
    return float(np.logaddexp.reduce([0.0, *(reading.answers for reading in read.readings.values())]))


def _density(part: SubQuestion) -> float:
    answered = [match.similarity for match in part.lay_matches]
    left_open = [match.similarity for match in part.open_matches]
    return _kernel(answered) - _kernel(left_open) if answered and left_open else 0.0


def _kernel(cosines: Sequence[float]) -> float:
    return float(np.logaddexp.reduce(_SHARPNESS * np.asarray(cosines)) / _SHARPNESS)
