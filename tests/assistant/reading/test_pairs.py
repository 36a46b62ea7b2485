"""A question and a passage as token ids, kinds and places."""

import json

import numpy as np
import pytest
from tokenizers import Tokenizer, models

from assistant.reading.pairs import AROUND, MAX_QUESTION, MAX_TOKENS, PASSAGE, PREPARED, QUESTION, PairEncoder
from index.encoder.trained import card_of
from index.encoder.words import FILES, Words

PIECES = ("<s>", "<pad>", "</s>", "<unk>", "食堂", "几点", "开门", "六点", "。", "作息")


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> PairEncoder:
    folder = tmp_path_factory.mktemp("words")
    Tokenizer(models.Unigram([(piece, -1.0) for piece in PIECES], unk_id=3)).save(str(folder / FILES[0]))
    shape = (len(PIECES), 4)
    np.savez(folder / FILES[1], numbers=np.ones(shape, np.int8), scales=np.ones(len(PIECES), np.float32))
    (folder / "words.json").write_text(json.dumps(card_of("words-0", folder, FILES)), encoding="utf-8")
    return PairEncoder(Words(folder))


def test_sides_are_told_apart_and_shared_pieces_marked(encoder: PairEncoder) -> None:
    pair = encoder.pair("食堂几点", "作息", "食堂六点。")
    assert pair.ids == (0, 4, 5, 2, 2, 9, 4, 7, 8, 2)
    assert pair.kinds == (
        QUESTION, QUESTION + 1, QUESTION, QUESTION, QUESTION, AROUND, PASSAGE + 1, PASSAGE, PASSAGE, AROUND,
    )  # fmt: skip


def test_places_are_offsets_in_the_passage(encoder: PairEncoder) -> None:
    text = "食堂六点。"
    places = encoder.pair("食堂几点", "作息", text).places
    assert [text[a:b] for a, b in places if a >= 0] == ["食堂", "六点", "。"]


def test_a_sign_that_both_sides_have_is_not_marked(encoder: PairEncoder) -> None:
    assert encoder.pair("食堂。", "", "六点。").kinds[-2] == PASSAGE


def test_nothing_around_leaves_out_that_side(encoder: PairEncoder) -> None:
    assert AROUND not in encoder.pair("食堂", "", "六点").kinds[:-1]


def test_a_long_question_keeps_its_end_and_a_long_passage_its_beginning(encoder: PairEncoder) -> None:
    pair = encoder.pair("几点" * 90 + "开门", "作息" * 90, "食堂" + "六点" * 200)
    assert len(pair.ids) == len(pair.kinds) == len(pair.places) == MAX_TOKENS
    assert pair.ids[MAX_QUESTION] == PIECES.index("开门")
    assert next(place for place in pair.places if place[0] >= 0) == (0, 2)
    assert pair.places[-2][1] < 400


def test_the_same_pair_is_the_same_again(encoder: PairEncoder) -> None:
    assert encoder.pair("食堂", "", "六点") == encoder.pair("食堂", "", "六点")


def test_a_prepared_question_stands_behind_and_is_compared_too(encoder: PairEncoder) -> None:
    pair = encoder.pair("食堂几点", "", "六点。", "几点开门")
    assert pair.ids[-3:] == (5, 6, 2)
    assert pair.kinds[-3:] == (PREPARED + 1, PREPARED, PREPARED)
    assert pair.kinds[2] == QUESTION + 1
    assert pair.places[-3:] == ((-1, -1),) * 3
