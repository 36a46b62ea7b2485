"""What of a message is asked: its clauses told apart from courtesy, self-introduction, story and sighs.

Logistic regressions over what a clause looks like (its characters, its form) say whether it asks, whether it
begins another thing asked, and of what is told whether it is about the documents' matters. Fitted by
`policy-qa eval calibrate asked` on messages whose asked stretches people have marked.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from assistant.question.clauses import Clause, clauses
from assistant.question.patterns import Asked as Kind
from assistant.question.patterns import load_patterns
from assistant.schema import AskedPart
from index.text.lexicon import standardise
from index.text.tokens import words

ASKED = Path(__file__).parents[1] / "data" / "text_models" / "asked.json"
_LONGEST = 60
"""Characters of a clause that are looked at: as many at both ends as half of this."""
_LENGTHS = 6
_EDGE = 1e-6
_ROOM = 90
"""Characters of a part, as far as its asking clauses leave room: an embedding of 250 costs 150 ms."""
_MOST = 180
_MOST_HELD = 3
_SIGNS = " 。，,.!?！？\n"
_LITTLE = 3
"""Characters that the asking clauses of a part have at least."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What a message asks."""

    parts: tuple[AskedPart, ...]
    """In order, not overlapping; empty where nothing is asked."""
    told: tuple[Clause, ...]
    """The clauses that ask nothing, in order."""


@dataclass(frozen=True, slots=True)
class LinearModel:
    """A logistic regression over features that are there or not, the more of them the less each counts."""

    weights: Mapping[str, float]
    bias: float

    def chance(self, features: frozenset[str]) -> float:
        """The chance, 0 to 1."""
        known = [self.weights[name] for name in features if name in self.weights]
        return 1 / (1 + math.exp(-(sum(known) / math.sqrt(max(len(features), 1)) + self.bias)))


@dataclass(frozen=True, slots=True)
class AskedModel:
    """The fitted parameters."""

    asks: LinearModel
    begins: LinearModel
    floor: float
    """Chance from which on a clause asks; the likeliest one of a message asks in any case above `least`."""
    beside: float
    """Chance under which a clause of the same sentence is left out: courtesy at the joint."""
    least: float
    """Chance under which a message asks nothing at all."""
    topical: LinearModel
    """Of a sentence that asks nothing: that it is about the documents' matters, and no courtesy."""
    topical_floor: float

    def is_topical(self, sentence: str, vocabulary: frozenset[str]) -> bool:
        """The sentence may say what a question after it is about; `vocabulary`: words of the documents."""
        return self.topical.chance(topical_features(sentence, vocabulary)) >= self.topical_floor

    def asked(self, message: str) -> Asking:
        """What a cleaned message asks."""
        found = clauses(message)
        if not found:
            return Asking((), ())
        chances = [self.asks.chance(features) for features in clause_features(found)]
        tags = _tags(found)
        for at in tags:
            chances[at - 1] = max(chances[at - 1], chances[at])
        best = max(chances)
        if best < self.least:
            return Asking((), found)
        asks = [chance >= min(self.floor, best) for chance in chances]
        kept = [False] * len(found)
        for first, last in sentences(found):
            if any(asks[first : last + 1]):
                for at in range(first, last + 1):
                    kept[at] = asks[at] or chances[at] >= self.beside
        told = tuple(clause for clause, is_kept in zip(found, kept, strict=True) if not is_kept)
        return Asking(tuple(self._parts(message, found, kept, asks, tags)), told)

    def _parts(
        self,
        message: str,
        found: Sequence[Clause],
        kept: Sequence[bool],
        asks: Sequence[bool],
        tags: frozenset[int],
    ) -> Iterator[AskedPart]:
        begins = begin_features(found, asks)
        groups: list[list[int]] = []
        for at in range(len(found)):
            if not kept[at]:
                continue
            if groups and (at in tags or self.begins.chance(begins[at]) < self.floor):
                groups[-1].append(at)
            else:
                groups.append([at])
        for group in _with_their_question(groups, found, asks):
            start, end = found[_first_within(group, found, asks)].start, found[group[-1]].end
            asking = [at for at in group if asks[at]]
            last = max(at for at in group if asks[at] or (at > asking[0] and _interrogative(found[at])))
            core = message[found[asking[0]].start : found[last].end]
            yield AskedPart(message[max(start, end - _MOST) : end], max(start, end - _MOST), end, core)


def _tags(found: Sequence[Clause]) -> frozenset[int]:
    """The clauses that only ask whether the one before them is so: they ask that one."""
    is_tag = load_patterns().is_tag
    return frozenset(at for at in range(1, len(found)) if is_tag(standardise(found[at].text)))


def _interrogative(clause: Clause) -> bool:
    return load_patterns().asked(standardise(clause.text)) is not Kind.OTHER


def log_odds(chance: float) -> float:
    """Of a chance between 0 and 1, neither of them."""
    bounded = min(max(chance, _EDGE), 1 - _EDGE)
    return math.log(bounded / (1 - bounded))


