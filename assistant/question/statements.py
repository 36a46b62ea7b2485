"""Which clauses of a message state something about the rules, so that the text may exclude it.

A logistic regression over the same features as what tells asked clauses (`assistant.question.asked`); fitted
by `policy-qa eval calibrate statements`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from assistant.question.asked import LinearModel, clause_features
from assistant.question.clauses import Clause, clauses
from assistant.question.parts import has_subject
from assistant.question.patterns import Asked, load_patterns
from index.text.lexicon import standardise

STATEMENTS = Path(__file__).parents[1] / "data" / "text_models" / "statements.json"
_MOST = 2
"""Clauses of a message that are looked at: the likeliest."""
_SHORT = 10
"""Characters under which a clause is read with the one before it."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A clause that may state something about the rules."""

    text: str
    """The clause as it stands in the message."""
    searched: str
    """The same in standard words, a short one with the clause before it."""
    chance: float
    """That it states something about the rules."""


@dataclass(frozen=True, slots=True)
class StatementModel:
    """The fitted parameters."""

    states: LinearModel
    floor: float
    """Chance from which on a clause is looked at."""

    def statements(self, message: str) -> tuple[Statement, ...]:
        """The likeliest clauses of a cleaned message, the likeliest first; a clause that asks states
        nothing."""
        found = clauses(message)
        chances = [self.states.chance(features) for features in clause_features(found)]
        order = sorted(range(len(found)), key=lambda at: -chances[at])
        kept = [at for at in order if chances[at] >= self.floor and not _states_nothing(found, at)][:_MOST]
        return tuple(Statement(found[at].text, _searched(found, at), chances[at]) for at in kept)


def _states_nothing(found: Sequence[Clause], at: int) -> bool:
    """The clause wishes, supposes or asks by its own words (a question mark alone asks to confirm it), or
    the one after it asks whether it is so and nothing else; a tag (是吧, 对吧) does not count, who adds it is
    of that opinion."""
    if load_patterns().wish.search(standardise(found[at].text)) or _is_doubted(found, at):
        return True
    if _asks(found[at]):
        return True
    return (
        not found[at].ends_sentence
        and at + 1 < len(found)
        and _asks(found[at + 1])
        and not has_subject(found[at + 1].text)
    )


def _is_doubted(found: Sequence[Clause], at: int) -> bool:
    """The clause, or one beside it in its sentence, says that the asker does not believe it."""
    first, last = at, at
    while first > 0 and not found[first - 1].ends_sentence:
        first -= 1
    while last + 1 < len(found) and not found[last].ends_sentence:
        last += 1
    doubt = load_patterns().doubt
    return any(doubt.search(standardise(clause.text)) for clause in found[first : last + 1])


def _asks(clause: Clause) -> bool:
    patterns = load_patterns()
    text = standardise(clause.text)
    if patterns.rhetorical.search(text):
        return False
    text = patterns.nominal.sub("", patterns.tag.sub("", text))
    return patterns.asked(text) is not Asked.OTHER


def _searched(found: tuple[Clause, ...], at: int) -> str:
    text = found[at].text
    before = f"{found[at - 1].text}，" if at and len(text) < _SHORT else ""
    return standardise(before + text)


@lru_cache(maxsize=1)
def statement_model() -> StatementModel:
    """The fitted model."""
    values = json.loads(STATEMENTS.read_text(encoding="utf-8"))["values"]
    return StatementModel(LinearModel(values["weights"], values["bias"]), values["floor"])
