"""A message's asked parts as they are searched, and the aspects of one that asks about several things."""

import re

from assistant.question.asked import asked_model
from assistant.question.clauses import clauses
from assistant.question.patterns import SENTENCE, Asked, load_patterns
from assistant.schema import AskedPart, Question
from index.text.lexicon import standardise

_MAX_PARTS = 4
_MAX_ASPECTS = 6
_MAX_ITEMS = 3
_SHOWN = 30
"""Characters of a part up to which it is named whole."""
_LISTED = "、"
_MIN_PART = 6
"""Characters of a question between list marks that is one of its own."""
_STRETCH = re.compile(r"[，,。；;：:?？!！—\s]+|(?:一是|二是|另外|还有|以及|顺便)")
_MIN_STRETCH = 4
_LITTLE = 1
"""Characters besides question words up to which a stretch has no subject."""
_LEANING = 4
"""The same up to which its subject may stand before it."""
_ROOM = 90
"""Characters of a question with what leads up to it."""
_ITEMS = re.compile(r"\w{1,7}(?:、\w{1,7})+")
_SHARED = re.compile(r"分别|各(?!种|类|位|级|地|方|项|行|界|科)|都|这[两几三四]|[两几三四]样")


def split_parts(question: Question, vocabulary: frozenset[str]) -> list[tuple[str, str]]:
    """For each thing asked the asker's words, and what is searched for it. What names a thing and leaves the
    asking to the last part (国家级的、市级的，分别建多少) is searched with that; what has no subject
    (文件怎么 规定的) is no part of its own."""
    if not question.parts:
        return []
    begins = [told_start(part, question, vocabulary) for part in question.parts]
    texts = [question.clean[at : part.end] for at, part in zip(begins, question.parts, strict=True)]
    listed = [
        piece for part, text in zip(question.parts, texts, strict=True) for piece in _listed(part, text)
    ]
    pieces = _with_subjects(listed)[:_MAX_PARTS]
    if pieces and leans(pieces[0][0]):
        before = question.clean[: begins[0]]
        pieces[0] = with_context(pieces[0][0], before, vocabulary), pieces[0][1]
    kinds = [load_patterns().asked(standardise(text)) for text, _ in pieces]
    if len(pieces) > 1 and kinds[-1] is not Asked.OTHER and _SHARED.search(pieces[-1][1]):
        tail = pieces[-1][1]
        return [
            (core, f"{text}，{tail}" if kind is Asked.OTHER else text)
            for (text, core), kind in zip(pieces, kinds, strict=True)
        ]
    return [(core, text) for text, core in pieces]


def shown_words(part: AskedPart) -> str:
    """The part as it is named to the asker: whole where it is short, else what asks."""
    return part.text if len(part.text) <= _SHOWN else part.core


def without_tags(text: str) -> str:
    """`text` without the clauses that only ask whether what stands before them is so (真的假的): they
    name nothing."""
    found = clauses(text)
    for at in range(len(found) - 1, 0, -1):
        if load_patterns().is_tag(standardise(found[at].text)):
            text = text[: found[at - 1].end] + text[found[at].end :]
    return text


def told_start(part: AskedPart, question: Question, vocabulary: frozenset[str]) -> int:
    """Where the part begins with the clauses before it that tell of the documents' matters in the same
    sentence (屋头穷得很，娃儿读书有补助没得), as far as they fit."""
    start = part.start
    for clause in reversed(clauses(question.clean)):
        if clause.end > start:
            continue
        if clause.ends_sentence or clause.text not in question.told or part.end - clause.start > _ROOM:
            break
        if not asked_model().is_topical(clause.text, vocabulary):
            break
        start = clause.start
    return start


def _listed(part: AskedPart, text: str) -> list[tuple[str, str]]:
    """The part, led by what it needs as `text`, and its core, cut at list marks where each piece asks by
    itself."""
    pieces = [piece.strip() for piece in part.text.split(_LISTED)]
    if len(pieces) > 1 and all(_asks_alone(piece) for piece in pieces):
        return [(piece, piece) for piece in pieces]
    return [(text, shown_words(part))]


def _with_subjects(pieces: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Pieces without a subject join the one before, at the beginning the one after."""
    found: list[tuple[str, str]] = []
    waiting = ""
    for text, core in pieces:
        if has_subject(core) and not (found and load_patterns().alternative.match(core)):
            found.append((f"{waiting}{text}", core))
            waiting = ""
        elif found:
            found[-1] = (f"{found[-1][0]}，{text}", found[-1][1])
        else:
            waiting += f"{text}，"
    return found or [(waiting.rstrip("，"), waiting.rstrip("，"))]


def has_subject(text: str) -> bool:
    """`text` speaks of something besides question words and documents as such."""
    return _subject_length(text) > _LITTLE


def leans(text: str) -> bool:
    """What `text` is about stands before it, wholly or in part: it points back (这, 那种, 它), or hardly
    names
    anything."""
    return load_patterns().pointing.search(text) is not None or _subject_length(text) <= _LEANING


def with_context(text: str, before: str, vocabulary: frozenset[str]) -> str:
    """`text` led by as many of the last sentences `before` it as fit and are about the documents' matters, no
    courtesy and no other story."""
    for sentence in reversed(SENTENCE.findall(before)):
        if len(text) + len(sentence) > _ROOM:
            break
        if asked_model().is_topical(sentence, vocabulary):
            text = sentence + text
    return text


def _subject_length(text: str) -> int:
    """Characters of `text` besides question words, words for documents and function words."""
    patterns = load_patterns()
    text = standardise(text)
    for _, pattern in patterns.asks:
        text = pattern.sub("", text)
    text = patterns.function_words.sub("", patterns.meta.sub("", text))
    return sum(char.isalnum() for char in text)


def _asks_alone(piece: str) -> bool:
    return len(piece) >= _MIN_PART and load_patterns().asked(standardise(piece)) is not Asked.OTHER


def aspects(text: str) -> list[str]:
    """What one question with several aspects asks one by one.

    Where it names several words of a class (小学和高中) or lists things (身体、艺术、品德), the question
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
            found += [_only(text, word, named) for word in named[:_MAX_ITEMS]]
    if listed := _ITEMS.search(text):
        found += [text.replace(listed.group(), item) for item in listed.group().split("、")[:_MAX_ITEMS]]
    stretches = [part.strip() for part in _STRETCH.split(text)]
    stretches = [part for part in stretches if len(re.sub(r"\W", "", part)) >= _MIN_STRETCH]
    found += stretches[::-1] if len(stretches) > 1 else []  # what is asked stands last
    return list(dict.fromkeys(found))[:_MAX_ASPECTS]


def _only(text: str, word: str, named: list[str]) -> str:
    for other in named:
        if other != word:
            text = re.sub(rf"[、和与跟及]{re.escape(other)}|{re.escape(other)}[、和与跟及]?", "", text)
    return text