def _first_within(group: Sequence[int], found: Sequence[Clause], asks: Sequence[bool]) -> int:
    """The first clause of `group` that is kept: what stands far before its asking clauses is left out."""
    first = next(at for at in group if asks[at])
    end = found[group[-1]].end
    while first > group[0] and end - found[first - 1].start <= _ROOM:
        first -= 1
    return first


def _with_their_question(
    groups: list[list[int]], found: Sequence[Clause], asks: Sequence[bool]
) -> list[list[int]]:
    """Groups that hold no asking clause, or hardly a word (请问), join the one after them, at the end the one
    before."""
    joined: list[list[int]] = []
    waiting: list[int] = []
    for group in groups:
        waiting += group
        if sum(len(found[at].text) for at in waiting if asks[at]) >= _LITTLE:
            joined.append(waiting)
            waiting = []
    if waiting and joined:
        joined[-1] += waiting
    return joined or [waiting]


def sentences(found: Sequence[Clause]) -> Iterator[tuple[int, int]]:
    """First and last clause of each sentence."""
    first = 0
    for at, clause in enumerate(found):
        if clause.ends_sentence or at == len(found) - 1:
            yield first, at
            first = at + 1


def clause_features(found: Sequence[Clause]) -> list[frozenset[str]]:
    """For each clause what tells whether it asks. Its neighbours do not count, so that the same clause asks
    whatever stands around it."""
    kinds = [load_patterns().asked(standardise(clause.text)) for clause in found]
    features = [_own_features(clause, kind) for clause, kind in zip(found, kinds, strict=True)]
    for first, last in sentences(found):
        questioned = found[last].questioned
        for at in range(first, last + 1):
            own = features[at]
            own.add(f"sentence-asks:{questioned}")
    if len(found) == 1:
        features[0].add("alone")
    return [frozenset(own) for own in features]


def _own_features(clause: Clause, kind: str) -> set[str]:
    text = clause.text
    if len(text) > _LONGEST:
        text = text[: _LONGEST // 2] + text[-_LONGEST // 2 :]
    edged = f"^{text}$"
    grams = {f"n:{edged[at : at + size]}" for size in (1, 2, 3) for at in range(len(edged) - size + 1)}
    length = min(_LENGTHS, len(clause.text) // 4)
    marks = {f"questioned:{clause.questioned}", f"ends:{clause.ends_sentence}", f"length:{length}"}
    return grams | marks | {f"kind:{kind}"}


def topical_features(sentence: str, vocabulary: frozenset[str]) -> frozenset[str]:
    """What tells whether a sentence is about the documents' matters: its words and characters, and how many
    words of the documents it holds."""
    found = words(standardise(sentence))
    edged = f"^{sentence.strip(_SIGNS)}$"
    held = min(len(set(found) & vocabulary), _MOST_HELD)
    features = {f"word:{word}" for word in found}
    features |= {f"n:{edged[at : at + 2]}" for at in range(len(edged) - 1)}
    return frozenset(features | {f"held:{held}"} | {f"held>={least}" for least in range(1, held + 1)})


def begin_features(found: Sequence[Clause], asks: Sequence[bool]) -> list[frozenset[str]]:
    """For each clause what tells whether it begins another thing asked than the asking clause before it."""
    kinds = [load_patterns().asked(standardise(clause.text)) for clause in found]
    features: list[frozenset[str]] = []
    for at, clause in enumerate(found):
        own = {f"^{clause.text[:size]}" for size in (1, 2, 3, 4)}
        own |= {f"{clause.text[-size:]}$" for size in (1, 2)}
        own |= {f"kind:{kinds[at]}", f"asks:{asks[at]}", f"length:{min(_LENGTHS, len(clause.text) // 4)}"}
        if at:
            before = found[at - 1]
            mark = "sentence" if before.ends_sentence else before.mark.strip()[:1]
            own |= {f"mark:{mark}", f"before-kind:{kinds[at - 1]}", f"before-asks:{asks[at - 1]}"}
            own |= {f"before{before.text[-size:]}$" for size in (1, 2)} | {f"before^{before.text[:2]}"}
            own.add(f"both:{asks[at]}{asks[at - 1]}{kinds[at] != 'other'}{kinds[at - 1] != 'other'}{mark}")
        features.append(frozenset(own))
    return features


@lru_cache(maxsize=1)
def asked_model() -> AskedModel:
    """The fitted model."""
    values = json.loads(ASKED.read_text(encoding="utf-8"))["values"]
    return AskedModel(
        LinearModel(values["asks"]["weights"], values["asks"]["bias"]),
        LinearModel(values["begins"]["weights"], values["begins"]["bias"]),
        values["floor"],
        values["beside"],
        values["least"],
        LinearModel(values["topical"]["weights"], values["topical"]["bias"]),
        values["topical_floor"],
    )
