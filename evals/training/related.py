"""From which nearness on a clause may be shown beside a refusal as one of the same matter."""

import numpy as np

from evals.training.samples import Sample, Samples

_SHOWN = 0.05
"""Share of questions about other matters beside which a clause may still be shown."""


def fit_related(samples: Samples) -> dict[str, float]:
    """The floor under the nearness of the best sentence's questions: what questions about other matters reach
    seldom. `near_misses` is the share of unanswerable questions about the document's own matters that
    reach it."""
    foreign = [_nearness(samples, s) for s in samples.of_rows() if s.row and s.row.status == "out_of_scope"]
    foreign += [_nearness(samples, s) for s in samples.of_intents("out_of_scope")]
    own = [_nearness(samples, s) for s in samples.of_rows() if s.row and s.row.status == "not_covered"]
    own += [_nearness(samples, s) for s in samples.of_messages() if not s.answered]
    floor = round(float(np.quantile(foreign, 1 - _SHOWN)), 4)
    samples.origin.write_thresholds({"related": floor})
    return {
        "related": floor,
        "near_misses": float((np.asarray(own) >= floor).mean()),
        "foreign_n": len(foreign),
    }


def _nearness(samples: Samples, sample: Sample) -> float:
    read = samples.read(sample.part, sample.text)
    return max((hit.signals.dense_question for hit in read.part.hits[:3]), default=0.0) if read else 0.0
