"""The witnesses about a sentence and its quotations; vectors are counts of characters here."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.llm.support_features import FEATURES, covered, features_of, load_words

ROOMS = "到2030年全市阅览室达到50间以上，每间每天开放６小时。"
LIBRARIES = "建设２所左右国家级图书馆，建设7—10所市级图书馆。"
NEUTRAL = {"distance", "far", "patched"}
"""Witnesses that come from vectors."""


class CountingEmbedder:
    """A text's vector counts its characters; which texts were embedded is remembered."""

    def __init__(self, model_id: str = "counting") -> None:
        self.model_id = model_id
        self.embedded: list[str] = []

    def embed_queries(self, texts: list[str]) -> list[list[float]]:
        self.embedded += texts
        counts = np.asarray([np.bincount([ord(c) % 97 for c in f"{text}\0"], minlength=97) for text in texts])
        vectors: list[list[float]] = (counts / np.linalg.norm(counts, axis=1, keepdims=True)).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        return self.embed_queries([text])[0]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self.embed_queries(texts)


EMBEDDER = CountingEmbedder()


def against(said: str, *quotes: str) -> dict[str, float]:
    """The witnesses that speak against `said`, those from vectors left out."""
    found = features_of(said, quotes, load_words(), EMBEDDER)
    assert set(found) == set(FEATURES)
    return {name: value for name, value in found.items() if value and name not in NEUTRAL}


@pytest.mark.parametrize(
    ("said", "quote"),
    [
        (ROOMS, ROOMS),
        ("每间每天开放360分钟。", ROOMS),
        ("每间每天开放六个小时。", ROOMS),
        ("市级图书馆建设8所。", LIBRARIES),
        ("市级图书馆建设7到10所。", LIBRARIES),
        ("一半以上的书开放。", "50％以上的书开放。"),
        ("一所图书馆有多间阅览室。", "图书馆有多间阅览室。"),  # 一所 is just a
        ("义务教育学生可以进阅览室。", "小学生可以进阅览室。"),
        ("不同的读者可以进阅览室。", "各类读者可以进阅览室。"),  # 不同 denies nothing
        ("", "阅览室要安静。"),
        ("阅览室要安静。", ""),
    ],
)
def test_nothing_speaks_against_what_says_the_same_otherwise(said: str, quote: str) -> None:
    assert against(said, quote) == {}


@pytest.mark.parametrize(
    ("said", "quote", "witnesses"),
    [
        ("到2030年全市阅览室达到60间以上。", ROOMS, {"number": 1}),
        ("到2035年全市阅览室达到50间以上。", ROOMS, {"year": 1}),
        ("有三项要求。", "阅览室要安静。", {"uncounted": 1}),
        ("市级图书馆建设2所左右。", LIBRARIES, {"number": 1, "misaligned": 1}),
        ("全国阅览室达到50间以上。", ROOMS, {"level": 1}),
        ("市级图书馆有阅览室。", "图书馆有阅览室。", {"level": 0.5}),
        ("幼儿可以进阅览室。", "小学生可以进阅览室。", {"stage": 1}),
        ("居民不可以进入阅览室。", "居民可以进入阅览室。", {"negated": 1, "negation": 1}),
        ("居民可以进入阅览室。", "居民不可以进入阅览室。", {"negation": 1}),
        ("减少阅览室。", "增加阅览室。", {"opposite": 1, "turning": 1}),
        ("图书馆必须开设阅览室。", "鼓励图书馆开设阅览室。", {"raised": 1, "demanding": 1}),
        ("图书馆自愿开设阅览室。", "图书馆应当开设阅览室。", {"lowered": 2}),
        ("图书馆开设阅览室，收押金。", "图书馆开设阅览室。", {"concrete": 1}),
    ],
)
def test_each_witness_sees_its_own_fault(said: str, quote: str, witnesses: dict[str, float]) -> None:
    assert against(said, quote) == witnesses


def test_a_bound_turned_round_is_seen() -> None:
    found = against("每个阅览室至多50本。", "每个阅览室至少50本。")
    assert (found["direction"], found["opposite"]) == (1, 1)
    assert "direction" not in against("每个阅览室不超过50本。", "每个阅览室50本以内。")


def test_quotations_are_looked_at_together() -> None:
    both = "每间每天开放6小时，市级图书馆建设8所。"
    assert against(both, ROOMS, LIBRARIES) == {}
    assert against(both, ROOMS) == {"uncounted": 1}
    assert against(both, LIBRARIES) == {"number": 1}


def test_what_is_added_to_a_copy_is_patched_and_a_copy_or_a_paraphrase_is_not() -> None:
    quote = "图书馆开设阅览室，周末开放。"
    patched = {
        said: features_of(said, [quote], load_words(), EMBEDDER)["patched"]
        for said in (quote, "周末开门，设有阅览室。", "周末开放，夜里卖面包。")
    }
    copy, paraphrase, added = patched.values()
    assert (copy, paraphrase) == (0, 0)
    assert 0.2 < added < 1


def test_vectors_are_kept_between_calls_by_model() -> None:
    first, second = CountingEmbedder("甲模型"), CountingEmbedder("乙模型")
    features_of("书可以外借。", [ROOMS], load_words(), first)
    assert len(first.embedded) == len(set(first.embedded)) > 3
    first.embedded.clear()
    features_of("书不可以外借。", [ROOMS], load_words(), first)
    assert "".join(first.embedded).count("阅览室") == 0
    features_of("书可以外借。", [ROOMS], load_words(), second)
    assert "".join(second.embedded).count("阅览室") == 2  # the whole, and its first stretch


@pytest.mark.parametrize(
    ("said", "quotes", "is_covered"),
    [
        ("阅览室要安静", ["阅览室要安静。"], True),
        ("閱覽室 要安静，", ["甲", "阅览室要安静。"], True),
        ("每天开放6小时", [ROOMS], True),
        ("甲阅览室", ["甲。", "阅览室"], False),  # in one of them, not across two
        ("。", ["阅览室。"], False),
        ("", ["阅览室。"], False),
        ("阅览室", [], False),
    ],
)
def test_a_stretch_of_one_quotation_is_covered(said: str, quotes: list[str], is_covered: bool) -> None:
    assert covered(said, quotes) is is_covered


def test_only_what_says_where_it_is_from_is_looked_past() -> None:
    words = load_words()
    assert words.unframed("文件规定：每次可借5本。") == "每次可借5本。"
    assert words.unframed("每次可借5本。") == "每次可借5本。"


@settings(max_examples=50, deadline=None)
@given(st.text("图书馆阅览室不得可以应当鼓励5０间以上，。市级全国 ", max_size=40))
def test_a_text_has_no_witness_against_itself(text: str) -> None:
    assert against(text, text) == {}
