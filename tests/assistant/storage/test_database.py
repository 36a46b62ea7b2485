"""The database: how it is opened, what it keeps and erases, what it does where something is wrong."""

import hashlib
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from assistant.errors import InvalidSettings, StorageCause, StorageFault
from assistant.storage.database import Database
from assistant.storage.retention import sweep
from assistant.storage.store import Store
from assistant.storage.tables import (
    counters,
    counting_keys,
    exchanges,
    metadata,
)
from assistant.storage.upgrade import HEAD, version_of

if TYPE_CHECKING:
    from tests.postgresql import Server

PRIVATE = "我家住河湾镇三号"
SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture
def either(database_url: str) -> Iterator[Database]:
    """SQLite, then PostgreSQL."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An SQLite file, of which the test looks at what only SQLite has."""
    opened = Database(f"sqlite:///{tmp_path / 'c.sqlite'}")
    yield opened
    opened.close()


def row(answer_id: str, exchange: str = "{}") -> dict[str, object]:
    now = datetime(2024, 9, 1, tzinfo=UTC)
    return {
        "conversation_id": "cnv_1",
        "answer_id": answer_id,
        "created_at": now,
        "exchange": exchange,
        "answer": "{}",
    }


def read(database: Database) -> list[str]:
    with database.connect() as connection:
        return list(connection.execute(select(exchanges.c.answer_id)).scalars())


def test_tables_are_made_with_the_folders_above_and_kept_when_opened_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / '新' / '文件夹' / 'c.sqlite'}"
    first = Database(url)
    with first.begin() as connection:
        assert set(inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}
        connection.execute(exchanges.insert(), row("ans_1", PRIVATE))
    first.close()
    with Database(url).connect() as connection:
        (held,) = connection.execute(select(exchanges)).all()
    assert (held.id, held.answer_id, held.exchange) == (1, "ans_1", PRIVATE)
    assert held.created_at == datetime(2024, 9, 1, tzinfo=UTC)


def test_the_migrations_lead_to_the_tables_that_the_code_uses(either: Database) -> None:
    with either.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert version_of(connection) == HEAD


def test_an_answer_is_kept_once_and_a_number_never_given_again(either: Database) -> None:
    with either.begin() as connection:
        connection.execute(exchanges.insert(), [row("ans_1"), row("ans_2")])
        connection.execute(exchanges.delete().where(exchanges.c.answer_id == "ans_2"))
        connection.execute(exchanges.insert(), row("ans_3"))
        assert connection.execute(select(exchanges.c.id)).scalars().all() == [1, 3]
    with pytest.raises(IntegrityError), either.begin() as connection:
        connection.execute(exchanges.insert(), row("ans_1"))


def test_every_connection_waits_for_the_lock_and_erases_what_is_deleted(database: Database) -> None:
    with database.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "busy_timeout", "secure_delete", "synchronous")
        }
    assert found == {"journal_mode": "wal", "busy_timeout": 10_000, "secure_delete": 1, "synchronous": 1}


def test_only_its_owner_reads_the_file_a_new_one_and_one_that_was_open_to_all(tmp_path: Path) -> None:
    new, old = tmp_path / "new.sqlite", tmp_path / "old.sqlite"
    shutil.copy(SAMPLES / "2026-11-29" / "conversations.sqlite", old)
    old.chmod(0o644)
    for file in (new, old):
        database = Database(f"sqlite:///{file}")
        with database.begin() as connection:
            connection.execute(exchanges.insert(), row("ans_x"))
        assert {path.stat().st_mode & 0o777 for path in tmp_path.glob(f"{file.name}*")} == {0o600}
        database.close()


def test_of_erased_rows_nothing_is_left_in_any_file(database: Database, tmp_path: Path) -> None:
    with database.begin() as connection:
        connection.execute(exchanges.insert(), row("ans_1", PRIVATE))
    with database.begin() as connection:
        connection.execute(exchanges.delete())
    log = tmp_path / "c.sqlite-wal"
    assert PRIVATE.encode() in log.read_bytes()
    database.empty_log()
    assert log.stat().st_size == 0
    assert all(PRIVATE.encode() not in path.read_bytes() for path in tmp_path.iterdir())


