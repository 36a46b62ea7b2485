"""Fits every trained parameter from data, reproducibly: `policy-qa eval calibrate`.

Reads development rows, the lay and open questions of the corpus (each asked with itself left out) and
the intent examples; never the test rows. Writes `index/data/fusion.json`, and `intent.json`,
`answerability.json` and `thresholds.json` in `assistant/data`.
"""

import json
from collections.abc import Sequence
from dataclasses import astuple, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from assistant.answerability import FEATURES, SPEAK_FOR, Period, features
from assistant.cues import load_cues
from assistant.schema import SubQuestion
from assistant.steps.rewrite import boil_down
from assistant.steps.select import choose, evidence_mode
from assistant.steps.understand import clean_text
from evals.dataset import Gold, Row, load_rows
from index.library import Library
from index.schema import Hit, LayQuestion, Signals
from index.search import Query, Searcher
from index.store import OPEN, QUESTIONS
from index.tokens import Lexicon

Floats = NDArray[np.float64]
INDEX_DATA = Path(__file__).parent.parent / "index" / "data"
ASSISTANT_DATA = Path(__file__).parent.parent / "assistant" / "data"
INTENTS = ("education", "out_of_scope", "smalltalk", "blocked", "clarify", "distress")
_SIGNALS = tuple(f.name for f in fields(Signals) if f.name != "structure")
_STRUCTURE_WEIGHT_IN_SPREADS = 0.5
"""A clause that the conversation points to gains this share of the spread of the best ten scores."""
_SCALE = np.asarray([20.0, 20.0, 5.0, 5.0, 20.0, 5.0])
_FALSE_REFUSALS = 0.05
"""Share of answerable development questions that the floor may refuse."""
_EDUCATION_LOST = 0.004
"""Share of held-out education questions that each early ending may take."""
_CORPUS_SHARE = 0.2
"""Weight of the corpus's own questions against the development rows: they are many, but asking one
with itself left out is harder than asking what somebody else wrote."""


def calibrate(searcher: Searcher, library: Library) -> dict[str, object]:
    """Fit and write all parameters; returns what was measured on the way."""
    lexicon = Lexicon()
    rows = [row for row in load_rows(split="dev") if len(row.turns) == 1]
    report: dict[str, object] = {"fusion": fit_fusion(searcher, library, rows)}
    report["intent"] = fit_intent(searcher, lexicon)
    report["evidence"] = fit_evidence(searcher, library, rows, lexicon)
    report["open_name"] = fit_open_name(searcher)
    report["answerability"] = fit_answerability(searcher, library, rows, lexicon)
    return report


def question_of(row: Row) -> str:
    """The row's last question as the pipeline would search it without a conversation."""
    return boil_down(clean_text(row.turns[-1]))


def fit_fusion(searcher: Searcher, library: Library, rows: Sequence[Row]) -> dict[str, float]:
    """Listwise softmax over each question's candidates; evidence passages are the positives, and no
    signal may count against a passage. `stand_in` is by how much a right passage's questions are nearer
    than it is itself: what a document without lay questions is credited with."""
    groups: list[tuple[Floats, NDArray[np.bool_]]] = []
    for row in rows:
        if row.status != "answered":
            continue
        hits = searcher.search(Query(question_of(row)), top_k=500).hits
        positive = np.asarray([_holds_gold(hit, row, library) for hit in hits])
        if positive.any():
            groups.append((np.asarray([_vector(hit) for hit in hits]) * _SCALE, positive))

    def loss(weights: Floats) -> float:
        total = 0.0
        for candidates, positive in groups:
            scores = candidates @ weights
            exps = np.exp(scores - scores.max())
            total -= np.log(exps[positive].sum() / exps.sum())
        return float(total / len(groups) + 1e-3 * weights @ weights)

    fitted = (
        minimize(loss, np.ones(len(_SIGNALS)), method="L-BFGS-B", bounds=[(0, None)] * len(_SIGNALS)).x
        * _SCALE
    )
    tops = [np.sort(candidates / _SCALE @ fitted)[::-1][:10] for candidates, _ in groups]
    spread = float(np.median([top[0] - top[-1] for top in tops]))
    weights = dict(zip(_SIGNALS, (round(float(w), 3) for w in fitted), strict=True))
    weights["structure"] = round(_STRUCTURE_WEIGHT_IN_SPREADS * spread, 3)
    gold = np.concatenate([candidates[positive] / _SCALE for candidates, positive in groups])
    at = {name: index for index, name in enumerate(_SIGNALS)}
    stand_in = {
        f"{kind}_question": round(float((gold[:, at[f"{kind}_question"]] - gold[:, at[passage]]).mean()), 4)
        for kind, passage in (("dense", "dense_passage"), ("bm25", "bm25"))
    }
    fitted_on = {"fitted_on": len(groups), "weights": weights, "stand_in": stand_in}
    _write(INDEX_DATA / "fusion.json", fitted_on)
    return weights


