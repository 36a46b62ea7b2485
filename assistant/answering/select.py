"""Does what was found answer, and which passages carry the answer.

Each part of the question is read and judged on its own (`read`, `decision`). Which passages are taken is
decided in `evidence`; which of their words decide, the reader says.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assistant.answering.contradiction import denying
from assistant.answering.decision import decision_features, topic_features
from assistant.answering.documents_meant import DocumentsMeant
from assistant.answering.evidence import choose, evidence_mode, limits_of, spread
from assistant.answering.models import ReadingModel, confidence_model
from assistant.answering.read import ReadPart, read_part
from assistant.fitted import thresholds
from assistant.question.kinds import kind_asked
from assistant.question.parts import leans
from assistant.question.patterns import Asked, load_patterns
from assistant.question.topics import names_thing
from assistant.reading.reader import Reader, Reading
from assistant.schema import Evidence, Foreign, Question, Refusal, RefusalReason, Request, Stance, SubQuestion
from index.library.library import Library
from index.schema import Hit, Passage, PassageKind, Span, Validity
from index.search.searcher import base_address
from index.text.folding import squeeze
from index.text.lexicon import standardise

_OTHER_DOCUMENTS = 2
"""Other documents that are cited beside the one that answers best, at most."""
_OF_HEADING = 3
"""Sentences that stand for a clause whose heading was found first, at most."""
_NEAR = 3
"""Hits of a part among which what answers it together with the part before must be."""
FRONT = ("title", "source")
"""Addresses of what stands before the outline and states no rule."""
_NOT_BINDING = {Validity.REPEALED, Validity.NOT_YET}


@dataclass(frozen=True, slots=True)
class Selected:
    """The parts with what was chosen for each, and the calibrated chance of being right; `covered` where some
    of what is asked is answered, else with the `refusal`."""

    parts: tuple[SubQuestion, ...]
    covered: bool
    confidence: float
    refusal: Refusal | None = None


class Selector:
    """Chooses the evidence of each part, or finds that nothing answers."""

    def __init__(
        self, library: Library, passages: Sequence[Passage], reader: Reader, model: ReadingModel
    ) -> None:
        self._library = library
        self._meant = DocumentsMeant(library)
        self._reader, self._model = reader, model
        self._at: dict[tuple[str, str], list[Passage]] = defaultdict(list)
        for passage in passages:
            self._at[passage.edition, passage.address].append(passage)

    def select(
        self, request: Request, question: Question, parts: Sequence[SubQuestion], foreign: Foreign
    ) -> Selected:
        """What carries the answer of each part, and the confidence; `foreign` are the chances that the
        message is no question for the documents."""
        topic = len(parts) == 1 and names_thing(question)
        judged = [self._judged(part, request, question, None if topic else foreign) for part in parts]
        answered = [part for part in judged if part.answered]
        if not answered:
            best = max(judged, key=lambda part: part.confidence)
            refused = confidence_model().confidence("refused", best.confidence, best.hits)
            found = [part.confidence for part in judged if part.hits]
            floor = (self._model.topic if topic else self._model.decision).floor
            why = Refusal(RefusalReason.NO_EVIDENCE, max(found, default=None), floor)
            return Selected(tuple(judged), False, refused, why)
        likely = [confidence_model().confidence("answered", part.confidence, part.hits) for part in answered]
        return Selected(tuple(judged), True, float(np.mean(likely)))

    def read(self, part: SubQuestion, request: Request, question: Question) -> ReadPart | None:
        """The part read, without what cannot answer it; None where nothing was found."""
        bound = self._binding(part, request, question)
        return read_part(bound, self._reader, self._model.order) if bound.hits else None

    def _judged(
        self, part: SubQuestion, request: Request, question: Question, foreign: Foreign | None
    ) -> SubQuestion:
        """The part by itself; where that is not answered, read together with the part before it, if that
        finds first what the part alone finds near. What leans on the part before it (钱啷个扯平) is not
        answered by what only its own few words find."""
        judged = self._decided(part, request, question, foreign)
        if judged.joined is None:
            return judged
        around = {hit.passage.id for hit in judged.joined.hits[:_NEAR]}
        if judged.answered and (judged.hits[0].passage.id in around or not leans(part.text)):
            return judged
        together = self._decided(judged.joined, request, question, foreign)
        near = {hit.passage.id for hit in judged.hits[:_NEAR]}
        if together.answered and (judged.answered or together.hits[0].passage.id in near):
            return replace(together, asked=part.asked)
        chance = together.confidence if judged.answered else judged.confidence
        return replace(judged, answered=False, evidence=(), confidence=chance)

    def _decided(
        self, part: SubQuestion, request: Request, question: Question, foreign: Foreign | None
    ) -> SubQuestion:
        """The part read and decided; `foreign`: None where the message only names a thing."""
        read = self.read(part, request, question)
        if read is None:
            return replace(part, hits=())
        if foreign is None:
            decision, features = self._model.topic, topic_features(read)
        else:
            decision, features = self._model.decision, decision_features(read, foreign)
        part = replace(read.part, confidence=decision.chance(features))
        if part.confidence < decision.floor:
            return part
        return replace(part, answered=True, evidence=self._evidence(read))

    def _evidence(self, read: ReadPart) -> tuple[Evidence, ...]:
        """What carries the answer: near the best for the part, then the best for each of its aspects."""
        part = read.part
        limits = limits_of(evidence_mode(part.text, load_patterns(), bool(part.aspects)))
        chosen = choose(part.hits, limits)
        if part.aspects:
            chosen = spread(read.searched, part.aspects, chosen, limits)
        chosen = (*chosen, *other_documents(part.hits, chosen, thresholds()["evidence_across_ratio"]))
        scores = {hit.passage.id: hit.score for hit in part.hits}
        asks_whether = kind_asked(part.asked) is Asked.YES_NO
        found: list[Evidence] = []
        for passage in self._expand(part, chosen):
            span, stance = _deciding(passage, read.readings), Stance.ANSWERS
            if asks_whether and not found and (denied := denying(standardise(part.asked), passage)):
                span, stance = denied, Stance.DENIES
            found.append(Evidence(passage, span, stance, scores.get(passage.id, 0.0)))
        return tuple(found)

    def _binding(self, part: SubQuestion, request: Request, question: Question) -> SubQuestion:
        """`part` without titles, which answer nothing but when and of which years, and nothing of a document
        that is not held, and without what is repealed or not yet in force, where anything else was found;
        somebody who names such a document, or searches it alone, means it."""
        of_title = kind_asked(part.asked) in (Asked.DATE, Asked.NUMBER)
        if not of_title or self._meant.named(part.asked, request.as_of).unknown:
            part = replace(part, hits=tuple(hit for hit in part.hits if not self._is_title(hit.passage)))
        if request.documents is not None:
            return part
        kept = tuple(hit for hit in part.hits if self._binds(hit.passage, request, question))
        return replace(part, hits=kept) if kept else part

    def _is_title(self, passage: Passage) -> bool:
        if passage.address in FRONT:
            return True
        view = self._library.get(passage.document_id, passage.document_version)
        return view is not None and squeeze(view.document.title) == squeeze(passage.text)

    def _binds(self, passage: Passage, request: Request, question: Question) -> bool:
        view = self._library.get(passage.document_id, passage.document_version)
        if view is None or self._library.validity(view.document, request.as_of) not in _NOT_BINDING:
            return True
        return view.document.title.removeprefix("中华人民共和国") in question.standalone

    def _expand(self, part: SubQuestion, chosen: tuple[Passage, ...]) -> tuple[Passage, ...]:
        """Evidence made whole: a heading gives way to the sentences below it that are near to the question,
        where there are none to the headings below it; the words that open a list bring its items, and an
        item brings the words that open its list."""
        whole: dict[str, Passage] = {}
        for passage in chosen:
            added: tuple[Passage, ...] = (passage,)
            if passage.kind is PassageKind.HEADING:
                added = self._instead_of_heading(part, passage, bool(whole))
            elif _opens_list(passage):
                added = (passage, *self._below(passage))
            elif opening := self._opening(passage):
                added = (passage, opening)  # the item answers
            whole |= {p.id: p for p in added if p.id not in whole}
        return tuple(whole.values())

    def _instead_of_heading(self, part: SubQuestion, heading: Passage, beside: bool) -> tuple[Passage, ...]:
        clause = base_address(heading.clause_id)
        own = [
            hit.passage
            for hit in part.hits
            if hit.passage.kind is not PassageKind.HEADING and _stands_in(hit.passage, clause)
        ]
        if own or beside:  # headings beside other evidence say nothing more
            return tuple(own[:_OF_HEADING])
        first: dict[str, Passage] = {}
        for below in self._below(heading):
            first.setdefault(below.address, below)
        return tuple(first.values()) or (heading,)

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


def _stands_in(passage: Passage, clause: str) -> bool:
    """Whether the passage is of the clause with this id, or a row of a table in it."""
    if passage.kind is PassageKind.ROW:
        return passage.clause_id.rpartition(".t")[0] == clause
    return base_address(passage.clause_id) == clause


def _deciding(passage: Passage, readings: Mapping[str, Reading]) -> Span:
    """The words that the reader marked; all of a passage that it was not given."""
    reading = readings.get(passage.id)
    return reading.span if reading else (passage.start, passage.end)


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
        if hit.passage.document_id not in seen and hit.passage.kind is not PassageKind.HEADING:
            seen.add(hit.passage.document_id)
            found.append(hit.passage)
    return tuple(found)