def test_what_was_erased_while_somebody_read_goes_with_the_next_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("assistant.storage.database._BUSY_MILLISECONDS", 20)
    database = Database(f"sqlite:///{tmp_path / 'c.sqlite'}")
    with database.begin() as connection:
        connection.execute(exchanges.insert(), row("ans_1", PRIVATE))
    with closing(sqlite3.connect(tmp_path / "c.sqlite", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM exchanges").fetchone()
        with database.begin() as connection:
            connection.execute(exchanges.delete())
        database.empty_log()
    assert "still in its log" in caplog.text
    log = tmp_path / "c.sqlite-wal"
    assert PRIVATE.encode() in log.read_bytes()
    assert sweep(database, datetime.now(UTC), 0) == 0
    assert all(PRIVATE.encode() not in path.read_bytes() for path in tmp_path.iterdir())
    database.close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_one_for_all_threads(url: str) -> None:
    database = Database(url)

    def write(number: int) -> None:
        with database.begin() as connection:
            connection.execute(exchanges.insert(), row(f"ans_{number}"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(20)))
    database.empty_log()  # there is none, and that is fine
    with database.connect() as connection:
        assert len(connection.execute(select(exchanges)).all()) == 20


@pytest.mark.parametrize("url", ["", "对话记录", "nothing://h/d", "mysql://h/d", "oracle://h/d"])
def test_a_url_of_no_known_database_is_an_error_that_names_the_setting(url: str) -> None:
    with pytest.raises(InvalidSettings, match="POLICY_QA_DATABASE_URL"):
        Database(url)


def test_a_file_that_is_no_database_is_said_so_and_stays_as_it_is(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "c.sqlite"
    path.write_text("这不是数据库。" * 200, encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(StorageFault) as caught:
        Database(f"sqlite:///{path}").open()
    assert caught.value.cause is StorageCause.CORRUPT
    assert str(tmp_path) not in caught.value.message
    assert "corrupt" in caplog.text
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageFault):
        Database(f"sqlite:///{tmp_path / 'file' / 'c.sqlite'}").open()


def test_a_full_disk_is_said_so_and_what_was_confirmed_stays(database: Database) -> None:
    with database.begin() as connection:
        connection.execute(exchanges.insert(), row("ans_1"))
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()

    def fill() -> None:
        with database.begin() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
            connection.execute(exchanges.insert(), row("ans_2", "长" * 100_000))

    with pytest.raises(StorageFault) as caught:
        fill()
    assert caught.value.cause is StorageCause.FULL
    with database.connect() as connection:
        assert connection.execute(select(exchanges.c.answer_id)).scalars().all() == ["ans_1"]


def test_a_file_that_vanished_is_noticed_and_made_again(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with database.begin() as connection:
        connection.execute(exchanges.insert(), row("ans_1"))
    for path in tmp_path.glob("c.sqlite*"):
        path.unlink()
    with database.begin() as connection:
        connection.execute(exchanges.insert(), row("ans_2"))
    assert "vanished" in caplog.text
    with sqlite3.connect(tmp_path / "c.sqlite") as raw:
        assert raw.execute("SELECT answer_id FROM exchanges").fetchall() == [("ans_2",)]
    raw.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_without_permission_is_read_only(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StorageFault) as caught:
        Database(f"sqlite:///{tmp_path / 'c.sqlite'}").open()
    assert caught.value.cause is StorageCause.READ_ONLY


def test_after_a_fault_it_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.storage.database._RETRY_SECONDS", 0.0)
    path = tmp_path / "c.sqlite"
    path.write_text("这不是数据库。" * 200, encoding="utf-8")
    database = Database(f"sqlite:///{path}")
    with pytest.raises(StorageFault):
        database.open()
    path.unlink()
    database.open()
    with database.connect() as connection:
        assert version_of(connection) == HEAD
    database.close()


def test_the_trail_takes_rows_and_gives_none_back(database_url: str) -> None:
    store = Store(database_url)
    store.trail.record("abcdefghijkl", "document.add", "plan@2020-10-22")
    store.trail.record(None, "key.revoke", "abcdefghijkl")
    assert [(act.key_id, act.act) for act in store.trail.acts()] == [
        (None, "key.revoke"),
        ("abcdefghijkl", "document.add"),
    ]
    for statement in ("UPDATE trail SET act = 'x'", "DELETE FROM trail"):
        with pytest.raises(DBAPIError, match="only added to"), store.database.begin() as connection:
            connection.exec_driver_sql(statement)
    assert len(store.trail.acts()) == 2
    store.close()


def test_counters_begin_anew_after_their_window(either: Database) -> None:
    from assistant.storage.counters import Counters

    now = [1000.0]
    counted = Counters(either, lambda: now[0])
    assert [counted.count("a", 60) for _ in range(2)] == [(1, 1060.0), (2, 1060.0)]
    assert counted.count("a", 60, 0) == (2, 1060.0)
    now[0] = 1060.0
    assert counted.count("a", 60, 0)[0] == 0
    assert counted.count("a", 60) == (1, 1120.0)
    counted.clear("a")
    with either.connect() as connection:
        assert connection.execute(select(counters)).all() == []


def test_counters_of_a_clock_that_was_ahead_bar_nobody_once_it_is_right(either: Database) -> None:
    from assistant.storage.counters import Counters

    now = [1000.0 + 365 * 86400]
    counted = Counters(either, lambda: now[0])
    assert [counted.count("a", 60) for _ in range(2)][-1][0] == 2
    now[0] = 1000.0
    assert counted.count("a", 60, 0) == (0, 1060.0)
    assert [counted.count("a", 60) for _ in range(2)] == [(1, 1060.0), (2, 1060.0)]
    now[0] -= 5  # two hosts' clocks differ by as much: one window for both
    assert counted.count("a", 60) == (3, 1060.0)


def test_who_is_counted_cannot_be_found_by_trying_all_addresses(either: Database) -> None:
    from assistant.access.rates import count, limit, name_of
    from assistant.storage.counters import Counters

    address = limit("address", "240/minute", "pages", "203.0.113.77")
    count([address], Counters(either), time.time)
    with either.connect() as connection:
        (kept,) = connection.execute(select(counters.c.name)).scalars()
    names = [name_of(limit("address", "240/minute", "pages", f"203.0.113.{each}")) for each in range(256)]
    parts = [f"pages\0203.0.113.{each}" for each in range(256)]
    for tried in (*names, *parts):
        digest = hashlib.sha256(tried.encode()).hexdigest()
        assert digest[:32] not in kept
        assert tried not in kept


def test_all_who_share_a_database_count_under_one_key_whoever_was_first(database_url: str) -> None:
    from assistant.storage.counters import Counters

    opened = [Database(database_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda each: Counters(each).count("a", 60), opened))
    assert Counters(opened[0]).count("a", 60, 0)[0] == 4
    with opened[1].connect() as connection:
        assert len(connection.execute(select(counting_keys)).all()) == 1
    for each in opened:
        each.close()


def test_another_file_in_the_place_of_the_database_has_a_key_of_its_own(tmp_path: Path) -> None:
    from assistant.storage.counters import Counters

    database = Database(f"sqlite:///{tmp_path / 'c.sqlite'}")
    counted = Counters(database)
    counted.count("a", 60)
    for path in tmp_path.iterdir():
        path.unlink()
    assert counted.count("a", 60)[0] == 1
    fresh = Database(f"sqlite:///{tmp_path / 'c.sqlite'}")
    assert Counters(fresh).count("a", 60, 0)[0] == 1
    fresh.close()
    database.close()


def test_a_server_that_went_away_is_said_so_and_found_again(postgresql: "Server") -> None:
    database = Database(postgresql.url())
    with database.begin() as connection:
        connection.execute(exchanges.insert(), row("ans_1"))
    postgresql.stop("immediate")
    try:
        with pytest.raises(StorageFault) as caught:
            read(database)
        assert caught.value.cause is StorageCause.UNREACHABLE
    finally:
        postgresql.start()
    assert read(database) == ["ans_1"]

    def write() -> None:
        with database.begin() as connection:
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
            connection.execute(exchanges.insert(), row("ans_2"))

    with pytest.raises(StorageFault) as caught:
        write()
    assert caught.value.cause is StorageCause.READ_ONLY
    database.close()
