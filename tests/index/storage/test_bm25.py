from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.storage.bm25 import Bm25Index

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


def test_an_index_is_read_as_it_was_saved(index: Bm25Index, tmp_path: Path) -> None:
    index.save(tmp_path / "bm25")
    loaded = Bm25Index.load(tmp_path / "bm25", 4)
    assert (loaded.size, loaded.held) == (index.size, index.held) == (4, 4)
    assert np.array_equal(loaded.scores(["借书证", "开放"]), index.scores(["借书证", "开放"]))


def test_an_index_of_no_texts_is_saved_and_read_too(tmp_path: Path) -> None:
    empty = Bm25Index.build([])
    empty.save(tmp_path / "bm25")
    for each in (empty, Bm25Index.load(tmp_path / "bm25", 0)):
        assert (each.size, each.held) == (0, 0)
        assert each.scores(["借书证"]).shape == (0,)


def test_texts_without_words_score_nothing() -> None:
    silent = Bm25Index.build([[], []])
    assert (silent.size, silent.held) == (2, 2)
    assert list(silent.scores(["借书证", ""])) == [0, 0]
