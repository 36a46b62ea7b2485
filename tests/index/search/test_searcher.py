from dataclasses import fields, replace

import pytest

from index.schema import PassageKind, Signals
from index.search.fusion import load_weights
from index.search.open_index import OpenIndex
from index.search.searcher import Query, Searcher, base_address
from index.text.lexicon import standardise


@pytest.fixture(scope="module")
def searcher(small_index: OpenIndex) -> Searcher:
    return small_index.searcher


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("借书证怎么办理", "二、1"),
        ("办张借书的卡要好多钱？", "二、1"),  # a lay question that is indexed
        ("周末开到几点", "一、（二）"),
        ("一次能借几本书，借多久", "二、2"),
        ("每天提醒", "二、2"),  # a sentence broken over two lines
        ("借閱規則", "二、"),  # traditional characters
    ],
)
def test_the_right_clause_comes_first(searcher: Searcher, question: str, label: str) -> None:
    assert searcher.search(Query(standardise(question))).hits[0].passage.label == label


def test_a_hit_keeps_its_signals_and_they_make_its_score(searcher: Searcher) -> None:
    result = searcher.search(Query("借书证怎么办理"))
    weights = load_weights()
    for hit in result.hits:
        assert -1 <= hit.signals.dense_passage <= 1
        assert 0 <= hit.signals.bm25 <= 1 + 1e-6
        weighed = (weights[field.name] * getattr(hit.signals, field.name) for field in fields(Signals))
        assert hit.score == pytest.approx(sum(weighed))
    scores = [hit.score for hit in result.hits]
    assert scores == sorted(scores, reverse=True)


def test_the_nearest_lay_question_is_named(searcher: Searcher) -> None:
    best = searcher.search(Query(standardise("办张借书的卡要好多钱？"))).hits[0]
    assert best.question == "办张借书的卡要好多钱？"
    assert best.signals.dense_question == pytest.approx(1, abs=0.01)


def test_an_open_question_is_matched(searcher: Searcher) -> None:
    (match,) = searcher.search(Query("借书证丢了怎么补办")).open_matches
    assert match.question.missing == "补办的办法"
    assert match.similarity > 0.9


def test_the_same_query_gives_the_same_result(searcher: Searcher) -> None:
    assert searcher.search(Query("假日开放")) == searcher.search(Query("假日开放"))


def test_a_vector_given_is_the_vector_made(searcher: Searcher) -> None:
    vector = searcher.embed("假日开放")
    assert searcher.search(Query("假日开放"), vector).hits == searcher.search(Query("假日开放")).hits


def test_preferred_clauses_gain(searcher: Searcher) -> None:
    plain = searcher.search(Query("开放时间"))
    liked = searcher.search(Query("开放时间", prefer=frozenset({"library-rules@2024-05-01#2.2"})))
    by_id = {hit.passage.id: hit.signals for hit in plain.hits}
    for hit in liked.hits:
        preferred = hit.passage.address == "2.2"
        assert hit.signals == replace(by_id[hit.passage.id], structure=1.0 if preferred else 0.0)


def test_a_search_stays_within_the_documents_named(searcher: Searcher) -> None:
    assert searcher.search(Query("借书证", editions=("library-rules@2024-05-01",))).hits
    other = searcher.search(Query("借书证", editions=("another@2024-05-01",)))
    assert other.hits == ()
    assert other.open_matches == ()


def test_top_k(searcher: Searcher) -> None:
    assert len(searcher.search(Query("借书证"), top_k=2).hits) == 2


@pytest.mark.parametrize("text", ["？", "qwxz", "\0", "\ud800", "借" * 1000, "🙂", "\u200b"])
def test_any_query_is_searched(searcher: Searcher, text: str) -> None:
    result = searcher.search(Query(text))
    assert all(hit.score == hit.score for hit in result.hits)  # no NaN


def test_unknown_words_score_nothing_in_bm25(searcher: Searcher) -> None:
    assert {hit.signals.bm25 for hit in searcher.search(Query("qwxz")).hits} == {0.0}


def test_a_sentence_carries_its_headings_signals(searcher: Searcher) -> None:
    for hit in searcher.search(Query("借期")).hits:
        if hit.passage.kind is PassageKind.HEADING:
            assert hit.signals.bm25_heading == hit.signals.bm25


@pytest.mark.parametrize(
    ("address", "base"), [("2.6.3.p1", "2.6.3"), ("2.6.3", "2.6.3"), ("p1", "p1"), ("1.2.p12", "1.2")]
)
def test_base_address(address: str, base: str) -> None:
    assert base_address(address) == base
