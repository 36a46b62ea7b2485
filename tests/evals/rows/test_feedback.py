"""From a rating over HTTP to a candidate row that the validator does not take for a reviewed one."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from assistant.api.app import create_app
from assistant.errors import UnknownAnswer
from assistant.schema import Status
from assistant.service import Assistant
from assistant.storage.ratings import Rating
from assistant.storage.store import Store
from evals.rows.dataset import gold_faults, read_dataset
from evals.rows.feedback import candidates, write_candidates
from index.search.open_index import open_index
from tests.assistant.api.problem import LOOPBACK, check_problem
from tests.conftest import TODAY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.settings import Settings

FEEDBACK = "/v1/feedback"


@pytest.fixture
def own(settings: "Settings", tmp_path: Path) -> Assistant:
    """An assistant with a store of its own."""
    store = Store(f"sqlite:///{tmp_path / 'own.sqlite'}")
    return Assistant(open_index(settings.index()), store, settings, lambda: TODAY)


@pytest.fixture
def client(own: Assistant) -> "Iterator[TestClient]":
    app = create_app(lambda: own, own.store)
    with TestClient(app, base_url=LOOPBACK, raise_server_exceptions=False) as opened:
        assert app.state.opening.wait(30)
        yield opened


def ask(client: TestClient, question: str, after: dict[str, str] | None = None) -> dict[str, str]:
    """The answer to a question, or to one that follows on the first answer of a conversation."""
    body = {"question": question, "conversation_id": after["conversation_id"] if after else None}
    headers = {"X-Conversation-Secret": after["conversation_secret"]} if after else {}
    answer: dict[str, str] = client.post("/v1/ask", json=body, headers=headers).json()
    return answer


def test_a_rating_is_kept_with_the_answer_and_the_last_one_counts(client: TestClient, own: Assistant) -> None:
    first = ask(client, "公办园占比要达到多少？")
    second = ask(client, "那要到哪一年？", first)
    for rating in ("up", "down"):
        body = {"answer_id": second["id"], "rating": rating, "comment": " 打13812345678 "}
        response = client.post(FEEDBACK, json=body)
        assert response.status_code == 200
        assert response.json() == {**body, "comment": "打[手机号]", "reasons": []}
    (rated,) = own.store.ratings.rated()
    assert rated.rating is Rating.DOWN
    assert rated.answer.id == second["id"]
    assert rated.turns == ("公办园占比要达到多少？", "那要到哪一年？")
    own.store.conversations.delete(first["conversation_id"])
    assert list(own.store.ratings.rated()) == []


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"answer_id": "ans_none", "rating": "up"}, 404, None),
        ({"answer_id": "'; drop table", "rating": "up"}, 404, None),
        ({"answer_id": "a", "rating": "great"}, 422, "rating"),
        ({"answer_id": "a", "rating": "up", "comment": "长" * 1001}, 422, "comment"),
        ({"answer_id": "a", "rating": "up", "comment": "a\x00b"}, 422, "comment"),
        ({"rating": "up"}, 422, "answer_id"),
    ],
)
def test_a_wrong_rating_is_a_problem(
    client: TestClient, body: dict[str, str], status: int, field: str | None
) -> None:
    name = "not-found" if status == 404 else "invalid-field"
    problem = check_problem(client.post(FEEDBACK, json=body), status, name)
    if field:
        assert problem["errors"][0]["field"] == field


def test_an_unknown_answer_cannot_be_rated(own: Assistant) -> None:
    with pytest.raises(UnknownAnswer):
        own.store.ratings.rate("ans_none", Rating.UP)


def test_candidates_are_rows_once_reviewed(client: TestClient, own: Assistant, tmp_path: Path) -> None:
    good, bad = ask(client, "娃儿一天在学校能运动好久？"), ask(client, "我手机13812345678，学校好久发钱？")
    client.post(FEEDBACK, json={"answer_id": good["id"], "rating": "up"})
    client.post(FEEDBACK, json={"answer_id": bad["id"], "rating": "down", "comment": "没说到点子"})
    file = tmp_path / "out" / "candidates.jsonl"
    assert write_candidates(file, candidates(own.store.ratings.rated())) == 2
    assert "13812345678" not in file.read_text(encoding="utf-8")
    unread = read_dataset(file)
    assert unread.rows == ()
    assert {fault.text.partition(":")[0] for fault in unread.faults} == {"review"}

    held = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [candidate.pop("review")["rating"] for candidate in held] == ["up", "down"]
    file.write_text("".join(json.dumps(row) + "\n" for row in held), encoding="utf-8")
    reviewed = read_dataset(file)
    assert reviewed.faults == ()
    assert gold_faults(reviewed, own.library) == {}
    kept, question = reviewed.rows
    assert kept.status == Status.ANSWERED
    assert kept.gold
    assert question.gold == ()
    assert {row.split for row in reviewed.rows} == {"dev"}


def test_a_review_begun_is_never_overwritten_and_one_kind_can_be_wanted(
    client: TestClient, own: Assistant, tmp_path: Path
) -> None:
    answer = ask(client, "公办园占比要达到多少？")
    own.store.ratings.rate(answer["id"], Rating.UP)
    assert list(candidates(own.store.ratings.rated(), Rating.DOWN)) == []
    file = tmp_path / "candidates.jsonl"
    file.write_text("begun", encoding="utf-8")
    with pytest.raises(FileExistsError):
        write_candidates(file, candidates(own.store.ratings.rated()))
    assert file.read_text(encoding="utf-8") == "begun"
