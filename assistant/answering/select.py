"""Does the evidence answer, and which passages carry the answer.

Each part of the question is judged on its own (`answerability`). Scores of the search only order; which
passages are taken is decided in `evidence`.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from assistant.answering.answerability import (
    Period,
    absent_places,
    absent_things,
    absent_years,
    applying,
    features,
)
from assistant.answering.evidence import choose, evidence_mode, limits_of, spread
from assistant.answering.models import AnswerabilityModel, answerability_model, confidence_model
from assistant.fitted import thresholds
from assistant.question.patterns import load_patterns
from assistant.schema import Evidence, Question, Request, SubQuestion
from index.library.library import Library
from index.schema import Hit, Passage, PassageKind, Validity
from index.search.searcher import base_address

_OTHER_DOCUMENTS = 2
"""Other documents that are cited beside the one that answers best, at most."""
_NOT_BINDING = {Validity.REPEALED, Validity.NOT_YET}


@dataclass(frozen=True, slots=True)
class Selected:
    """The evidence with what was chosen of it, what is missing, and the calibrated chance of being right;
    `covered` where some of what is asked is answered."""

    evidence: Evidence
    covered: bool
    missing: tuple[str, ...]
    confidence: float


class Selector:
    """Chooses the evidence of each part, or finds that nothing answers."""

    def __init__(
        self, library: Library, passages: Sequence[Passage], model: AnswerabilityModel | None = None
    ) -> None:
        self._library = library
        self._model = model or answerability_model()
        self._at: dict[tuple[str, str], list[Passage]] = defaultdict(list)
        for passage in passages:
            self._at[passage.edition, passage.address].append(passage)

    def select(self, request: Request, question: Question, evidence: Evidence) -> Selected:
        """What carries the answer, confidence and what is missing."""
        parts = [self._judge(self._binding(part, request, question)) for part in evidence.parts]
        # The whole message speaks for itself unless it asks several things.
        asked = [part for part in parts[1:] if not part.aspect] or parts[:1]
        missing = tuple(dict.fromkeys(p.missing for p in asked if not p.answered and p.missing))
        if not any(part.answered for part in asked):
            best = max((part for part in parts if not part.aspect), key=lambda part: part.confidence)
            refused = confidence_model().confidence("refused", best.confidence, best.hits)
            return Selected(Evidence(parts[0], tuple(parts[1:])), False, missing, refused)
        main = next((part for part in parts if part.answered), parts[0])
        chosen = self._expand(self._evidence(main, parts))
        parts[parts.index(main)] = replace(main, evidence=chosen)
        likely = [
            confidence_model().confidence("answered", part.confidence, part.hits)
            for part in asked
            if part.answered
        ]
        confidence = float(np.mean(likely))
        return Selected(Evidence(parts[0], tuple(parts[1:])), True, missing, confidence)

    def _judge(self, part: SubQuestion) -> SubQuestion:
        if part.aspect or not part.hits:
            return part
        standard = part.text
        period = self._period(part)
        model = self._model
        chance = model.probability(features(part, standard, period, model.direction))
        if chance < model.floor:
            return replace(part, confidence=chance, missing=_missing(part, standard, period))
        return replace(part, confidence=chance, answered=True)

    def _evidence(self, main: SubQuestion, parts: Sequence[SubQuestion]) -> tuple[Passage, ...]:
        """What carries the answer: near the best for the message, then the best for each of its parts."""
        mode = evidence_mode(main.text, load_patterns(), len(parts) > 1)
        limits = limits_of(mode)
        others = [part for part in parts if part is not main and (part.aspect or part.answered)]
        chosen = choose(main.hits, limits)
        if others:
            chosen = spread(main, others, chosen, limits)
        return (*chosen, *other_documents(main.hits, chosen, thresholds()["evidence_across_ratio"]))

    def _binding(self, part: SubQuestion, request: Request, question: Question) -> SubQuestion:
        """`part` without what is repealed or not yet in force, where anything else was found; somebody who
        names such a document, or searches it alone, means it."""
        if request.documents is not None:
            return part
        kept = tuple(hit for hit in part.hits if self._binds(hit.passage, request, question))
        return replace(part, hits=kept) if kept else part

    def _binds(self, passage: Passage, request: Request, question: Question) -> bool:
        view = self._library.get(passage.document_id, passage.document_version)
        if view is None or self._library.validity(view.document, request.as_of) not in _NOT_BINDING:
            return True
        return view.document.title.removeprefix("中华人民共和国") in question.standalone

    def _expand(self, evidence: tuple[Passage, ...]) -> tuple[Passage, ...]:
        """Evidence made whole: a heading brings the first passage of each clause below it, the words that
        open a list bring its items, and an item brings the words that open its list."""
        main = evidence[0]
        if main.kind is PassageKind.HEADING:
            first: dict[str, Passage] = {}
            for below in self._below(main):
                first.setdefault(below.address, below)
            return (main, *first.values()) if first else evidence
        whole: dict[str, Passage] = {}
        for passage in evidence:
            added: tuple[Passage, ...] = (passage,)
            if _opens_list(passage):
                added = (passage, *self._below(passage))
            elif opening := self._opening(passage):
                added = (opening, passage)
            whole |= {p.id: p for p in added if p.id not in whole}
        return tuple(whole.values())

    def _below(self, passage: Passage) -> list[Passage]:
        """The passages of the clauses directly below the one that holds `passage`, in text order."""
        view = self._library.get(passage.document_id, passage.document_version)
        children = view.children(passage.address) if view else ()
        return [p for child in children for p in self._at.get((passage.edition, child.address), ())]

    def _opening(self, item: Passage) -> Passage | None:
        """The passage that opens the list of which `item` is one."""
        view = self._library.get(item.document_id, item.document_version)
        clause = view.clause(item.address) if view else None
        if clause is None or clause.parent is None:
            return None
        above = self._at.get((item.edition, clause.parent))
        return above[-1] if above and _opens_list(above[-1]) else None

    def _period(self, part: SubQuestion) -> Period:
        if not part.hits:
            return Period(None, None)
        best = part.hits[0].passage
        view = self._library.get(best.document_id, best.document_version)
        return Period(view.document.period_start, view.document.period_end) if view else Period(None, None)


def _opens_list(passage: Passage) -> bool:
    return passage.kind is PassageKind.SENTENCE and passage.text.rstrip().endswith(("：", ":"))


def other_documents(hits: tuple[Hit, ...], chosen: tuple[Passage, ...], ratio: float) -> tuple[Passage, ...]:
    """The best passage of each other document whose share is near the best one's: what a higher law and a
    local rule say of the same thing belongs side by side."""
    best = hits[0].score
    seen = {passage.document_id for passage in chosen}
    found: list[Passage] = []
    for hit in hits:
        if len(found) == _OTHER_DOCUMENTS or math.exp(hit.score - best) < ratio:
            break
        if hit.passage.document_id not in seen and hit.passage.kind is PassageKind.SENTENCE:
            seen.add(hit.passage.document_id)
            found.append(hit.passage)
    return tuple(found)


def _missing(part: SubQuestion, standard: str, period: Period) -> str | None:
    """A phrase for what the documents do not say: the nearest open question's, else the asked thing."""
    nearest = next(iter(applying(part.open_matches, standard)), None)
    best = [hit.passage for hit in part.hits[:3]]
    near = {base_address(passage.address) for passage in best}
    if (
        nearest is not None
        and nearest.similarity >= thresholds()["open_name"]
        and nearest.question.address in near
    ):
        return nearest.question.missing
    named: list[str] = [
        *absent_places(standard, best),
        *(f"{y}年的情况" for y in absent_years(standard, best, period)),
    ]
    named += absent_things(standard, best)
    return "、".join(dict.fromkeys(named)) or None
