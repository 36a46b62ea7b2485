"""Sixth step: does the evidence answer, and which passages carry the answer.

Each part of the question is judged on its own (assistant/answerability.py). Scores of the search only
order; their softmax is a share among candidates, and a passage is taken when its share is not far
below the best one's. All limits are calibrated (`assistant/data/thresholds.json`).
"""

import math
from dataclasses import replace

from assistant.answerability import Period, absent_places, absent_things, absent_years, features
from assistant.cues import Asked, load_cues
from assistant.models import answerability_model, thresholds
from assistant.schema import Status, SubQuestion, Turn
from index.library import Library
from index.schema import Hit, Passage
from index.tokens import Lexicon

_SEVERAL = {Asked.LIST, Asked.HOW, Asked.WHO}


class Select:
    """Sets each part's evidence; ends the turn where nothing answers."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lexicon = Lexicon()

    def __call__(self, turn: Turn) -> Turn:
        """Evidence, confidence and what is missing; `not_covered` where no part is answered."""
        if turn.draft is not None:
            return turn
        parts = tuple(self._judge(part, turn) for part in turn.parts)
        answered = [part for part in parts if part.evidence]
        # The whole message speaks for itself unless it asks several things.
        missing = tuple(
            dict.fromkeys(p.missing for p in (parts[1:] or parts) if not p.evidence and p.missing)
        )
        if not answered or (len(parts) > 1 and not any(p.evidence for p in parts[1:])):
            refused = 1 - max(part.confidence for part in parts)
            return replace(turn, parts=parts, status=Status.NOT_COVERED, missing=missing, confidence=refused)
        confidence = sum(part.confidence for part in answered) / len(answered)
        return replace(turn, parts=parts, missing=missing, confidence=confidence)

    def _judge(self, part: SubQuestion, turn: Turn) -> SubQuestion:
        standard = self._lexicon.standardise(part.text)
        period = self._period(part)
        model = answerability_model()
        chance = model.probability(features(part, standard, period))
        if not part.hits or chance < model.floor:
            return replace(part, confidence=chance, missing=_missing(part, standard, period))
        several = load_cues().asked(standard) in _SEVERAL
        return replace(part, confidence=chance, evidence=choose(part.hits, several))

    def _period(self, part: SubQuestion) -> Period:
        if not part.hits:
            return Period(None, None)
        best = part.hits[0].passage
        view = self._library.get(best.document_id, best.document_version)
        return Period(view.document.period_start, view.document.period_end) if view else Period(None, None)


def choose(hits: tuple[Hit, ...], several: bool) -> tuple[Passage, ...]:
    """The passages whose share of the softmax is not far below the best one's, best first."""
    limits = thresholds()
    ratio = limits["evidence_ratio_several" if several else "evidence_ratio"]
    most = int(limits["evidence_most_several" if several else "evidence_most"])
    best = hits[0].score
    return tuple(hit.passage for hit in hits[:most] if math.exp(hit.score - best) >= ratio)


def _missing(part: SubQuestion, standard: str, period: Period) -> str | None:
    """A phrase for what the documents do not say: the nearest open question's, else the asked thing."""
    nearest = part.open_matches[0] if part.open_matches else None
    if nearest is not None and nearest.similarity >= thresholds()["open_name"]:
        return nearest.question.missing
    best = [hit.passage for hit in part.hits[:3]]
    named = [*absent_places(standard, best), *(f"{y}年的情况" for y in absent_years(standard, best, period))]
    named += absent_things(standard, best)
    return "、".join(named) or None
