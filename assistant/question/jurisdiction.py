"""Which other place's rules a message asks about.

For each place that it names a logistic regression over what stands around the name, and a direction in the
space of query vectors for the message as a whole, weighed together. Where somebody comes from or is
registered, and names of schools, firms and dishes, are no jurisdiction. Fitted by
`policy-qa eval calibrate jurisdiction`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.question.asked import LinearModel, log_odds
from assistant.question.clauses import clauses
from assistant.question.patterns import Asked, load_patterns
from assistant.schema import Question
from index.encoder.fitted import read_fitted
from index.text.lexicon import standardise
from index.text.place_mentions import PlaceMention, place_mentions

_FILE = Path(__file__).parents[1] / "data" / "jurisdiction.json"
_WINDOW = 6


@dataclass(frozen=True, slots=True)
class JurisdictionModel:
    """The fitted parameters."""

    asks: LinearModel
    direction: NDArray[np.float64]
    """Shape (dimensions + 1,): which way messages about another place's rules lie; last the bias."""
    weights: tuple[float, float, float]
    """Of the log-odds of the name's surroundings, of the direction, and the bias."""
    floor: float
    """Chance from which on the rules of a named place are asked about."""

    def elsewhere(self, question: Question, own: Sequence[str]) -> PlaceMention | None:
        """The likeliest other place whose rules `question` asks about; None where it asks about none. `own`:
        beginnings of the codes (GB/T 2260) of the places whose documents are held."""
        named = place_mentions(question.clean)
        others = others_of(named, own)
        found = [mention for mention in others if _may_be_asked(question, mention, named, own)]
        chances = [self.chance(question, mention, named, own) for mention in found]
        best = max(range(len(found)), key=chances.__getitem__, default=None)
        return found[best] if best is not None and chances[best] >= self.floor else None

    def chance(
        self, question: Question, mention: PlaceMention, named: Sequence[PlaceMention], own: Sequence[str]
    ) -> float:
        """That the rules of the place named by `mention`, one of all that are `named`, are asked about."""
        near, along, bias = self.weights
        leaning = float(np.asarray(question.vector) @ self.direction[:-1] + self.direction[-1])
        asks = self.asks.chance(mention_features(question, mention, named, own))
        return 1 / (1 + math.exp(-(near * log_odds(asks) + along * leaning + bias)))


def _is_own(mention: PlaceMention, own: Sequence[str]) -> bool:
    return any(mention.within(stem) for stem in own)


def _may_be_asked(
    question: Question, mention: PlaceMention, named: Sequence[PlaceMention], own: Sequence[str]
) -> bool:
    """Not where the place is named outside of what is asked, and the own place in it."""
    cores = [range(part.end - len(part.core), part.end) for part in question.parts]
    if any(mention.start in core for core in cores):
        return True
    here = [each.start for each in named if _is_own(each, own)]
    return not any(start in core for start in here for core in cores)


def others_of(named: Sequence[PlaceMention], own: Sequence[str]) -> tuple[PlaceMention, ...]:
    """The places of `named` that are not the own or within it."""
    return tuple(mention for mention in named if not _is_own(mention, own))


def mention_features(
    question: Question, mention: PlaceMention, named: Sequence[PlaceMention], own: Sequence[str]
) -> frozenset[str]:
    """What tells whether the place's rules are asked about: the characters around its name, and whether it,
    and the own place, stand in what is asked. `named`: all places that the message names."""
    text = question.clean
    before, after = text[: mention.start][-_WINDOW:], text[mention.end :][:_WINDOW]
    features = {f"kind:{mention.kind}"}
    features |= {f"before:{before[-size:]}" for size in (1, 2) if len(before) >= size}
    features |= {f"after:{after[:size]}" for size in (1, 2, 3) if len(after) >= size}
    features |= {f"left:{before[at : at + 2]}" for at in range(len(before) - 1)}
    features |= {f"right:{after[at : at + 2]}" for at in range(len(after) - 1)}
    return frozenset(features | _place_in_message(question, mention, named, own))


def _place_in_message(
    question: Question, mention: PlaceMention, named: Sequence[PlaceMention], own: Sequence[str]
) -> set[str]:
    text, found = question.clean, clauses(question.clean)
    clause = next((c for c in found if c.start <= mention.start < c.end), found[-1])
    part = next((p for p in question.parts if p.start <= mention.start < p.end), None)
    core = part is not None and mention.start >= part.end - len(part.core)
    here = [match.start() for match in load_patterns().here.finditer(text)]
    here += [each.start for each in named if _is_own(each, own)]

    def own_in(start: int, end: int) -> bool:
        return any(start <= at < end for at in here)

    asking = load_patterns().asked(standardise(clause.text + clause.mark[:1])) is not Asked.OTHER
    is_own, twice = bool(here), sum(m.name == mention.name for m in named) > 1
    facts: Mapping[str, object] = {
        "core": core,
        "asked": part is not None,
        "own": (is_own, core),
        "own-before": (own_in(clause.start, mention.start), core),
        "own-after": (own_in(mention.end, clause.end), core),
        "own-asked": (part is not None and own_in(part.end - len(part.core), part.end), core),
        "own-later": (own_in(mention.end, len(text)), core),
        "own-earlier": (own_in(0, mention.start), core),
        "last": (clause is found[-1], is_own),
        "asking": (asking, is_own),
        "asking-own": (asking, own_in(clause.start, clause.end)),
        "begins": (mention.start - clause.start <= 2, asking),
        "twice": (twice, is_own),
    }
    return {f"{name}:{value}" for name, value in facts.items()}


@lru_cache(maxsize=1)
def jurisdiction_model() -> JurisdictionModel:
    """The fitted model."""
    values = read_fitted(_FILE)
    near, along, bias = values["weights"]
    return JurisdictionModel(
        LinearModel(values["asks"]["weights"], values["asks"]["bias"]),
        np.asarray(values["direction"], dtype=np.float64),
        (near, along, bias),
        values["floor"],
    )
