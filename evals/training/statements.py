"""Which clauses state something about the rules, and whether the text excludes it.

Both are fitted on messages whose authors marked what is falsely stated, with innocent twins (true claims,
questions, wishes, doubts) over the same clauses, and on messages that claim nothing false. What the second
fit sees of the first comes from fits without the row's own author. What the claims say is told once more in
the forms of hearsay (`statement_forms`), for the first fit what is falsely stated and what states nothing
alike; of the true, as few as of twins may be contradicted.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.answering.conflicts import ConflictKind, conflicts
from assistant.answering.contradiction import (
    FEATURES,
    FOUND,
    LOOKED_AT,
    contradiction_features,
)
from assistant.answering.shared_words import SharedWords
from assistant.question.asked import LinearModel, clause_features
from assistant.question.clauses import clauses
from assistant.question.message import clean_text
from assistant.question.statements import STATEMENTS, StatementModel
from assistant.schema import FoundStatement
from evals.training.asked import MESSAGES, fit_linear, labels
from evals.training.fitting import ASSISTANT_DATA, Floats, digest_of, fit_logistic
from evals.training.samples import Samples
from evals.training.statement_forms import FORMS, in_forms
from index.schema import Passage
from index.search.searcher import Query
from index.text.folding import fold_text
from index.text.lexicon import standardise

CLAIMS = ("claims.c1.jsonl", "claims.c3.jsonl", "claims.c4.jsonl", "claims.c5.jsonl")
PLAIN = ("messages.m1.jsonl", "messages.m2.jsonl", "yesno.jsonl", "several_parts.dev.jsonl")
_STATING_WEIGHT = 4.0
_FALSE_WEIGHT = 3.0
_PENALTY = 1e-2
_LOOKED_AT_FLOOR = 0.02
_FORMED_STEP = 2
_TELLS = 6
"""Characters from which on a clause tells something."""
_WRONGLY = 1 / 400
"""Share of messages that state nothing false which may be contradicted."""
_TWINS_WRONGLY = 0.02
"""The same of innocent twins of false claims, the hardest there are."""


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A message, what it falsely states (None: nothing) and the words of the text that exclude it."""

    author: str
    message: str
    claimed: str | None
    quote: str
    formed: bool = False
    """Made by rule of what another row says."""

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Where the false statement stands in the message."""
        at = self.message.find(self.claimed) if self.claimed else -1
        return ((at, at + len(self.claimed)),) if at >= 0 and self.claimed else ()


def claim_rows() -> tuple[ClaimRow, ...]:
    """Messages with false claims, their innocent twins, and messages that claim nothing false."""
    rows: list[ClaimRow] = []
    for name in (*CLAIMS, *PLAIN):
        author = Path(name).stem
        for line in (MESSAGES / name).read_text(encoding="utf-8").splitlines():
            rows.append(_row(author, json.loads(line)))
    return (*rows, *_formed(rows))


def _formed(rows: Sequence[ClaimRow]) -> Iterator[ClaimRow]:
    """Of every second false claim and every second innocent twin what is stated, in the forms of hearsay."""
    claims = [row for row in rows if row.author.startswith("claims")]
    false = [row for row in claims if row.claimed][::_FORMED_STEP]
    for row, (message, said) in zip(false, in_forms(str(row.claimed) for row in false), strict=True):
        yield replace(row, message=message, claimed=said, formed=True)
    true = [row for row in claims if not row.claimed][::_FORMED_STEP]
    for row, (message, _) in zip(true, in_forms(_bare(row.quote) for row in true), strict=True):
        yield replace(row, message=message, formed=True)


def _told_in_forms(rows: Sequence[ClaimRow]) -> Iterator[str]:
    """Of each row with a false claim a clause that claims nothing, in a form of hearsay."""
    told = []
    for row in rows:
        found = clauses(row.message)
        others = zip(found, labels(found, row.spans), strict=True)
        telling = [c.text for c, states in others if not states and len(c.text) >= _TELLS]
        if row.claimed and not row.formed and telling:
            told.append(telling[0])
    return (message for message, _ in in_forms(told))


def _row(author: str, row: Mapping[str, object]) -> ClaimRow:
    message = clean_text(str(row.get("text") or str(row["marked"]).replace("⟦", "").replace("⟧", "")))
    belief = row.get("belief")
    if isinstance(belief, dict) and not belief["true"]:
        return ClaimRow(author, message, _bare(belief["text"]), belief["quote"])
    claimed = _bare(str(row["claimed"])) if row.get("false") and row.get("claimed") else None
    return ClaimRow(author, message, claimed, str(row.get("quote") or ""))


def _bare(text: str) -> str:
    return clean_text(text).strip("。.，,!?！？ ")


def fit_statements(samples: Samples) -> dict[str, float]:
    """Fit both, write `text_models/statements.json` and `contradiction.json`, and measure with each author
    left out."""
    rows, searcher = claim_rows(), samples.searcher
    words = SharedWords(searcher.passages)
    holding = {row.quote: _holding(row.quote, searcher.passages) for row in rows if row.quote}
    authors = sorted({row.author for row in rows})
    whole = _fit_states(rows, holding)
    features: list[list[float]] = []
    excludes: list[bool] = []
    ambiguous: list[bool] = []
    origin: list[int] = []
    for author in authors:
        model = StatementModel(
            _fit_states([row for row in rows if row.author != author], holding), _LOOKED_AT_FLOOR
        )
        for number, row in enumerate(rows):
            if row.author != author:
                continue
            for stated in model.statements(row.message):
                near = searcher.search(Query(stated.searched))
                found = FoundStatement(
                    stated.text,
                    stated.searched,
                    stated.chance,
                    row.message,
                    near.hits[:FOUND],
                    near.claim_matches,
                )
                is_claim = bool(row.claimed) and (
                    stated.text in str(row.claimed) or str(row.claimed) in stated.text
                )
                for rank, hit in enumerate(found.hits[:LOOKED_AT]):
                    own = contradiction_features(found, rank, words)
                    features.append([own[name] for name in FEATURES])
                    excludes.append(is_claim and hit.passage in holding[row.quote])
                    ambiguous.append(bool(row.claimed) and not excludes[-1])
                    origin.append(number)
    x, y, row_of = np.asarray(features), np.asarray(excludes), np.asarray(origin)
    formed = np.asarray([row.formed for row in rows])
    # a verbatim true statement is too easy an innocent: what is formed teaches only what states
    kept, fold = (
        ~np.asarray(ambiguous) & ~formed[row_of],
        np.asarray([authors.index(rows[n].author) for n in origin]),
    )
    held_out = np.zeros(len(y))
    for k in range(len(authors)):
        held_out[fold == k] = _chances(x[fold == k], _fit(x[kept & (fold != k)], y[kept & (fold != k)]))
    plain = np.asarray([not row.claimed for row in rows])
    best = np.zeros(len(rows))
    np.maximum.at(best, row_of, held_out)
    twins = np.asarray([row.author.startswith("claims") for row in rows]) & ~formed
    floor = max(
        _floor(best[plain & ~twins & ~formed], _WRONGLY),
        _floor(best[plain & twins], _TWINS_WRONGLY),
        _floor(best[plain & formed], _TWINS_WRONGLY),
    )
    fitted = _fit(x[kept], y[kept])
    weights = dict(zip(FEATURES, (round(float(v), 4) for v in fitted), strict=False))
    files = [MESSAGES / name for name in (*CLAIMS, *PLAIN)]
    digest = digest_of(files, samples.origin.digest, *FORMS)
    held = {"weights": whole.weights, "bias": whole.bias, "floor": _LOOKED_AT_FLOOR}
    text = json.dumps({"fitted_from": digest, "values": held}, ensure_ascii=False, sort_keys=True)
    STATEMENTS.write_text(f"{text}\n", encoding="utf-8")
    replace(samples.origin, digest=digest).write(
        ASSISTANT_DATA / "contradiction.json",
        {"weights": weights, "bias": round(float(fitted[-1]), 4), "floor": floor},
    )
    report: dict[str, float] = {"floor": floor}
    groups = {"plain": plain & ~twins & ~formed, "twins": plain & twins, "formed_true": plain & formed}
    for name, group in groups.items():
        report |= {name: int(group.sum()), f"{name}_wrong": int((best[group] >= floor).sum())}
    for author in authors:
        of_author = np.asarray([bool(row.claimed) and row.author == author for row in rows]) & ~formed
        if of_author.any():
            found_of = int((best[of_author] >= floor).sum())
            report |= {f"{author}_false": int(of_author.sum()), f"{author}_found": found_of}
    report |= {"formed_false": int((formed & ~plain).sum())}
    report |= {"formed_false_found": int((best[formed & ~plain] >= floor).sum())}
    return report | {f"weight_{name}": value for name, value in weights.items()}


def _holding(quote: str, passages: Sequence[Passage]) -> tuple[Passage, ...]:
    folded = fold_text(quote)
    texts = ((passage, fold_text(passage.text)) for passage in passages)
    return tuple(passage for passage, text in texts if folded in text or text in folded)


def _fit_states(rows: Sequence[ClaimRow], holding: Mapping[str, tuple[Passage, ...]]) -> LinearModel:
    return fit_linear(list(_state_examples(rows, holding)), _STATING_WEIGHT)


def _state_examples(
    rows: Sequence[ClaimRow], holding: Mapping[str, tuple[Passage, ...]]
) -> Iterator[tuple[frozenset[str], bool]]:
    """Clauses with whether they state something about the rules. Of innocent twins only what does not, though
    its numbers are others than the text's: a wish, a doubt, a question, another thing."""
    for message in _told_in_forms(rows):
        yield from ((features, False) for features in clause_features(clauses(message)))
    for row in rows:
        if row.formed and not row.claimed:
            continue
        found = clauses(row.message)
        stated = labels(found, row.spans)
        for clause, features, states in zip(found, clause_features(found), stated, strict=True):
            if row.claimed or not row.author.startswith("claims"):
                yield features, states
            elif any(
                conflict.kind is not ConflictKind.WORD
                for passage in holding[row.quote]
                for conflict in conflicts(standardise(clause.text), passage)
            ):
                yield features, False


def _fit(x: Floats, y: NDArray[np.bool_]) -> Floats:
    return fit_logistic(x, y, np.where(y, _FALSE_WEIGHT, 1.0), _PENALTY)


def _chances(x: Floats, fitted: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-(x @ fitted[:-1] + fitted[-1]))))


def _floor(best: Floats, wrongly: float) -> float:
    """The least floor that wrongly contradicts no more than this share."""
    allowed = int(len(best) * wrongly)
    return float(np.ceil(1000 * np.sort(best)[::-1][allowed]) / 1000 + 0.001)
