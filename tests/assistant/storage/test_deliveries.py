"""Deliveries: taken once by whoever is first, kept a day, and what conversations and waiting are made of."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from assistant.storage.database import Database
from assistant.storage.deliveries import IDLE_SECONDS, KEPT_SECONDS, Deliveries
from assistant.storage.retention import sweep

NOW = 1_700_000_000


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def deliveries(database: Database) -> Deliveries:
    return Deliveries(database)


def test_of_many_workers_one_takes_a_delivery(database_url: str) -> None:
    databases = [Database(database_url) for _ in range(4)]
    workers = [Deliveries(each) for each in databases]
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda n: workers[n % 4].take(f"d{n // 8}", "f", NOW), range(80)))
    for number in range(10):
        of_one = taken[8 * number : 8 * number + 8]
        assert sum(each.first for each in of_one) == 1
        assert {each.delivery.id for each in of_one} == {f"d{number}"}
        assert len({each.delivery.conversation for each in of_one}) == 1
    for each in databases:
        each.close()


def test_a_reply_is_there_for_all_once_it_is_there(deliveries: Deliveries) -> None:
    deliveries.take("d", "f", NOW)
    assert deliveries.reply("d") is None
    assert deliveries.reply("unknown") is None
    deliveries.finish("d", "回答")
    assert deliveries.reply("d") == "回答"
    again = deliveries.take("d", "f", NOW + 5)
    assert (again.first, again.delivery.reply, again.delivery.received_at) == (False, "回答", NOW)


def test_a_conversation_goes_on_until_it_lies_idle_or_begins_anew(deliveries: Deliveries) -> None:
    def conversation(delivery: str, now: int, follower: str = "f", anew: bool = False) -> str:
        return deliveries.take(delivery, follower, now, anew).delivery.conversation

    assert conversation("a", NOW) == "a"
    assert conversation("b", NOW + IDLE_SECONDS - 1) == "a"
    assert conversation("c", NOW + IDLE_SECONDS, "g") == "c"
    assert conversation("d", NOW + 2 * IDLE_SECONDS - 1) == "d"
    assert conversation("e", NOW + 2 * IDLE_SECONDS, anew=True) == "e"
    assert conversation("f", NOW + 2 * IDLE_SECONDS) == "e"


def test_only_the_last_question_can_be_owed(deliveries: Deliveries) -> None:
    deliveries.take("a", "f", NOW)
    deliveries.owe("a")
    deliveries.take("b", "f", NOW)
    deliveries.take("x", "g", NOW)
    found = deliveries.owed("b", "f")
    assert found is not None
    assert (found.id, found.reply) == ("a", None)
    deliveries.stands_for("b", "a")
    deliveries.take("c", "f", NOW)
    assert deliveries.owed("c", "f") == found
    deliveries.finish("a", "回答")
    assert deliveries.reply("b") == "回答"
    deliveries.take("d", "f", NOW)
    assert deliveries.owed("d", "f") is None
    assert deliveries.owed("x", "g") is None


def test_a_delivery_is_kept_a_day(database: Database, deliveries: Deliveries) -> None:
    deliveries.take("a", "f", NOW)
    deliveries.finish("a", "一天后忘掉的话")
    for seconds, kept in ((KEPT_SECONDS, True), (KEPT_SECONDS + 1, False)):
        sweep(database, datetime.fromtimestamp(NOW + seconds, UTC), 0)
        assert (deliveries.reply("a") is not None) == kept
