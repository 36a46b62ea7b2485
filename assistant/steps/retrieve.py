"""Fifth step: the message split into the things asked, and a search for each."""

import re
from dataclasses import replace

import numpy as np

from assistant.cues import load_cues
from assistant.schema import SubQuestion, Turn
from index.search import Query, Searcher

_QUESTION = re.compile(r"[^？?。！!；;]+[？?]+")
_MIN_PART = 7
"""Characters that a question of its own has at least; shorter ones belong to the one before."""
_MAX_PARTS = 4
_TAG = re.compile(r"(?:是吧|对吧|对不对|是不是|要得不|行不行|好不好|可以不|是吗|对吗|真的吗|真的假的)[？?]+$")


class Retrieve:
    """Sets `parts`, each with its hits and the open questions near to it."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher

    def __call__(self, turn: Turn) -> Turn:
        """One search for the whole question, and one a part where it asks several things."""
        if turn.draft is not None:
            return turn
        whole = self._search(turn.standalone, turn, turn.vector)
        parts = split_questions(turn.standalone)
        if len(parts) < 2:
            return replace(turn, parts=(whole,))
        return replace(turn, parts=(whole, *(self._search(part, turn, None) for part in parts)))

    def _search(self, text: str, turn: Turn, vector: tuple[float, ...] | None) -> SubQuestion:
        query = Query(text, turn.prefer, turn.documents)
        given = np.asarray(vector, dtype=np.float32) if vector else None
        found = self._searcher.search(query, given)
        return SubQuestion(text, found.hits, found.open_matches)


def split_questions(text: str) -> list[str]:
    """The separate questions in `text`, in order; one element where it asks one thing."""
    found = [q.strip(" ，,") for q in _QUESTION.findall(text)]
    parts: list[str] = []
    for question in found:
        content = re.sub(r"\W", "", question)
        elliptic = len(content) < _MIN_PART or load_cues().reference_start.match(question)
        if parts and (elliptic or _TAG.fullmatch(question)):
            parts[-1] = f"{parts[-1]}{question}" if _TAG.search(question) else f"{parts[-1]}，{question}"
        else:
            parts.append(question)
    return parts[:_MAX_PARTS]
