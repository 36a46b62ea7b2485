"""Whether the documents treat a thing that a message only names.

Fitted on bare topics over the plan (`evals/datasets/messages/topics.dev.jsonl`), and on short examples of
small talk, misuse, other matters and messages that cannot be understood, which name nothing that is treated.
"""

import json
import math

import numpy as np

from assistant.answering.decision import TOPIC_FEATURES, DecisionModel, topic_features
from assistant.fitted import thresholds
from assistant.question.intent import intent_model
from assistant.question.message import clean_text, understood
from assistant.question.topics import names_thing
from assistant.reading.reader import reader
from evals.rows.dataset import DATASETS
from evals.rows.reading_rows import PLAN, Label, ReadingRow
from evals.training.fitting import ASSISTANT_DATA, Origin, area_under_curve, digest_of, fit_logistic
from evals.training.judged_rows import judged_rows
from evals.training.samples import INTENTS, Samples
from index.search.searcher import Searcher
from index.text.lexicon import standardise

TOPICS = DATASETS / "messages" / "topics.dev.jsonl"
_EXAMPLES, _TOPICS = "intents", "topics"
_NOTHING = ("smalltalk", "blocked", "clarify", "out_of_scope")
_EXAMPLES_SHARE = 0.5
"""What the examples count beside the topics that are not treated."""
_FLOOR = 0.5


def fit_topics(samples: Samples) -> dict[str, float]:
    """Treated and other topics count the same. The area under the curve and the shares are of topics left out
    of the fit one by one."""
    own = reader()
    limit = max(thresholds()["foreign"], _highest(samples.searcher))
    samples.origin.write_thresholds({"foreign_topic": limit})
    thresholds.cache_clear()  # the rows are asked under it
    rows = list(judged_rows(samples.library, samples.searcher, _rows(), own))
    table = [topic_features(row.read) for row in rows]
    x = np.asarray([[features[name] for name in TOPIC_FEATURES] for features in table])
    y = np.asarray([row.answerable for row in rows])
    topic = np.asarray([row.author == _TOPICS for row in rows])
    weight = np.where(topic, 1.0, _EXAMPLES_SHARE)
    for chosen in (y, topic & ~y, ~topic):
        weight[chosen] /= max(1, chosen.sum())
    fitted = fit_logistic(x, y, weight, 1e-3, [(0, None)] * len(TOPIC_FEATURES))
    weights = dict(zip(TOPIC_FEATURES, (round(float(v), 4) for v in fitted), strict=False))
    model = DecisionModel(weights, round(float(fitted[-1]), 4), _FLOOR)
    origin = Origin(
        samples.searcher.embedder, digest_of([TOPICS, INTENTS], samples.origin.digest, own.identifier)
    )
    origin.write(
        ASSISTANT_DATA / "topics.json",
        {"reader": own.identifier, "weights": weights, "bias": model.bias, "floor": model.floor},
    )
    held = np.zeros(len(y))
    for at in np.flatnonzero(topic):
        kept = np.arange(len(y)) != at
        without = fit_logistic(x[kept], y[kept], weight[kept], 1e-3, [(0, None)] * len(TOPIC_FEATURES))
        held[at] = x[at] @ without[:-1] + without[-1]
    chance = np.asarray([model.chance(features) for features in table])
    return {
        "foreign_topic": limit,
        "auc": area_under_curve(held[y], held[topic & ~y]),
        "treated_refused": float((held[y] < 0).mean()),
        "others_answered": float((held[topic & ~y] >= 0).mean()),
        "examples_answered": float((chance[~topic] >= _FLOOR).mean()),
        **{f"weight_{name}": value for name, value in weights.items()},
    }


def _highest(searcher: Searcher) -> float:
    """The least chance, in thousandths, of being no question for the documents that no treated topic has."""
    highest = 0.0
    for line in TOPICS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["quotes"]:
            vector = searcher.embed(standardise(clean_text(row["text"])))
            chance = intent_model().probabilities(vector.tolist())
            highest = max(highest, sum(chance[name] for name in _NOTHING))
    return math.floor(highest * 1000 + 1) / 1000


def _rows() -> list[ReadingRow]:
    found = []
    for line in TOPICS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        label = Label.ANSWERABLE if row["quotes"] else Label.UNANSWERABLE
        found.append(ReadingRow(row["text"], _TOPICS, PLAN, row["text"], label))
    for line in INTENTS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["intent"] in _NOTHING and names_thing(understood(row["text"])):
            found.append(ReadingRow(row["text"], _EXAMPLES, PLAN, row["text"], Label.UNANSWERABLE))
    return found
