"""The support model: scripted pairs and people's claims about single statements of the plan.

Claims ask (…是吧？); what asks is taken off, so that they read as statements. Folds keep everything made
from one statement together.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.llm.support import SupportChecker, SupportModel
from assistant.llm.support_features import FEATURES, covered, load_words
from assistant.question.patterns import load_patterns
from evals.rows.corruptions import Pair, make_pairs, read_pairs
from evals.rows.dataset import DATASETS
from evals.training.fitting import ASSISTANT_DATA, Floats, Origin, digest_of, fit_logistic
from index.encoder.embedder import Embedder
from index.schema import Document

_WRITTEN = DATASETS / "support.dev.jsonl"
_FOLDS = 5
_PENALTY = 1e-3
_SHARES = {"written": 1.0, "scripted": 1.0, "claims": 0.3}
"""What each source of pairs weighs; claims are questions made statements, and less like answers."""
_LONGEST_CLAIM = 40
"""Code points; longer claims tell a story around what they claim."""
_FALSELY = 0.08
"""Share of the written true pairs that may be flagged."""
_ASKS = re.compile(r"(?:听说|听人说|据说|我记得|都说|同事说|他们说|有人说)[，,]?|[？?!！]+$")


def calibrate_support(documents: Sequence[Document], corpus: Path, embedder: Embedder) -> dict[str, object]:
    """Fit `assistant/data/support.json`; the rates are of cross-validated scores."""
    sources = {
        "written": read_pairs(_WRITTEN),
        "scripted": make_pairs(documents),
        "claims": claim_pairs(corpus),
    }
    unframed = load_words().unframed
    found = [
        (pair, name)
        for name, pairs in sources.items()
        for pair in pairs
        if not covered(unframed(pair.sentence), pair.quotes)
    ]
    pairs, source = [p for p, _ in found], np.asarray([name for _, name in found])
    checker = SupportChecker(embedder, SupportModel({}, 0.0, 0.0))
    table = [checker.features(unframed(pair.sentence), pair.quotes) for pair in pairs]
    x = np.asarray([[row[name] for name in FEATURES] for row in table])
    y = np.asarray([pair.supported for pair in pairs])
    homes = {home: at for at, home in enumerate(dict.fromkeys(pair.home for pair in pairs))}
    fold = np.asarray([homes[pair.home] % _FOLDS for pair in pairs])
    score = np.zeros(len(pairs))
    for k in range(_FOLDS):
        kept = fold != k
        score[~kept] = _scores(x[~kept], _fit(x[kept], y[kept], source[kept]))
    floor = round(float(np.quantile(score[y & (source == "written")], _FALSELY)), 4)
    fitted = _fit(x, y, source)
    weights = dict(zip(FEATURES, (round(float(v), 4) for v in fitted), strict=False))
    bias = round(float(fitted[-1]), 4)
    files = [*corpus.glob("*.txt"), *corpus.glob("*.jsonl"), _WRITTEN]
    origin = Origin(embedder, digest_of(files))
    origin.write(ASSISTANT_DATA / "support.json", {"weights": weights, "bias": bias, "floor": floor})
    flagged: dict[str, list[float]] = {}
    for name in sources:
        for kind in sorted({pair.kind for pair, of in found if of == name}):
            chosen = (source == name) & np.asarray([pair.kind == kind for pair in pairs])
            flagged[f"{name} {kind}"] = [round(float((score[chosen] < floor).mean()), 3), int(chosen.sum())]
        for holds in (True, False):
            chosen = (source == name) & (y == holds)
            flagged[f"{name} {holds}"] = [round(float((score[chosen] < floor).mean()), 3), int(chosen.sum())]
    return {"floor": floor, "flagged": flagged, "weights": weights}


def claim_pairs(corpus: Path) -> tuple[Pair, ...]:
    """People's claims beside the quotation that they are about."""
    pairs = []
    for path in sorted(corpus.glob("*.claims.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            quote = row["quote"]
            said = [(text, True) for text in row["true"]]
            said += [(claim["question"], False) for claim in row["false"]]
            pairs += [
                Pair(_stated(text), (quote,), holds, "claim" if holds else "false_claim", quote)
                for text, holds in said
                if len(_stated(text)) <= _LONGEST_CLAIM
            ]
    return tuple(pairs)


def _stated(question: str) -> str:
    bare = load_patterns().tag.sub("", question)
    return _ASKS.sub("", bare).strip("，, ") or question


def _fit(x: Floats, y: NDArray[np.bool_], source: NDArray[np.str_]) -> Floats:
    weight = np.zeros(len(y))
    for name, share in _SHARES.items():
        for kind in (False, True):
            chosen = (source == name) & (y == kind)
            weight[chosen] = share / max(int(chosen.sum()), 1)
    return fit_logistic(x, y, weight, _PENALTY, [(None, 0.0)] * len(FEATURES))


def _scores(x: Floats, fitted: Floats) -> Floats:
    scores: Floats = 1 / (1 + np.exp(-np.clip(x @ fitted[:-1] + fitted[-1], -30, 30)))
    return scores
