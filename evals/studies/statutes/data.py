"""The statutes benchmark as data: articles in their texts to embed, questions, folds.

Articles come from `articles.jsonl.gz`, lay people's questions with their gold articles from
`questions.dev.jsonl` (STARD, Su et al., 2024, arXiv:2406.15313).
"""

import gzip
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

STATUTES = Path(__file__).resolve().parents[4] / "shared" / "bench" / "statutes"
"""Beside the checkout; the benchmark is not part of it."""

ENCODER_SAW = 0.7
"""Of the questions, in the order of their file, how many the encoder learned from."""
FOLDS = 5
_PIECE = 240
"""Characters of one text to embed; nine articles in ten are shorter."""
_PIECES = 12
"""Pieces of one article; what is longer is a table of rates or an annex."""
_NUMBER = re.compile(r"^\s*第[一二三四五六七八九十百千零〇]+[编分章节]+\s*")
_NEXT_HEADING = re.compile(r"(?:\s*\n\s*第[一二三四五六七八九十百千零〇]+[编章节][^\n。，；]{0,40})+\s*$")
_SENTENCE = re.compile(r"[^\n。；;]+[\n。；;]*")


@dataclass(frozen=True, slots=True)
class StatuteArticle:
    """One article of a statute."""

    id: str
    law: str
    chapter: str
    section: str
    number: str
    text: str
    """Without the heading of the next chapter, which the source sometimes left at the end."""

    @property
    def title(self) -> str:
        """The law with the names of chapter and section, without their numbers."""
        names = (_NUMBER.sub("", heading).replace(" ", "") for heading in (self.chapter, self.section))
        return " ".join(part for part in (self.law, *names) if part)


@dataclass(frozen=True, slots=True)
class Question:
    """A lay question and the positions of the articles that answer it."""

    id: str
    text: str
    gold: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """All articles, and the development questions."""

    articles: tuple[StatuteArticle, ...]
    questions: tuple[Question, ...]


def load_benchmark(directory: Path = STATUTES) -> Benchmark:
    """Read both files. Raises OSError where they are missing, ValueError where a gold article is."""
    articles = []
    with gzip.open(directory / "articles.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            text = _NEXT_HEADING.sub("", row["text"]).strip() or row["text"]
            articles.append(
                StatuteArticle(
                    row["id"], row["law"], row["chapter"] or "", row["section"] or "", row["article"], text
                )
            )
    at = {article.id: position for position, article in enumerate(articles)}
    questions = []
    for line in (directory / "questions.dev.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        unknown = [gold for gold in row["gold"] if gold not in at]
        if unknown:
            raise ValueError(f"question {row['id']}: no article {unknown[0]}")
        gold = tuple(sorted({at[gold] for gold in row["gold"]}))
        questions.append(Question(str(row["id"]), row["question"], gold))
    return Benchmark(tuple(articles), tuple(questions))


def split_text(text: str, size: int = _PIECE) -> tuple[str, ...]:
    """`text` in pieces of whole sentences of about equal length, none much over `size` characters."""
    if len(text) <= size * 1.25:
        return (text,)
    target = len(text) / -(-len(text) // size)
    pieces, piece = [], ""
    for sentence in _SENTENCE.findall(text):
        if piece and len(piece) + len(sentence) / 2 > target:
            pieces.append(piece)
            piece = ""
        piece += sentence
        while len(piece) > 2 * size:  # a table without sentence marks
            pieces.append(piece[:size])
            piece = piece[size:]
    return (*pieces, piece)[:_PIECES] if piece else tuple(pieces)[:_PIECES]


def passages(articles: Sequence[StatuteArticle]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Texts to embed, each after the names of its law, chapter and section, and for each the position of
    its article."""
    texts: list[str] = []
    owner: list[int] = []
    for position, article in enumerate(articles):
        for piece in split_text(article.text):
            texts.append(f"{article.title} {piece.strip()}")
            owner.append(position)
    return tuple(texts), np.asarray(owner, dtype=np.int64)


def make_folds(questions: Sequence[Question], folds: int = FOLDS) -> NDArray[np.int64]:
    """A fold for each question; questions that share a gold article, directly or through others, share
    their fold. Groups go to the fold that is smallest so far, the largest first, ties in a seeded order."""
    parent = list(range(len(questions)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    first: dict[int, int] = {}
    for at, question in enumerate(questions):
        for gold in question.gold:
            parent[root(at)] = root(first.setdefault(gold, at))
    groups: dict[int, list[int]] = {}
    for at in range(len(questions)):
        groups.setdefault(root(at), []).append(at)
    shuffled = list(groups.values())
    np.random.RandomState(0).shuffle(shuffled)
    fold = np.zeros(len(questions), dtype=np.int64)
    sizes = [0] * folds
    for group in sorted(shuffled, key=len, reverse=True):
        smallest = sizes.index(min(sizes))
        fold[group] = smallest
        sizes[smallest] += len(group)
    return fold
