"""The message split into the things asked, and a search for each."""

import re
from dataclasses import replace

import numpy as np

from assistant.question.patterns import load_patterns
from assistant.schema import Evidence, SubQuestion, Turn
from index.encoder.embedder import Vectors
from index.search.searcher import Query, Searcher
from index.text.lexicon import standardise

_QUESTION = re.compile(r"[^？?。！!；;]+[？?]+")
_MIN_PART = 7
"""Characters that a question of its own has at least; shorter ones belong to the one before."""
_MAX_PARTS = 3
_MAX_ASPECTS = 6
_STRETCH = re.compile(r"[，,。；;：:?？!！—\s]+|(?:一是|二是|另外|还有|以及|顺便)")
_MIN_STRETCH = 4
_ITEMS = re.compile(r"\w{1,7}(?:、\w{1,7})+")
_TAG = re.compile(r"(?:是吧|对吧|对不对|是不是|要得不|行不行|好不好|可以不|是吗|对吗|真的吗|真的假的)[？?]+$")


class Retrieve:
    """Sets `evidence`: parts, each with its hits and the open questions near to it."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher

    def __call__(self, turn: Turn) -> Turn:
        """One search for the whole message, one a question where it holds several, and one an aspect where
        it asks about several things at once."""
        asked = turn.question
        vector = np.asarray(asked.vector, dtype=np.float32)
        whole = self._found(turn, asked.standard, vector, words=asked.addition)
        questions = split_questions(asked.standalone)
        questions = questions if len(questions) > 1 else []
        several = questions or load_patterns().asks_several(asked.standard)
        named = [text for text in aspects(asked.standalone) if text not in questions] if several else []
        texts = [standardise(text) for text in (*questions, *named)]
        parts = [
            self._found(turn, text, vector, aspect=index >= len(questions))
            for index, (text, vector) in enumerate(zip(texts, self._searcher.embed_all(texts), strict=True))
        ]
        return replace(turn, evidence=Evidence(whole, tuple(parts)))

    def _found(
        self, turn: Turn, text: str, vector: Vectors, words: str = "", aspect: bool = False
    ) -> SubQuestion:
        query = Query(text, words, turn.question.prefer, turn.request.editions)
        found = self._searcher.search(query, vector)
        near = (found.hits, found.open_matches, found.lay_matches, found.claim_matches)
        return SubQuestion(words or text, tuple(vector.tolist()), *near, aspect=aspect)


def aspects(text: str) -> list[str]:
    """What one message with several aspects asks one by one.

    Where it names several words of a class (小学和高中) or lists things (身体、艺术、品德), the message
    with each of them alone; and its stretches between punctuation marks, where they say enough, the last
    first.
    """
    found: list[str] = []
    for words_of_class in load_patterns().slots:
        named: list[str] = []
        for word in words_of_class:  # longest first: 普通高中 before 高中
            if word in text and not any(word in longer for longer in named):
                named.append(word)
        if len(named) > 1:
            found += [_only(text, word, named) for word in named[:_MAX_PARTS]]
    if listed := _ITEMS.search(text):
        found += [text.replace(listed.group(), item) for item in listed.group().split("、")[:_MAX_PARTS]]
    stretches = [part.strip() for part in _STRETCH.split(text)]
    stretches = [part for part in stretches if len(re.sub(r"\W", "", part)) >= _MIN_STRETCH]
    found += stretches[::-1] if len(stretches) > 1 else []  # what is asked stands last
    return list(dict.fromkeys(found))[:_MAX_ASPECTS]


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
        elliptic = len(content) < _MIN_PART or load_patterns().reference_start.match(question)
        if parts and (elliptic or _TAG.fullmatch(question)):
            parts[-1] = f"{parts[-1]}{question}" if _TAG.search(question) else f"{parts[-1]}，{question}"
        else:
            parts.append(question)
    return parts[:_MAX_PARTS]
