"""The intent model: what a message is about."""

import json

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from assistant.answering.documents_meant import DocumentsMeant
from assistant.answering.select import FRONT
from assistant.question.document_topics import INTENT, document_chance
from assistant.question.message import clean_text, focused, understood
from assistant.schema import DocumentTopic
from evals.rows.dataset import DATASETS
from evals.training.fitting import ASSISTANT_DATA, Floats, Origin, digest_of
from evals.training.samples import DAY, Sample, Samples
from evals.training.samples import INTENTS as EXAMPLES
from index.schema import Claim, LayQuestion
from index.text.lexicon import standardise

_ABOUT = DATASETS / "messages" / "about.jsonl"
"""Messages about the assistant itself, by topic, and questions to the documents that resemble them."""
INTENTS = (
    "education", "out_of_scope", "smalltalk", "blocked", "clarify", "distress",
    "about_documents", "about_dates", "about_reach", "about_privacy", "about_operator",
    *(f"document_{topic}" for topic in DocumentTopic),
)  # fmt: skip
_FIRST_ABOUT = INTENTS.index("about_documents")
_FIRST_DOCUMENT = len(INTENTS) - len(DocumentTopic)
_DOCUMENTS = DATASETS / "messages" / "documents.train.jsonl"
"""Messages about a document as a whole, by what they ask, and questions to it that resemble them."""
_EDUCATION_LOST = 0.004
"""Share of held-out education questions that each early ending may take."""
_DOCUMENT_LOST = 0.002
"""The same for answers about a document as a whole, which look like the answer that was wanted."""


def fit_intent(samples: Samples) -> dict[str, float]:
    """Multinomial regression over query vectors; classes weighted by one over the root of their size."""
    # who asks what stands before the outline asks about the document itself
    vectors = [s.part.vector for s in samples.of_corpus if not _is_of_front(s)]
    intents = ["education"] * len(vectors)
    for line in EXAMPLES.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        vector = samples.searcher.embed(standardise(clean_text(row["text"])))
        vectors.append(tuple(vector.tolist()))
        intents.append(row["intent"])
    for line in _ABOUT.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        vector = samples.searcher.embed(standardise(focused(understood(row["text"]))))
        vectors.append(tuple(vector.tolist()))
        intents.append("education" if row["topic"] == "none" else f"about_{row['topic']}")
    meant = DocumentsMeant(samples.library)
    for line in _DOCUMENTS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text = meant.named(focused(understood(row["text"]), samples.vocabulary), DAY).text
        vector = samples.searcher.embed(standardise(text))
        for intent in [f"{INTENT}{topic}" for topic in row["topics"]] or ["education"]:
            vectors.append(tuple(vector.tolist()))
            intents.append(intent)
    given = np.asarray(vectors, dtype=np.float64)
    target = np.asarray([INTENTS.index(intent) for intent in intents])
    fold = np.random.RandomState(0).randint(0, 5, len(target))
    held_out = np.zeros((len(target), len(INTENTS)))
    for k in range(5):
        held_out[fold == k] = _softmax(given[fold == k], _fit_softmax(given[fold != k], target[fold != k]))
    weights = _fit_softmax(given, target)
    origin = Origin(
        samples.searcher.embedder, digest_of([EXAMPLES, _ABOUT, _DOCUMENTS], samples.origin.digest)
    )
    fitted = {"names": INTENTS, "weights": np.round(weights, 3).tolist()}
    origin.write(ASSISTANT_DATA / "intent.json", fitted)
    blocked = INTENTS.index("blocked")
    # whoever means no harm must never be told off: the limit lies half-way from the highest chance that a
    # held-out question of another intent has to certainty, since the next author's may be higher
    highest = _limit(held_out[target != blocked][:, blocked], lost=0.0)
    limits = {"blocked": round((1 + highest) / 2, 3)}
    kinds = {
        "distress": ["distress"],
        "foreign": list(INTENTS[1:5]),
        "about": list(INTENTS[_FIRST_ABOUT:_FIRST_DOCUMENT]),
    }
    for name, summed in kinds.items():
        chances = held_out[target == 0][:, [INTENTS.index(k) for k in summed]].sum(1)
        # help lines too many cost less than too few: they need not be the likeliest
        limits[name] = _limit(chances, _EDUCATION_LOST, least=0.0 if name == "distress" else 0.5)
    about = held_out[:, _FIRST_ABOUT:_FIRST_DOCUMENT].sum(1)
    document = np.asarray([document_chance(dict(zip(INTENTS, row, strict=True))) for row in held_out])
    limits["document"] = _limit(document[target == 0], _DOCUMENT_LOST)
    samples.origin.write_thresholds(limits)
    right = held_out.argmax(1) == target
    shares = {name: float(right[target == k].mean()) for k, name in enumerate(INTENTS)}
    of_assistant = (target >= _FIRST_ABOUT) & (target < _FIRST_DOCUMENT)
    distress = INTENTS.index("distress")
    return {
        **shares,
        "distress_found": float((held_out[target == distress][:, distress] >= limits["distress"]).mean()),
        "about_ended": float((about[of_assistant] >= limits["about"]).mean()),
        "document_ended": float((document[target >= _FIRST_DOCUMENT] >= limits["document"]).mean()),
        "blocked_ended": float((held_out[target == blocked][:, blocked] >= limits["blocked"]).mean()),
    }


def _is_of_front(sample: Sample) -> bool:
    if not isinstance(sample.source, LayQuestion | Claim):
        return False
    return sample.source.passage_id.partition("#")[2].partition(":")[0] in FRONT


def _limit(chances: Floats, lost: float, least: float = 0.5) -> float:
    """The chance, not below `least`, that at most a share `lost` of `chances` reaches."""
    above = np.nextafter(float(np.quantile(chances, 1 - lost)), 1.0)
    return float(np.ceil(max(least, above) * 1000) / 1000)


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
