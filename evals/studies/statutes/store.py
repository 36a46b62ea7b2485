"""The articles as vectors and BM25 indices, and the evidence of one question against all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.studies.statutes.data import Benchmark, passages
from index.encoder.embedder import BundledEmbeddings
from index.storage.bm25 import Bm25Index
from index.storage.vector_cache import PASSAGE, QUESTION, VectorCache
from index.text.tokens import tokens

Floats = NDArray[np.float32]

_LEXICAL_SPREAD = np.float32(0.5)
"""A standard deviation of the lexical score, in logits, before the fit scales it."""


@dataclass(frozen=True, slots=True)
class ArticleIndex:
    """All articles, searchable; `pieces` and `centred` have one row a piece of text, `starts` the first
    piece of each article."""

    pieces: Floats
    centred: Floats
    starts: NDArray[np.int64]
    means: Floats
    """(articles, d): the centred mean of an article's pieces."""
    texts: Bm25Index
    titles: Bm25Index
    law: NDArray[np.int64]
    chapter: NDArray[np.int64]

    @property
    def size(self) -> int:
        """How many articles."""
        return len(self.starts)

    def best_piece(self, pieces: Floats, vector: Floats) -> Floats:
        """The score of each article's best piece; shape (articles,)."""
        return np.asarray(np.maximum.reduceat(pieces @ vector, self.starts), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class BenchmarkEvidence:
    """What is known of all questions before anything is trained."""

    index: ArticleIndex
    questions: Floats
    lexical: Floats
    """(questions, articles): BM25 in standard deviations over the articles, halved."""
    shares: Floats
    """(questions, articles): BM25 as a share of the best article's."""
    title_shares: Floats

    @property
    def size(self) -> int:
        """How many articles."""
        return self.index.size

    @property
    def articles(self) -> Floats:
        """(articles, d), centred."""
        return self.index.means

    def dense(self, vector: Floats) -> Floats:
        """Cosine of a question with each article's best piece."""
        return self.index.best_piece(self.index.pieces, vector)


def build_articles(benchmark: Benchmark, cache: VectorCache, on_done: Callable[[int], None]) -> ArticleIndex:
    """Embed and index; vectors that `cache` holds are not made again. `on_done(n)` tells of n more."""
    texts, owner = passages(benchmark.articles)
    pieces = cache.embed(PASSAGE, texts, on_done)
    starts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
    means = np.add.reduceat(pieces, starts, axis=0)
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    centre = means.mean(axis=0)
    laws: dict[str, int] = {}
    chapters: dict[tuple[str, str], int] = {}
    articles = benchmark.articles
    return ArticleIndex(
        pieces=pieces,
        centred=pieces - centre,
        starts=starts,
        means=means - centre,
        texts=Bm25Index.build([tokens(f"{article.title}\n{article.text}") for article in articles]),
        titles=Bm25Index.build([tokens(article.title) for article in articles]),
        law=np.asarray([laws.setdefault(article.law, len(laws)) for article in articles]),
        chapter=np.asarray([chapters.setdefault((a.law, a.chapter), len(chapters)) for a in articles]),
    )


def gather_evidence(index: ArticleIndex, benchmark: Benchmark, cache: VectorCache) -> BenchmarkEvidence:
    """Every question's vector and BM25 scores."""
    texts = [question.text for question in benchmark.questions]
    rows = [lexical_rows(index, text) for text in texts]
    lexical, shares, titles = (np.stack(part) for part in zip(*rows, strict=True))
    return BenchmarkEvidence(index, cache.embed(QUESTION, texts, lambda _: None), lexical, shares, titles)


def lexical_rows(index: ArticleIndex, text: str) -> tuple[Floats, Floats, Floats]:
    """One question's BM25 against all articles: spread, as a share of the best, and of the titles."""
    wanted = tokens(text)
    scores = index.texts.scores(wanted).astype(np.float32)
    spread = _LEXICAL_SPREAD * (scores - scores.mean()) / (scores.std() + np.float32(1e-9))
    titles = index.titles.scores(wanted).astype(np.float32)
    return spread, scores / (scores.max() + np.float32(1e-9)), titles


def open_cache(state_dir: Path) -> VectorCache:
    """Vectors kept between runs, apart from those of the library."""
    return VectorCache(BundledEmbeddings(), state_dir / "cache" / "statutes.sqlite")
