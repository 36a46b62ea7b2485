"""What is searched for a message: its questions, its aspects, what it states."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import pytest

from assistant.question.message import understood
from assistant.schema import Request, Turn
from assistant.steps.retrieve import Retrieve
from index.encoder.embedder import Vectors
from index.schema import Hit, OpenMatch, OpenQuestion, Passage, SearchResult, Signals
from index.search.searcher import Query, Searcher
from index.structure.passages import make_passages
from index.text.lexicon import standardise
from tests.assistant.sample import DAY, RULES, quoted

HIT = Hit(quoted(RULES, "借期30天"), Signals(), 1.5)
UNSAID = OpenMatch(OpenQuestion("rules", "2.1", "借书证丢了怎么补办？", "补办的办法"), 0.8)
VECTOR = (0.6, 0.8)


class FakeSearcher:
    """Finds the same for every query and remembers the queries with their vectors."""

    passages: Sequence[Passage] = make_passages(RULES)

    def __init__(self) -> None:
        self.searched: list[tuple[Query, list[float]]] = []

    def search(self, query: Query, vector: Vectors, top_k: int = 50) -> SearchResult:
        self.searched.append((query, [round(value, 4) for value in vector.tolist()]))
        return SearchResult((HIT,), (UNSAID,))

    def embed_all(self, texts: list[str]) -> list[Vectors]:
        return [np.asarray([float(len(text)), 0.0], dtype=np.float32) for text in texts]


def searched(turn: Turn) -> tuple[Turn, list[tuple[Query, list[float]]]]:
    searcher = FakeSearcher()
    return Retrieve(cast("Searcher", searcher))(turn), searcher.searched


def turn_of(text: str, **more: object) -> Turn:
    asked = understood(text)
    question = replace(asked, standalone=text, standard=standardise(text), vector=VECTOR, **more)  # type: ignore[arg-type]
    return Turn(Request(text, DAY, editions=("rules@2024-05-01",)), question)


def test_a_message_that_asks_one_thing_is_searched_once_with_its_own_vector() -> None:
    turn, queries = searched(turn_of("每次能借几本书？", prefer=frozenset({"rules@2024-05-01#2.2"})))
    (query, vector) = queries[0]
    assert len(queries) == 1
    assert query == Query(
        "每次能借几本书？", "", frozenset({"rules@2024-05-01#2.2"}), editions=("rules@2024-05-01",)
    )
    assert vector == [0.6, 0.8]
    (whole,) = turn.parts
    assert (whole.text, whole.hits, whole.open_matches) == ("每次能借几本书？", (HIT,), (UNSAID,))
    assert whole.asked == "每次能借几本书"
    assert whole.vector == pytest.approx(VECTOR)
    assert turn.statements == ()


def test_of_a_follow_up_only_what_is_new_is_searched_by_words() -> None:
    turn, queries = searched(turn_of("每次能借几本书，那少儿呢？", addition="少儿借书"))
    query, _ = queries[-1]  # before it, what the message may state
    assert (query.text, query.words) == ("每次能借几本书，那少儿呢？", "少儿借书")
    assert [part.text for part in turn.parts] == ["少儿借书"]


def test_each_question_is_searched_by_itself_and_with_the_one_before() -> None:
    turn, queries = searched(turn_of("借书证在哪里办理？周末开放到几点？"))
    texts = ["借书证在哪里办理", "周末开放到几点", "借书证在哪里办理，周末开放到几点"]
    assert [query.text for query, _ in queries] == texts
    assert [vector[0] for _, vector in queries] == [len(text) for text in texts]
    assert {(query.prefer, query.editions) for query, _ in queries} == {(frozenset(), ("rules@2024-05-01",))}
    first, second = turn.parts
    assert (first.asked, second.asked) == tuple(texts[:2])
    assert first.joined is None
    assert second.joined is not None
    assert (second.joined.text, second.joined.hits) == (texts[2], (HIT,))
    assert first.aspects == second.aspects == ()


def test_one_question_about_several_things_is_searched_for_each_of_them() -> None:
    turn, queries = searched(turn_of("小学和大学的阅览室分别怎么借书？"))
    (whole,) = turn.parts
    texts = [aspect.text for aspect in whole.aspects]
    assert texts == ["小学的阅览室分别怎么借书？", "大学的阅览室分别怎么借书？"]
    assert [query.text for query, _ in queries] == [whole.text, *texts]
    assert all(aspect.hits == (HIT,) and not aspect.aspects for aspect in whole.aspects)


def test_what_a_message_states_is_searched_as_well() -> None:
    turn, queries = searched(turn_of("听说每次只能借3本书，是吧？"))
    (stated,) = turn.statements
    assert (stated.text, stated.message) == ("听说每次只能借3本书", turn.question.clean)
    assert stated.hits == (HIT,)
    assert stated.chance > 0
    assert stated.searched in [query.text for query, _ in queries]
    assert {query.editions for query, _ in queries} == {("rules@2024-05-01",)}
