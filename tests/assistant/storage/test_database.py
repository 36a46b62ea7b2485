"""The database's tables and how its engine is opened."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, select
from sqlalchemy.exc import IntegrityError

from assistant.errors import InvalidSettings
from assistant.storage.database import empty_log, exchanges, open_database, ratings

PRIVATE = "我家住河湾镇三号"


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    engine = open_database(url)
    try:
        yield engine
    finally:
        engine.dispose()


def row(answer_id: str, exchange: str = "{}") -> dict[str, object]:
    now = datetime(2024, 9, 1, tzinfo=UTC)
    return {
        "conversation_id": "cnv_1",
        "answer_id": answer_id,
        "created_at": now,
        "exchange": exchange,
        "answer": "{}",
    }


def test_tables_are_made_with_the_folders_above_and_kept_when_opened_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / '新' / '文件夹' / 'c.sqlite'}"
    with opened(url) as engine:
        assert set(inspect(engine).get_table_names()) >= {"exchanges", "ratings"}
        with engine.begin() as connection:
            connection.execute(exchanges.insert(), row("ans_1", PRIVATE))
    with opened(url) as engine, engine.connect() as connection:
        (held,) = connection.execute(select(exchanges)).all()
        assert (held.id, held.answer_id, held.exchange) == (1, "ans_1", PRIVATE)
        assert connection.execute(select(ratings)).all() == []


def test_an_answer_is_kept_once_and_a_number_never_given_again(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path / 'c.sqlite'}") as engine:
        with engine.begin() as connection:
            connection.execute(exchanges.insert(), [row("ans_1"), row("ans_2")])
            connection.execute(exchanges.delete().where(exchanges.c.answer_id == "ans_2"))
            connection.execute(exchanges.insert(), row("ans_3"))
            assert connection.execute(select(exchanges.c.id)).scalars().all() == [1, 3]
        with pytest.raises(IntegrityError), engine.begin() as connection:
            connection.execute(exchanges.insert(), row("ans_1"))


def test_every_connection_waits_for_the_lock_and_erases_what_is_deleted(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path / 'c.sqlite'}") as engine, engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "busy_timeout", "secure_delete", "synchronous")
        }
    assert found == {"journal_mode": "wal", "busy_timeout": 10_000, "secure_delete": 1, "synchronous": 1}


def test_of_erased_rows_nothing_is_left_in_any_file(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path / 'c.sqlite'}") as engine:
        with engine.begin() as connection:
            connection.execute(exchanges.insert(), row("ans_1", PRIVATE))
        with engine.begin() as connection:
            connection.execute(exchanges.delete())
        log = tmp_path / "c.sqlite-wal"
        assert PRIVATE.encode() in log.read_bytes()
        empty_log(engine)
        assert log.stat().st_size == 0
        assert all(PRIVATE.encode() not in path.read_bytes() for path in tmp_path.iterdir())


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_one_for_all_threads(url: str) -> None:
    def write(number: int) -> None:
        with engine.begin() as connection:
            connection.execute(exchanges.insert(), row(f"ans_{number}"))

    with opened(url) as engine:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(write, range(20)))
        empty_log(engine)  # there is none, and that is fine
        with engine.connect() as connection:
            assert len(connection.execute(select(exchanges)).all()) == 20


@pytest.mark.parametrize("url", ["", "对话记录", "nothing://h/d", "sqlite:///{file}/c.sqlite"])
def test_a_url_that_leads_nowhere_is_an_error_that_names_the_setting(url: str, tmp_path: Path) -> None:
    file = tmp_path / "文件"
    file.touch()
    with pytest.raises(InvalidSettings, match="POLICY_QA_DATABASE_URL"):
        open_database(url.format(file=file))


def test_a_file_that_is_no_database_is_an_error_and_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    path.write_text("这不是数据库。" * 200, encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(InvalidSettings) as caught:
        open_database(f"sqlite:///{path}")
    assert isinstance(caught.value.__cause__, Exception)
    assert isinstance(caught.value.__cause__.__cause__, sqlite3.DatabaseError)
    assert path.read_bytes() == before
