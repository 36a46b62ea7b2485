"""Fifth step: the message split into the things asked, and a search for each."""

import re
from dataclasses import replace

import numpy as np

from assistant.cues import load_cues
from assistant.schema import SubQuestion, Turn
from index.search import Query, Searcher
from index.tokens import Lexicon
from index.vectors import Vectors

_QUESTION = re.compile(r"[^？?。！!；;]+[？?]+")
_MIN_PART = 7
"""Characters that a question of its own has at least; shorter ones belong to the one before."""
_MAX_PARTS = 3
_STRETCH = re.compile(r"[，,。；;：:?？!！]|(?:一是|二是|另外)")
_MIN_STRETCH = 6
_TAG = re.compile(r"(?:是吧|对吧|对不对|是不是|要得不|行不行|好不好|可以不|是吗|对吗|真的吗|真的假的)[？?]+$")


class Retrieve:
    """Sets `parts`, each with its hits and the open questions near to it."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher
        self._lexicon = Lexicon()

    def __call__(self, turn: Turn) -> Turn:
        """One search for the whole question, and one a part where it asks several things."""
        if turn.draft is not None:
            return turn
        whole = self._search(turn.standalone, turn, turn.vector)
        parts = split_questions(turn.standalone)
        if len(parts) > 1:
            return replace(turn, parts=(whole, *(self._search(part, turn) for part in parts)))
        if load_cues().several.search(self._lexicon.standardise(turn.standalone)):
            stretches = aspects(turn.standalone)
            return replace(turn, parts=(whole, *(self._search(s, turn, aspect=True) for s in stretches)))
        return replace(turn, parts=(whole,))

    def _search(
        self, text: str, turn: Turn, vector: tuple[float, ...] | None = None, aspect: bool = False
    ) -> SubQuestion:
        query = Query(text, turn.prefer, turn.editions)
        own = np.asarray(vector, dtype=np.float32) if vector else self._embed(text)
        found = self._searcher.search(query, own)
        near = (found.hits, found.open_matches, found.lay_matches)
        return SubQuestion(text, tuple(own.tolist()), *near, aspect=aspect)

    def _embed(self, text: str) -> Vectors:
        return self._searcher.embed(self._lexicon.standardise(text))


def aspects(text: str) -> list[str]:
    """What one question with several aspects asks one by one.

    Where it names several words of a class (小学和高中), the question with each of them alone; else its
    stretches between punctuation marks, where they say enough.
    """
    for words_of_class in load_cues().slots:
        named: list[str] = []
        for word in words_of_class:  # longest first: 普通高中 before 高中
            if word in text and not any(word in longer for longer in named):
                named.append(word)
        if len(named) > 1:
            return [_only(text, word, named) for word in named[:_MAX_PARTS]]
    stretches = [part.strip() for part in _STRETCH.split(text)]
    stretches = [part for part in stretches if len(re.sub(r"\W", "", part)) >= _MIN_STRETCH]
    return stretches[-_MAX_PARTS:] if len(stretches) > 1 else []


def _only(text: str, word: str, named: list[str]) -> str:
    for other in named:
        if other != word:
            text = re.sub(rf"[、和与跟及]{re.escape(other)}|{re.escape(other)}[、和与跟及]?", "", text)
    return text


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