def fit_intent(searcher: Searcher, lexicon: Lexicon) -> dict[str, float]:
    """Multinomial regression over query vectors; classes weighted by one over the root of their size."""
    texts = [(text, "education") for text, _ in _corpus_questions(searcher)]
    for line in (ASSISTANT_DATA / "intents.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        texts.append((clean_text(row["text"]), row["intent"]))
    vectors = np.asarray([searcher.embed(lexicon.standardise(text)) for text, _ in texts], dtype=np.float64)
    target = np.asarray([INTENTS.index(intent) for _, intent in texts])
    fold = np.random.RandomState(0).randint(0, 5, len(target))
    held_out = np.zeros((len(target), len(INTENTS)))
    for k in range(5):
        held_out[fold == k] = _softmax(
            vectors[fold == k], _fit_softmax(vectors[fold != k], target[fold != k])
        )
    weights = _fit_softmax(vectors, target)
    _write(ASSISTANT_DATA / "intent.json", {"names": INTENTS, "weights": np.round(weights, 3).tolist()})
    limits = {}
    kinds = {"blocked": ["blocked"], "distress": ["distress"], "foreign": list(INTENTS[1:5])}
    for name, summed in kinds.items():
        chances = held_out[target == 0][:, [INTENTS.index(k) for k in summed]].sum(1)
        limits[name] = round(max(0.5, float(np.quantile(chances, 1 - _EDUCATION_LOST))), 3)
    _write_thresholds(limits)
    right = held_out.argmax(1) == target
    return {name: float(right[target == k].mean()) for k, name in enumerate(INTENTS)}


def fit_answerability(
    searcher: Searcher, library: Library, rows: Sequence[Row], lexicon: Lexicon
) -> dict[str, float]:
    """Logistic regression: development rows, and corpus questions with themselves left out."""
    documents = [view.document for i in library.ids() if (view := library.get(i)) is not None]
    period = Period(documents[0].period_start, documents[0].period_end)
    table: list[list[float]] = []
    target: list[int] = []
    wanted = [(question_of(r), int(r.status == "answered"), None) for r in rows if r.status in _JUDGED]
    corpus = _corpus_questions(searcher)
    everything = [*wanted, *((text, int(answered), text) for text, answered in corpus)]
    for text, answered, without in everything:
        found = searcher.search(Query(text, without=without), top_k=20)
        part = SubQuestion(text, found.hits, found.open_matches)
        row_features = features(part, lexicon.standardise(text), period)
        table.append([row_features[name] for name in FEATURES])
        target.append(answered)
    x, y = np.asarray(table), np.asarray(target)
    own = np.arange(len(y)) < len(wanted)
    weight = np.zeros(len(y))
    for source, share in ((own, 1.0), (~own, _CORPUS_SHARE)):
        for kind in (0, 1):  # both classes of a source weigh the same
            chosen = source & (y == kind)
            weight[chosen] = share / max(1, chosen.sum())
    mean, scale = x.mean(0), x.std(0) + 1e-9
    fitted = _fit_logistic((x - mean) / scale, y, weight)
    weights = fitted[:-1] / scale
    bias = float(fitted[-1] - (weights * mean).sum())
    chance = 1 / (1 + np.exp(-(x @ weights + bias)))
    floor = float(np.quantile(chance[own & (y == 1)], _FALSE_REFUSALS))
    named = dict(zip(FEATURES, (round(float(v), 4) for v in weights), strict=True))
    _write(ASSISTANT_DATA / "answerability.json", {"weights": named, "bias": round(bias, 4)})
    _write_thresholds({"answerable": round(floor, 4)})
    return {
        "floor": floor,
        "dev_refused": float((chance[own & (y == 0)] < floor).mean()),
        "corpus_refused": float((chance[~own & (y == 0)] < floor).mean()),
        "corpus_falsely_refused": float((chance[~own & (y == 1)] < floor).mean()),
        **{f"weight_{name}": value for name, value in named.items()},
    }


def fit_evidence(
    searcher: Searcher, library: Library, rows: Sequence[Row], lexicon: Lexicon
) -> dict[str, float]:
    """How many passages to take, and how far below the best: for each mode, the pair with the best sum
    of twice the share of questions whose gold is all found, and the precision of what is taken."""
    groups: dict[str, list[tuple[Row, tuple[Hit, ...]]]] = {mode: [] for mode in _MODES}
    for row in rows:
        if row.status == "answered":
            mode = evidence_mode(lexicon.standardise(question_of(row)), load_cues())
            groups[mode].append((row, searcher.search(Query(question_of(row)), top_k=10).hits))
    limits: dict[str, float] = {}
    for mode, group in groups.items():
        _, ratio, most = max(
            (_evidence_value(group, ratio, most, library), ratio, most)
            for ratio in (0.05, 0.1, 0.2, 0.4)
            for most in (2, 3, 4, 5, 6)
        )
        limits |= {f"evidence_ratio_{mode}": ratio, f"evidence_most_{mode}": most}
    _write_thresholds(limits)
    return limits


def _evidence_value(
    group: Sequence[tuple[Row, tuple[Hit, ...]]], ratio: float, most: int, library: Library
) -> float:
    found, precise = [], []
    for row, hits in group:
        taken = hits[: len(choose(hits, ratio, most))]
        held = [gold for gold in row.gold if any(_holds(hit, gold, library) for hit in taken)]
        found.append(len(held) == len(row.gold))
        precise.append(np.mean([_holds_gold(hit, row, library) for hit in taken]))
    return float(2 * np.mean(found) + np.mean(precise))


def fit_open_name(searcher: Searcher) -> float:
    """The cosine from which on two questions ask the same: nine times in ten the nearest other lay
    question belongs to the same passage. An open question that near may name what is missing."""
    pairs = []
    for _, question in searcher.questions_of(QUESTIONS)[::_EVERY]:
        if isinstance(question, LayQuestion):
            hits = searcher.search(Query(question.text, without=question.text), top_k=500).hits
            nearest = max(hits, key=lambda hit: hit.signals.dense_question)
            pairs.append((nearest.signals.dense_question, nearest.passage.id == question.passage_id))
    pairs.sort(reverse=True)
    same = np.cumsum([own for _, own in pairs]) / np.arange(1, len(pairs) + 1)
    reached = np.nonzero(same >= _SAME_PASSAGE)[0]
    floor = round(pairs[int(reached[-1]) if len(reached) else 0][0], 3)
    _write_thresholds({"open_name": floor})
    return floor


_MODES = ("one", "several", "across")
_SAME_PASSAGE = 0.9
_EVERY = 4
_JUDGED = ("answered", "not_covered")


def _corpus_questions(searcher: Searcher) -> list[tuple[str, bool]]:
    """(text, answered) of every lay and open question in the index."""
    return [
        *((question.text, True) for _, question in searcher.questions_of(QUESTIONS)),
        *((question.text, False) for _, question in searcher.questions_of(OPEN)),
    ]


def _vector(hit: Hit) -> tuple[float, ...]:
    return tuple(astuple(hit.signals)[: len(_SIGNALS)])


def _holds_gold(hit: Hit, row: Row, library: Library) -> bool:
    return any(_holds(hit, gold, library) for gold in row.gold)


def _holds(hit: Hit, gold: Gold, library: Library) -> bool:
    view = library.get(hit.passage.document_id, hit.passage.document_version)
    if view is None:
        return False
    clause = view.clause(gold.clause)
    at = view.document.text.find(gold.quote, clause.start, clause.end) if clause else -1
    return at >= 0 and at < hit.passage.end and hit.passage.start < at + len(gold.quote)


def _fit_softmax(vectors: Floats, target: NDArray[np.int64], penalty: float = 1e-5) -> Floats:
    classes = len(INTENTS)
    x = np.c_[vectors, np.ones(len(vectors))]
    truth = np.eye(classes)[target]
    weight = (1 / np.sqrt(np.bincount(target, minlength=classes)))[target]

    def loss(flat: Floats) -> tuple[float, Floats]:
        w = flat.reshape(-1, classes)
        p = _softmax(vectors, w)
        value = -(weight * np.log((p * truth).sum(1) + 1e-12)).sum() / weight.sum()
        slope = x.T @ (weight[:, None] * (p - truth)) / weight.sum()
        slope[:-1] += 2 * penalty * w[:-1]
        return float(value + penalty * (w[:-1] ** 2).sum()), slope.ravel()

    start = np.zeros(x.shape[1] * classes)
    fitted = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return np.asarray(fitted.x).reshape(-1, classes)


def _softmax(vectors: Floats, weights: Floats) -> Floats:
    logits = np.c_[vectors, np.ones(len(vectors))] @ weights
    exps = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(exps / exps.sum(1, keepdims=True))


def _fit_logistic(x: Floats, y: NDArray[np.int64], weight: Floats, penalty: float = 1e-3) -> Floats:
    """More gap never speaks against an answer, and an absent thing never for one: signs are bound."""
    design = np.c_[x, np.ones(len(x))]
    sign = 2 * y - 1
    signs = [(0, None) if name in SPEAK_FOR else (None, 0) for name in FEATURES]
    bounds = [*signs, (None, None)]

    def loss(w: Floats) -> float:
        return float(
            (weight * np.logaddexp(0, -sign * (design @ w))).sum() / weight.sum() + penalty * w[:-1] @ w[:-1]
        )

    return np.asarray(minimize(loss, np.zeros(design.shape[1]), method="L-BFGS-B", bounds=bounds).x)


def _write_thresholds(changed: dict[str, float]) -> None:
    path = ASSISTANT_DATA / "thresholds.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    _write(path, {**known, **changed})


def _write(path: Path, data: object) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
