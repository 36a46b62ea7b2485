"""What is fitted on top of the reader: in which order passages answer, and whether any does.

Fitted on rows of authors whom the reader never saw: twins over the plan, the plan's development rows, and,
where they lie beside the checkout, another author's rows over the plan and two authors' over statutes.
"""

import json
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from assistant.answering.decision import FEATURES, DecisionModel, decision_features
from assistant.answering.read import READ, Order
from assistant.eval_rows.row import Row
from assistant.reading.reader import Reader, reader
from evals.rows.reading_rows import BESIDE, PLAN, TWINS, Label, Quote, ReadingRow, read_rows
from evals.rows.table_rows import AUTHOR as TABLES
from evals.rows.table_rows import table_rows
from evals.training.fitting import ASSISTANT_DATA, Floats, Origin, area_under_curve, digest_of, fit_logistic
from evals.training.judged_rows import JudgedRow, judged_rows, ordered_anew
from evals.training.samples import INTENTS, Samples

_PLAN, _STATUTES = ("V1", "p3", "dev"), ("V2", "l4")
"""Authors of whom nothing is learned elsewhere, by what they are asked over."""
_FOREIGN = "foreign"
"""Author of messages that are no questions for the documents."""
_FOREIGN_SHARE = 1.0
"""What they count beside another author's near-misses."""
_ENDINGS = ("out_of_scope", "smalltalk", "clarify")
_FALSE_REFUSALS = 0.06
"""Share of the answerable questions that the floor may refuse."""
_COMPARED = 0.05
"""The same, where authors are compared."""
_FOR, _AGAINST = {"mass", "density", "near"}, {"year", "foreign", "away"}
"""Features that can only speak for an answer, and against one."""


def fit_decision(samples: Samples) -> dict[str, float]:
    """Order and decision; each source counts the same, and in it what is answerable and what is not. Areas
    under the curve and shares refused are those of authors left out of the decision's fit one by one;
    `served` shares are those at the floor, with them."""
    own = reader()
    rows = list(_rows(samples, own))
    order = _order([row for row in rows if row.answerable and row.holds_gold()])
    kept = [row for row in rows if not row.answerable or row.holds_gold()]
    table = [decision_features(ordered_anew(row.read, order), row.foreign) for row in kept]
    x = np.asarray([[features[name] for name in FEATURES] for features in table])
    y = np.asarray([row.answerable for row in kept])
    authors = np.asarray([row.author for row in kept])
    fitted = _fit(x, y, authors)
    weights = dict(zip(FEATURES, (round(float(v), 4) for v in fitted), strict=False))
    model = DecisionModel(weights, round(float(fitted[-1]), 4), 0.0)
    chance = np.asarray([model.chance(features) for features in table])
    floor = round(float(np.quantile(chance[y], _FALSE_REFUSALS)), 4)
    files = [*TWINS.glob("*.jsonl"), *BESIDE.glob("*.jsonl")]
    origin = Origin(samples.searcher.embedder, digest_of(files, samples.origin.digest, own.identifier))
    origin.write(
        ASSISTANT_DATA / "reading.json",
        {"reader": own.identifier, "order": {"answers": order.answers, "search": order.search},
         "weights": weights, "bias": model.bias, "floor": floor},
    )  # fmt: skip
    report = {"answers": order.answers, "search": order.search, "floor": floor}
    report["foreign_answered"] = float((chance[authors == _FOREIGN] >= floor).mean())
    report |= {f"weight_{name}": value for name, value in weights.items()}
    for author in sorted(set(authors) - {_FOREIGN}):
        own_rows = authors == author
        without = _fit(x[~own_rows], y[~own_rows], authors[~own_rows])
        held = x[own_rows] @ without[:-1] + without[-1]
        can = y[own_rows]
        report |= {
            f"{author}_auc": area_under_curve(held[can], held[~can]),
            f"{author}_refused": float((held[~can] < np.quantile(held[can], _COMPARED)).mean()),
            f"{author}_served_falsely": float((chance[own_rows & y] < floor).mean()),
            f"{author}_served_refused": float((chance[own_rows & ~y] < floor).mean()),
            f"{author}_first": _first(rows, author, order),
            f"{author}_ten": float(
                np.mean([r.holds_gold() for r in rows if r.author == author and r.answerable])
            ),
        }
    return report


def _rows(samples: Samples, own: Reader) -> Iterator[JudgedRow]:
    rows = [*read_rows(TWINS), *read_rows(BESIDE), *map(_of_dev, samples.rows), *_of_intents()]
    if samples.tables is not None:
        rows += table_rows(samples.tables.library, "train")
    for opened, authors in (
        (samples, (*_PLAN, _FOREIGN)),
        (samples.statutes, (*_STATUTES, _FOREIGN)),
        (samples.tables, (TABLES, _FOREIGN)),
    ):
        if opened is not None:
            wanted = [row for row in rows if row.author in authors]
            yield from judged_rows(opened.library, opened.searcher, wanted, own)


def _of_dev(row: Row) -> ReadingRow:
    """A development row as one that is read."""
    can, cannot = Label.ANSWERABLE, Label.UNANSWERABLE
    foreign = row.status in _ENDINGS
    label = {"answered": can, "not_covered": cannot}.get(row.status, cannot if foreign else Label.CLAIMED)
    author = _FOREIGN if foreign else "dev"
    gold = tuple(Quote(gold.quote) for gold in row.gold)
    return ReadingRow(row.id, author, PLAN, row.turns[-1], label, gold=gold)


def _of_intents() -> Iterator[ReadingRow]:
    for line in INTENTS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["intent"] in _ENDINGS:
            yield ReadingRow(row["text"], _FOREIGN, PLAN, row["text"], Label.UNANSWERABLE)


def _order(rows: Sequence[JudgedRow]) -> Order:
    """Listwise softmax over the passages that were read; those with gold are the positives."""
    groups = []
    for row in rows:
        near = row.read.searched.hits[:READ]
        scores = [(row.read.readings[hit.passage.id].answers, hit.score) for hit in near]
        groups.append((np.asarray(scores), np.asarray([hit.passage.id in row.gold for hit in near])))

    def loss(weights: Floats) -> float:
        total = 0.0
        for scores, right in groups:
            each = scores @ weights
            total += np.logaddexp.reduce(each) - np.logaddexp.reduce(each[right])
        return float(total / len(groups))

    found = minimize(loss, np.ones(2), method="L-BFGS-B", bounds=[(0, None)] * 2).x
    return Order(*(round(float(weight), 4) for weight in found))


def _fit(x: Floats, y: NDArray[np.bool_], authors: NDArray[np.str_]) -> Floats:
    weight = np.zeros(len(y))
    for author in set(authors):
        for kind in (False, True):
            chosen = (authors == author) & (y == kind)
            weight[chosen] = (_FOREIGN_SHARE if author == _FOREIGN else 1.0) / max(1, chosen.sum())
    signs = [(0 if name in _FOR else None, 0 if name in _AGAINST else None) for name in FEATURES]
    return fit_logistic(x, y, weight, 1e-3, signs)


def _first(rows: Sequence[JudgedRow], author: str, order: Order) -> float:
    """Share of the author's answerable questions whose best passage holds gold."""
    own = [row for row in rows if row.author == author and row.answerable]
    first = [ordered_anew(row.read, order).part.hits[0].passage.id in row.gold for row in own]
    return float(np.mean(first))
