"""The vector of what is asked, by which it is judged and searched."""

import numpy as np

from assistant.schema import Question
from index.search.searcher import Searcher


def query_vector(searcher: Searcher, question: Question) -> tuple[float, ...]:
    """Of unit length; of a follow-up what is new counts as much as the whole. The searcher keeps the vectors
    that it made last, so that asking again costs nothing."""
    vector = searcher.embed(question.standard)
    if question.addition:
        vector = vector + searcher.embed(question.addition)
        vector = vector / np.linalg.norm(vector)
    return tuple(vector.tolist())
