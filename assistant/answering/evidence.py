"""Which passages carry an answer.

Fused scores order; their softmax is a share among candidates, and a passage is taken when its share is
not far below the best one's: in the best one's clause more readily than elsewhere. A message with several
parts also gets the best passage of each. All limits are calibrated
(`assistant/data/thresholds.json`, by `policy-qa eval calibrate`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.fitted import thresholds
from assistant.question.patterns import Asked, QuestionPatterns
from assistant.schema import SubQuestion
from index.schema import Hit, Passage
from index.search.searcher import base_address

MODES = ("one", "several", "across")
_SEVERAL = {Asked.LIST, Asked.HOW, Asked.WHO}


@dataclass(frozen=True, slots=True)
class Limits:
    """How far evidence reaches, for one mode."""

    ratio: float
    """Share of the best one's share that a passage needs."""
    own_ratio: float
    """The same in the best one's clause."""
    most: int
    """Passages of the message as a whole, at most."""
    pull: float = 0.0
    """How much a part's passages must be near to the whole message, too."""
    margin: float = 0.0
    """By how much (cosine) questions about a part's passage must be nearer to it than open questions."""


def limits_of(mode: str) -> Limits:
    """The calibrated limits of `mode`."""
    known = thresholds()
    return Limits(
        known[f"evidence_{mode}_ratio"],
        known[f"evidence_{mode}_own_ratio"],
        int(known[f"evidence_{mode}_most"]),
        known["evidence_part_pull"],
        known["evidence_part_margin"],
    )


def evidence_mode(standard: str, patterns: QuestionPatterns, aspects: bool) -> str:
    """How widely a question asks: for `one` thing, `several` items of it, or things `across` clauses."""
    if aspects or patterns.asks_several(standard):
        return "across"
    return "several" if patterns.asked(standard) in _SEVERAL else "one"


def choose(hits: Sequence[Hit], limits: Limits) -> tuple[Passage, ...]:
    """The best passage, and those near enough to it, best first."""
    best = hits[0]
    clause = base_address(best.passage.clause_id)
    taken = []
    for hit in hits:
        own = base_address(hit.passage.clause_id) == clause
        if math.exp(hit.score - best.score) < (limits.own_ratio if own else limits.ratio):
            continue
        taken.append(hit.passage)
        if len(taken) == limits.most:
            break
    return tuple(taken)


def spread(
    main: SubQuestion, aspects: Sequence[SubQuestion], chosen: tuple[Passage, ...], limits: Limits
) -> tuple[Passage, ...]:
    """`chosen` and the best passage of each aspect that is clear enough about it."""
    whole: Mapping[str, float] = {hit.passage.id: hit.score for hit in main.hits}
    far = min(whole.values())
    found = {passage.id: passage for passage in chosen}
    for part in aspects:
        if not part.hits:
            continue
        best = max(part.hits, key=lambda hit: hit.score + limits.pull * whole.get(hit.passage.id, far))
        open_near = [match.similarity for match in part.open_matches[:3]]
        unanswered = sum(open_near) / len(open_near) if open_near else 0.0
        if best.signals.dense_question - unanswered >= limits.margin:
            found.setdefault(best.passage.id, best.passage)
    return tuple(found.values())
