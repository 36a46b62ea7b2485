"""From which cosine on two questions ask the same."""

import numpy as np

from evals.training.samples import Samples
from index.schema import LayQuestion

_SAME_PASSAGE = 0.9


def fit_open_name(samples: Samples) -> dict[str, float]:
    """The cosine from which on two questions ask the same: nine times in ten the nearest other lay
    question belongs to the same passage. An open question that near may name what is missing."""
    pairs = []
    for sample in samples.of_corpus:
        if isinstance(sample.source, LayQuestion) and sample.part.lay_matches:
            nearest = sample.part.lay_matches[0]
            pairs.append((nearest.similarity, nearest.question.passage_id == sample.source.passage_id))
    pairs.sort(reverse=True)
    same = np.cumsum([own for _, own in pairs]) / np.arange(1, len(pairs) + 1)
    reached = np.nonzero(same >= _SAME_PASSAGE)[0]
    floor = round(pairs[int(reached[-1]) if len(reached) else 0][0], 3)
    samples.origin.write_thresholds({"open_name": floor})
    return {"open_name": floor}
