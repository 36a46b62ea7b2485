"""Whether the text excludes what a message states: for each stating clause and each passage found for it a
logistic regression over a few named numbers.

What speaks for it: that the clause states something; that both are about the same (rank, cosines, shared
words); that they have different numbers, years or words of one place (`conflicts`), or that a prepared false
claim about the passage is nearer than every true one. What speaks against it: that the numbers agree, here or
in another passage found. Fitted by `policy-qa eval calibrate statements`, its floor first: a wrong 不对 costs
more than ten missed ones.
"""

from collections.abc import Mapping, Sequence

from assistant.answering.conflicts import Conflict, ConflictKind, agrees, all_agree, conflicts
from assistant.answering.shared_words import SharedWords
from assistant.fitted import Logistic
from assistant.question.asked import log_odds
from assistant.question.quantities import quantities, with_digits, written_quantities
from assistant.schema import Contradiction, Evidence, FoundStatement, Stance
from index.schema import ClaimMatch, Hit, Passage, Span
from index.text.lexicon import standardise
from index.text.tokens import words

LOOKED_AT = 4
"""Passages found for a statement that are compared with it."""
FOUND = 10
"""Passages found for a statement in which its numbers may stand."""
_SAME_THING = 2
"""Pairs of characters around both numbers from which on they count the same thing."""
_HARD = (ConflictKind.NUMBER, ConflictKind.YEAR)
FEATURES = (
    "states", "first", "near", "shared", "agrees", "agrees_elsewhere",
    "number", "number_shared", "number_near", "number_states",
    "word", "word_shared", "word_near", "word_states",
    "claim", "claim_margin", "claim_near", "claim_shared", "claim_states", "claim_agrees",
)  # fmt: skip


class ContradictionModel(Logistic):
    """That a passage excludes a statement."""

    __slots__ = ()


def contradictions(
    statements: Sequence[FoundStatement], model: ContradictionModel, weighed: SharedWords
) -> tuple[Contradiction, ...]:
    """What the text excludes of the statements, the surest passage of each."""
    found = []
    for statement in statements:
        compared = [
            (model.chance(contradiction_features(statement, rank, weighed)), rank)
            for rank in range(min(LOOKED_AT, len(statement.hits)))
        ]
        chance, rank = max(compared, default=(0.0, 0))
        if chance < model.floor:
            continue
        passage = statement.hits[rank].passage
        span = _excluding(statement, rank)
        if span is not None and not _is_said(statement, passage, span):
            evidence = Evidence(passage, span, Stance.DENIES, chance)
            found.append(Contradiction(statement.text, evidence))
    return tuple(found)


def denying(question: str, passage: Passage) -> Span | None:
    """The number or year of the passage that makes a no of a yes/no question in standard words, which asks
    about another (是不是80%？); None where none does. Other words decide too seldom without being read."""
    hard = [c for c in conflicts(question, passage) if c.kind in _HARD and c.shared >= _SAME_THING]
    if not hard or agrees(question, passage):
        return None
    return max(hard, key=lambda conflict: conflict.shared).span


def contradiction_features(statement: FoundStatement, rank: int, weighed: SharedWords) -> Mapping[str, float]:
    """The features of `FEATURES` for a statement and the passage at `rank` of what was found for it."""
    hit = statement.hits[rank]
    passages = [other.passage for other in statement.hits[:FOUND]]
    differing = _differing(statement, rank)
    states = max(-4.0, log_odds(statement.chance))
    shared = weighed.shared(statement.searched, hit.passage)
    agreeing = float(agrees(statement.searched, hit.passage))
    about = [match for match in statement.claim_matches if match.claim.passage_id == hit.passage.id]
    far = min((match.similarity for match in statement.claim_matches), default=0.0)
    false, true = _nearest(about, False, far), _nearest(about, True, far)
    claim = float(bool(about) and not about[0].claim.holds)
    number, number_shared = _strongest(differing, _HARD, 6)
    word, word_shared = _strongest(differing, (ConflictKind.WORD,), 8)
    return {
        "states": states,
        "first": float(rank == 0),
        "near": _near(hit),
        "shared": shared,
        "agrees": agreeing,
        "agrees_elsewhere": float(all_agree(statement.searched, passages)),
        "number": number,
        "number_shared": number_shared,
        "number_near": number * shared,
        "number_states": number * states,
        "word": word,
        "word_shared": word_shared,
        "word_near": word * shared,
        "word_states": word * states,
        "claim": claim,
        "claim_margin": claim * max(0.0, (false - true) * 20),
        "claim_near": claim * (false - 0.92) * 20,
        "claim_shared": claim * shared,
        "claim_states": claim * states,
        "claim_agrees": claim * agreeing,
    }


def _differing(statement: FoundStatement, rank: int) -> tuple[Conflict, ...]:
    """The conflicts with the passage at `rank`. A number counts only where no other passage found has all
    numbers of the statement, and where the message does not name the passage's number itself: who sets both
    side by side knows."""
    passage = statement.hits[rank].passage
    found = conflicts(statement.searched, passage)
    if all(conflict.kind is ConflictKind.WORD for conflict in found):
        return found
    others = [hit.passage for hit in statement.hits[:FOUND] if hit.passage is not passage]
    elsewhere = all_agree(statement.searched, others)
    named = quantities(with_digits(standardise(statement.message)))

    def counts(conflict: Conflict) -> bool:
        if conflict.kind is ConflictKind.WORD:
            return True
        text = _words(passage, conflict.span)
        written = (*quantities(text), *written_quantities(text))
        return not elsewhere and not any(q.agrees(other) for q in named for other in written)

    return tuple(filter(counts, found))


def _is_said(statement: FoundStatement, passage: Passage, span: Span) -> bool:
    """The words that are to exclude the statement stand in it: it says the same."""
    own = set(words(statement.searched)) | set(words(statement.text))
    return set(words(_words(passage, span))) <= own


def _words(passage: Passage, span: Span) -> str:
    return passage.text[span[0] - passage.start : span[1] - passage.start]


def _excluding(statement: FoundStatement, rank: int) -> Span | None:
    """The words of the passage that exclude the statement: of the strongest conflict, else those that the
    nearest prepared false claim names."""
    passage = statement.hits[rank].passage
    differing = _differing(statement, rank)
    hard = [conflict for conflict in differing if conflict.kind in _HARD]
    if best := max(hard or differing, key=lambda conflict: conflict.shared, default=None):
        return best.span
    for match in statement.claim_matches:
        if match.claim.passage_id == passage.id:
            at = passage.text.find(match.claim.value) if match.claim.value else -1
            if match.claim.holds or at < 0:
                return None
            return passage.start + at, passage.start + at + len(match.claim.value)
    return None


def _strongest(
    differing: Sequence[Conflict], kinds: tuple[ConflictKind, ...], most: int
) -> tuple[float, float]:
    shared = [conflict.shared for conflict in differing if conflict.kind in kinds]
    return float(bool(shared)), min(max(shared, default=0), most) / most


def _near(hit: Hit) -> float:
    return (hit.signals.dense_passage - 0.87) * 20


def _nearest(matches: Sequence[ClaimMatch], holds: bool, far: float) -> float:
    """The cosine of the nearest claim that holds or does not; where none is among the nearest, it is at most
    `far`."""
    return max((match.similarity for match in matches if match.claim.holds is holds), default=far)
