import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.storage.bm25 import Bm25Index, make_postings, merge_postings

TEXTS = [["免费", "办理", "借书证"], ["借书证", "遗失", "补办"], [], ["开放", "时间"]]


@pytest.fixture(scope="module")
def index() -> Bm25Index:
    return Bm25Index.build(TEXTS)


def test_the_text_that_holds_the_words_scores_best(index: Bm25Index) -> None:
    scores = index.scores(["借书证", "补办"])
    assert scores.argmax() == 1
    assert scores[1] == pytest.approx(1)
    assert 0 < scores[0] < 0.5  # only the commoner of the two words
    assert list(scores[2:]) == [0, 0]


def test_unknown_words_neither_help_nor_harm(index: Bm25Index) -> None:
    assert np.array_equal(index.scores(["补办", "龙"]), index.scores(["补办"]))
    for unknown in ([], ["龙"], [""]):
        assert list(index.scores(unknown)) == [0, 0, 0, 0]


def test_a_rare_word_counts_more_than_a_common_one(index: Bm25Index) -> None:
    scores = index.scores(["借书证", "开放"])
    assert scores[3] > scores[1] > 0


@settings(max_examples=50)
@given(st.lists(st.sampled_from(["借书证", "补办", "免费", "开放", "龙", ""]), max_size=8))
def test_every_score_is_a_share(index: Bm25Index, query: list[str]) -> None:
    scores = index.scores(query)
    assert scores.shape == (4,)
    assert (scores >= 0).all()
    assert (scores <= 1 + 1e-6).all()


def reference(texts: list[list[str]], query: list[str]) -> list[float]:
    """Scores worked out text by text, as Lucene's BM25 is written down."""
    lengths = [max(1, len(words)) for words in texts]
    average = sum(lengths) / len(texts)
    gained: list[dict[str, float]] = []
    for words, length in zip(texts, lengths, strict=True):
        own = {}
        for token in set(query) & set(words):
            holders = sum(token in other for other in texts)
            rarity = math.log(1 + (len(texts) - holders + 0.5) / (holders + 0.5))
            times = words.count(token)
            own[token] = rarity * times / (times + 1.2 * (1 - 0.75 + 0.75 * length / average))
        gained.append(own)
    bound = sum(max(own.get(token, 0.0) for own in gained) for token in query)
    return [sum(own.get(token, 0.0) for token in query) / (bound or 1.0) for own in gained]


WORDS = st.lists(st.sampled_from(["甲", "乙", "丙", "丁", "戊"]), max_size=6)


@settings(max_examples=60)
@given(st.lists(WORDS, min_size=1, max_size=7), WORDS, st.integers(0, 7), st.sets(st.integers(0, 6)))
def test_parts_score_as_one_index_over_what_counts(
    texts: list[list[str]], query: list[str], cut: int, gone: set[int]
) -> None:
    counting = [at for at in range(len(texts)) if at not in gone]
    places = np.full(len(texts), -1, dtype=np.int32)
    places[counting] = np.arange(len(counting), dtype=np.int32)
    parts = [(make_postings(texts[:cut]), places[:cut]), (make_postings(texts[cut:]), places[cut:])]
    whole = Bm25Index.build([texts[at] for at in counting])
    merged = merge_postings(parts, len(counting))
    again = Bm25Index([(merged, np.arange(len(counting), dtype=np.int32))], len(counting))
    split = Bm25Index(parts, len(counting))
    assert split.held == again.held == len(counting)
    if counting:
        expected = reference([texts[at] for at in counting], query)
        for index in (whole, split, again):
            assert list(index.scores(query)) == pytest.approx(expected, abs=1e-9)


def test_an_index_of_no_texts_scores_nothing() -> None:
    empty = Bm25Index.build([])
    assert (empty.size, empty.held) == (0, 0)
    assert empty.scores(["借书证"]).shape == (0,)


def test_texts_without_words_score_nothing() -> None:
    silent = Bm25Index.build([[], []])
    assert (silent.size, silent.held) == (2, 2)
    assert list(silent.scores(["借书证", ""])) == [0, 0]
