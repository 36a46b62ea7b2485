"""What is searched for a message: the whole, its questions, its aspects."""

from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.schema import Question, Request, SubQuestion, Turn
from assistant.steps.retrieve import Retrieve, aspects, split_questions
from index.encoder.embedder import Vectors
from index.schema import Hit, OpenMatch, OpenQuestion, SearchResult, Signals
from index.search.searcher import Query, Searcher
from tests.assistant.sample import DAY, RULES, quoted

HIT = Hit(quoted(RULES, "借期30天"), Signals(), 1.5)
UNSAID = OpenMatch(OpenQuestion("rules", "2.1", "借书证丢了怎么补办？", "补办的办法"), 0.8)
VECTOR = (0.6, 0.8)


class FakeSearcher:
    """Finds the same for every query and remembers the queries with their vectors."""

    def __init__(self) -> None:
        self.searched: list[tuple[Query, list[float]]] = []

    def search(self, query: Query, vector: Vectors) -> SearchResult:
        self.searched.append((query, [round(value, 4) for value in vector.tolist()]))
        return SearchResult((HIT,), (UNSAID,))

    def embed_all(self, texts: list[str]) -> list[Vectors]:
        return [np.asarray([float(len(text)), 0.0], dtype=np.float32) for text in texts]


def searched(turn: Turn) -> tuple[Turn, list[tuple[Query, list[float]]]]:
    searcher = FakeSearcher()
    return Retrieve(cast("Searcher", searcher))(turn), searcher.searched


def turn_of(text: str, **more: object) -> Turn:
    question = Question(text, text, text, vector=VECTOR, **more)  # type: ignore[arg-type]
    return Turn(Request(text, DAY, editions=("rules@2024-05-01",)), question)


def test_a_message_that_asks_one_thing_is_searched_once_with_its_own_vector() -> None:
    turn, queries = searched(turn_of("每次能借几本书？", prefer=frozenset({"rules@2024-05-01#2.2"})))
    (query, vector) = queries[0]
    assert len(queries) == 1
    assert query == Query(
        "每次能借几本书？", "", frozenset({"rules@2024-05-01#2.2"}), editions=("rules@2024-05-01",)
    )
    assert vector == [0.6, 0.8]
    assert turn.evidence is not None
    (whole,) = turn.evidence.parts
    assert (whole.text, whole.hits, whole.open_matches) == ("每次能借几本书？", (HIT,), (UNSAID,))
    assert whole.vector == pytest.approx(VECTOR)


def test_of_a_follow_up_only_what_is_new_is_searched_by_words() -> None:
    turn, queries = searched(turn_of("每次能借几本书，那少儿呢？", addition="少儿借书"))
    query, _ = queries[0]
    assert (query.text, query.words) == ("每次能借几本书，那少儿呢？", "少儿借书")
    assert turn.evidence is not None
    assert turn.evidence.whole.text == "少儿借书"


def test_each_question_and_each_of_its_aspects_is_searched_by_itself() -> None:
    turn, queries = searched(turn_of("借书证在哪里办理？周末开放到几点？"))
    texts = ["借书证在哪里办理？", "周末开放到几点？", "周末开放到几点", "借书证在哪里办理"]
    assert [query.text for query, _ in queries[1:]] == texts
    assert [vector[0] for _, vector in queries[1:]] == [len(text) for text in texts]
    assert {(query.prefer, query.editions) for query, _ in queries} == {(frozenset(), ("rules@2024-05-01",))}
    assert turn.evidence is not None
    assert [part.aspect for part in turn.evidence.others] == [False, False, True, True]
    assert isinstance(turn.evidence.others[0], SubQuestion)


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("", []),
        ("？？？", []),
        ("每次能借几本书？", ["每次能借几本书？"]),
        ("每次能借几本书?借书证在哪里办?", ["每次能借几本书?", "借书证在哪里办?"]),
        ("每次能借几本书？要钱不？", ["每次能借几本书？，要钱不？"]),  # too short for a question of its own
        ("每次能借五本书，对吧？是不是？", ["每次能借五本书，对吧？是不是？"]),
        ("那么每次能借几本书？那么多久要还回去？", ["那么每次能借几本书？，那么多久要还回去？"]),
        ("阅览室搬了家。新的阅览室在哪条街？", ["新的阅览室在哪条街？"]),  # what is told is no question
        ("第一间阅览室？", ["第一间阅览室？"]),
    ],
)
def test_a_message_is_split_into_its_questions(text: str, questions: list[str]) -> None:
    assert split_questions(text) == questions


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("每次能借几本书？", []),
        ("小学和大学的阅览室怎么借书", ["小学的阅览室怎么借书", "大学的阅览室怎么借书"]),
        ("借书证、借期，怎么规定", ["借书证，怎么规定", "借期，怎么规定", "怎么规定", "借书证、借期"]),
        ("书丢了怎么办，另外怎么办证", ["怎么办证", "书丢了怎么办"]),
        ("普通高中的阅览室", []),  # holds 高中, and is one word
    ],
)
def test_what_a_message_asks_one_by_one(text: str, found: list[str]) -> None:
    assert aspects(text) == found


@settings(max_examples=50, deadline=None)
@given(st.text("书证借办。，？?！；、和小学大学 \u3000", max_size=60))
def test_no_text_is_searched_more_than_nine_times_beside_the_whole(text: str) -> None:
    assert len(split_questions(text)) <= 3
    found = aspects(text)
    assert len(found) == len(set(found)) <= 6
