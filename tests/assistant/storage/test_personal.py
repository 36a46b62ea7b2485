"""What is kept for a time only, and what is given out or erased on request."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from assistant.errors import UnknownConversation
from assistant.storage.conversations import new_id
from assistant.storage.personal import Which, erase_all, exported
from assistant.storage.ratings import Rating, Reason
from assistant.storage.retention import sweep
from assistant.storage.store import Store
from assistant.storage.tables import conversations
from tests.assistant.storage.test_conversations import an_answer, an_exchange

NOW = datetime.now(UTC)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    made = Store(database_url)
    yield made
    made.close()


def asked(store: Store, question: str, days_ago: int = 0, key: str | None = None) -> str:
    """The id of a conversation whose last question was so long ago."""
    answer = an_answer(new_id("cnv"))
    store.conversations.append(answer, an_exchange(question), key)
    store.ratings.rate(answer.id, Rating.DOWN, "不对", [Reason.WRONG])
    store.shares.make(answer.id)
    with store.database.begin() as connection:
        connection.execute(
            update(conversations)
            .where(conversations.c.id == answer.conversation_id)
            .values(updated_at=NOW - timedelta(days=days_ago))
        )
    return answer.conversation_id


def left(store: Store) -> set[str]:
    with store.database.connect() as connection:
        return set(connection.execute(conversations.select()).scalars())


def test_what_is_over_is_erased_and_the_rest_stays(store: Store) -> None:
    old, new = asked(store, "旧", 11), asked(store, "新", 9)
    assert sweep(store.database, NOW, 0) == 0
    assert left(store) == {old, new}
    assert sweep(store.database, NOW, 10) == 1
    assert left(store) == {new}
    assert [rated.answer.conversation_id for rated in store.ratings.rated()] == [new]


def test_shares_and_counters_end(store: Store) -> None:
    conversation = asked(store, "问")
    (answered,) = store.conversations.transcript(conversation)
    token = store.shares.make(answered.answer.id).token
    store.counters.count("a", 60)
    sweep(store.database, NOW + timedelta(days=29), 0)
    share = store.shares.opened(token)
    assert share is not None
    assert share.answer_id == answered.answer.id
    assert store.counters.count("a", 60, 0)[0] == 0
    sweep(store.database, NOW + timedelta(days=31), 0)
    assert store.shares.opened(token) is None


def test_all_of_a_conversation_is_given_out(store: Store) -> None:
    one, other = asked(store, "问一", key="keyone"), asked(store, "问二", 5)
    (given,) = exported(store.database, Which(conversation=one))
    assert given["title"] == "问一"
    (exchange,) = given["exchanges"]
    assert exchange["exchange"]["question"] == "问一"
    assert (exchange["rating"], exchange["comment"], exchange["reasons"]) == ("down", "不对", ["wrong"])
    assert [each["id"] for each in exported(store.database, Which(key_id="keyone"))] == [one]
    assert [each["id"] for each in exported(store.database, Which(before=NOW - timedelta(days=3)))] == [other]
    with pytest.raises(UnknownConversation):
        list(exported(store.database, Which(conversation="cnv_none")))


def test_what_is_erased_is_gone_and_nothing_else(store: Store) -> None:
    one, two, three = asked(store, "一", key="k"), asked(store, "二"), asked(store, "三", 5)
    assert erase_all(store.database, Which(conversation=two)) == 1
    assert left(store) == {one, three}
    assert erase_all(store.database, Which(key_id="k")) == 1
    assert erase_all(store.database, Which(before=NOW - timedelta(days=3))) == 1
    assert left(store) == set()
    assert list(store.ratings.rated()) == []
    with pytest.raises(UnknownConversation):
        erase_all(store.database, Which(conversation=two))
