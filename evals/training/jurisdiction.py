"""Whether a message asks about the rules of a place that it names: fitted on messages by three authors who
named places in both ways, measured with each left out."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from assistant.question.asked import LinearModel, log_odds
from assistant.question.jurisdiction import (
    JurisdictionModel,
    mention_features,
    others_of,
)
from assistant.question.message import focused, understood
from assistant.schema import Question
from evals.training.asked import MESSAGES, fit_linear
from evals.training.fitting import ASSISTANT_DATA, digest_of, fit_direction, fit_logistic
from evals.training.samples import Samples
from index.text.lexicon import standardise
from index.text.place_mentions import PlaceMention, place_mentions

_FILES = ("places.a1.jsonl", "places.a2.jsonl", "places.a3.jsonl")
_PLAIN = ("messages.m1.jsonl", "messages.m2.jsonl", "yesno.jsonl", "claims.c1.jsonl", "claims.c3.jsonl")
"""Messages that all ask about the own place, whatever places they name."""
_OWN = ("50",)
_FOLDS = 4
_PENALTY = 3e-4
_FLOOR = 0.5


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A message that names another place."""

    author: str
    question: Question
    named: tuple[PlaceMention, ...]
    """All that it names."""
    mentions: tuple[PlaceMention, ...]
    """The others of these."""
    elsewhere: bool


def fit_jurisdiction(samples: Samples) -> dict[str, float]:
    """Fit on all, write `jurisdiction.json`."""
    rows = [row for name in (*_FILES, *_PLAIN) for row in _rows(MESSAGES / name, samples)]
    found: dict[str, float] = {}
    for name in _FILES:
        author = Path(name).stem
        model = _fit([row for row in rows if row.author != author])
        held = [row for row in rows if row.author == author]
        chances = np.asarray(
            [max(model.chance(r.question, m, r.named, _OWN) for m in r.mentions) for r in held]
        )
        elsewhere = np.asarray([row.elsewhere for row in held])
        found[f"{author}_auc"] = float((chances[elsewhere][:, None] > chances[~elsewhere][None]).mean())
        found[f"{author}_elsewhere"] = float((chances[elsewhere] >= _FLOOR).mean())
        found[f"{author}_own_lost"] = float((chances[~elsewhere] >= _FLOOR).mean())
    fitted = _fit(rows)
    digest = digest_of([MESSAGES / name for name in (*_FILES, *_PLAIN)], samples.origin.digest)
    replace(samples.origin, digest=digest).write(
        ASSISTANT_DATA / "jurisdiction.json",
        {
            "asks": {"weights": fitted.asks.weights, "bias": fitted.asks.bias},
            "direction": np.round(fitted.direction, 4).tolist(),
            "weights": [round(value, 4) for value in fitted.weights],
            "floor": _FLOOR,
        },
    )
    return found


def _rows(path: Path, samples: Samples) -> list[PlaceRow]:
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        question = understood(row.get("text") or row["marked"].replace("⟦", "").replace("⟧", ""))
        named = place_mentions(question.clean)
        mentions = others_of(named, _OWN)
        if mentions:
            vector = samples.searcher.embed(standardise(focused(question)))
            question = replace(question, vector=tuple(vector.tolist()))
            rows.append(PlaceRow(path.stem, question, named, mentions, row.get("label") == "elsewhere"))
    return rows


def _fit(rows: Sequence[PlaceRow]) -> JurisdictionModel:
    """Both parts, and their weights from folds without the row itself."""
    vectors = np.asarray([row.question.vector for row in rows], dtype=np.float64)
    elsewhere = np.asarray([row.elsewhere for row in rows])
    fold = np.random.RandomState(0).randint(0, _FOLDS, len(rows))
    inputs = np.zeros((len(rows), 2))
    for k in range(_FOLDS):
        others = [row for row, own in zip(rows, fold, strict=True) if own != k]
        asks = _fit_mentions(others)
        direction = fit_direction(vectors[fold != k], elsewhere[fold != k], _PENALTY)
        for at in np.nonzero(fold == k)[0]:
            row = rows[int(at)]
            best = max(asks.chance(mention_features(row.question, m, row.named, _OWN)) for m in row.mentions)
            inputs[at] = log_odds(best), vectors[at] @ direction[:-1] + direction[-1]
    near, along, bias = fit_logistic(inputs, elsewhere, np.ones(len(rows)), 1e-3).tolist()
    direction = fit_direction(vectors, elsewhere, _PENALTY)
    return JurisdictionModel(_fit_mentions(rows), direction, (near, along, bias), _FLOOR)


def _fit_mentions(rows: Sequence[PlaceRow]) -> LinearModel:
    return fit_linear(
        [
            (mention_features(row.question, mention, row.named, _OWN), row.elsewhere)
            for row in rows
            for mention in (_decisive(row) if row.elsewhere else row.mentions)
        ],
        1.0,
    )


def _decisive(row: PlaceRow) -> tuple[PlaceMention, ...]:
    """Of several other places the last that stands in what is asked."""
    for mention in reversed(row.mentions):
        for part in row.question.parts:
            if part.end - len(part.core) <= mention.start < part.end:
                return (mention,)
    return row.mentions[-1:]
