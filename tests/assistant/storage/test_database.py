"""The database: how it is opened, what it does where something is wrong, how older ones are brought here."""

import hashlib
import json
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from assistant.errors import InvalidSettings, StorageCause, StorageFault
from assistant.storage.conversations import conversation_of
from assistant.storage.database import Database
from assistant.storage.overview import overview_row
from assistant.storage.retention import sweep
from assistant.storage.store import Store
from assistant.storage.tables import (
    conversations,
    counters,
    counting_keys,
    exchanges,
    made_rows,
    metadata,
    overview,
    ratings,
)
from assistant.storage.upgrade import HEAD, upgrade, version_of
from tests.assistant.storage.test_conversations import an_answer, an_exchange

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


def test_the_first_released_database_opens_with_its_conversations_masked(tmp_path: Path) -> None:
    file = tmp_path / "c.sqlite"
    shutil.copy(SAMPLES / "2026-11-29" / "conversations.sqlite", file)
    store = Store(f"sqlite:///{file}")
    secret = "S" * 43
    (mine,) = store.conversations.listed([secret], None)
    assert mine.id == conversation_of(secret)
    assert mine.title == "公办幼儿园的占比要达到多少？"
    first, second = store.conversations.transcript(mine.id)
    assert first.answer.answer == "到2022年要达到50％以上。[1]"
    assert second.question == "我的电话[手机号]，身份证[身份证号]，占比怎么查？"
    (rated,) = store.ratings.rated()
    assert rated.comment == "打我电话[手机号]"
    store.database.empty_log()
    store.close()
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for private in ("13883456789", "500106199003072318", "新溉大道18号"):
        assert private.encode() not in left


def test_many_may_open_an_empty_database_at_once(database_url: str) -> None:
    stores = [Store(database_url) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda store: store.check(), stores))
    for store in stores:
        assert store.keys.all() == ()
        store.close()


def test_databases_of_one_process_may_be_opened_at_once() -> None:
    together = threading.Barrier(6)

    def opened() -> int:
        database = Database("sqlite://")
        together.wait(10)
        with database.connect() as connection:
            return len(inspect(connection).get_table_names())

    with ThreadPoolExecutor(6) as pool:
        tables = [each.result() for each in [pool.submit(opened) for _ in range(6)]]
    assert len(set(tables)) == 1


def test_many_may_open_an_old_database_at_once(tmp_path: Path) -> None:
    file = tmp_path / "c.sqlite"
    shutil.copy(SAMPLES / "2026-11-29" / "conversations.sqlite", file)
    stores = [Store(f"sqlite:///{file}") for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda store: store.check(), stores))
    for store in stores:
        assert len(list(store.ratings.rated())) == 1
        store.close()


def test_a_newer_programs_database_is_left_alone_and_said_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "c.sqlite"
    with sqlite3.connect(file) as raw:
        raw.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        raw.execute("INSERT INTO alembic_version VALUES ('9999')")
    raw.close()
    with pytest.raises(StorageFault, match="更新版本") as caught:
        Database(f"sqlite:///{file}").open()
    assert caught.value.cause is StorageCause.NEWER
    assert "of a newer program" in caplog.text
    with sqlite3.connect(file) as raw:
        assert raw.execute("SELECT name FROM sqlite_master").fetchall() == [("alembic_version",)]
    raw.close()


def test_nobody_waits_for_a_long_upgrade_of_another_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, done = threading.Event(), threading.Event()

    def slow(engine: Engine) -> None:
        begun.set()
        assert done.wait(30)
        upgrade(engine)

    monkeypatch.setattr("assistant.storage.database.upgrade", slow)
    monkeypatch.setattr("assistant.storage.database._BUSY_MILLISECONDS", 50)
    database = Database(f"sqlite:///{tmp_path / 'c.sqlite'}")
    with ThreadPoolExecutor(1) as pool:
        opening = pool.submit(database.open)
        assert begun.wait(30)
        with pytest.raises(StorageFault) as caught:
            read(database)
        assert caught.value.cause is StorageCause.UPGRADING
        done.set()
        opening.result()
    assert read(database) == []
    database.close()


def test_who_waits_for_the_upgrade_of_another_process_is_told_so_and_tries_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("assistant.storage.database._BUSY_MILLISECONDS", 50)
    monkeypatch.setattr("assistant.storage.database._RETRY_SECONDS", 0.0)
    file = tmp_path / "c.sqlite"
    shutil.copy(SAMPLES / "2026-11-29" / "conversations.sqlite", file)
    database = Database(f"sqlite:///{file}")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageFault) as caught:
            database.open()
    assert caught.value.cause is StorageCause.UPGRADING
    assert "database: being upgraded" in caplog.text
    assert len(read(database)) == 3
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


def database_at(url: str, step: str) -> Engine:
    """A database as an earlier program left it."""
    from alembic import command
    from alembic.config import Config

    from assistant.storage import upgrade

    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    config = Config()
    config.set_main_option("script_location", str(Path(upgrade.__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, step)
    return engine


def test_counters_under_hashes_without_a_key_are_dropped_with_the_upgrade(tmp_path: Path) -> None:
    file = tmp_path / "c.sqlite"
    engine = database_at(f"sqlite:///{file}", "0005")
    with engine.begin() as connection:
        old = {"name": "address/240/60/5f4dcc3b", "count": 3, "expires_at": time.time() + 60}
        connection.execute(counters.insert(), old)
    engine.dispose()
    database = Database(f"sqlite:///{file}")
    with database.connect() as connection:
        assert connection.execute(select(counters)).all() == []
    database.close()


def test_what_an_earlier_program_did_not_mask_is_masked_with_the_upgrade(
    database_url: str, tmp_path: Path
) -> None:
    """Its question as searched had lost the word that tells the name; numbers in parts it did not know."""
    now = datetime(2026, 11, 1, tzinfo=UTC)
    (tmp_path / "folder" / "made").mkdir(parents=True)
    asked = "加我微信嘛,[微信号],发Python3课表,电话是1381234,后头是5678"
    searched = "mama_88,发Python3课表"
    said = "给Mama_88：打12345，2020-10-22起用v2.10.3版，或写到office@moe.example。"
    answer = asdict(replace(an_answer("cnv_1", said), standalone_question=searched, missing=("mama_88",)))
    exchange = asdict(replace(an_exchange(asked), standalone=searched, answer=said))
    later = asdict(replace(an_answer("cnv_1", said), standalone_question=f"mama_88问12345,{searched}"))
    leaning = asdict(replace(an_exchange("那收费呢"), standalone=later["standalone_question"]))
    engine = database_at(database_url, "0006")
    with engine.begin() as connection:
        for each in ((exchange, answer), (leaning, later)):
            connection.execute(exchanges.insert(), stored(*each))
        connection.execute(overview.insert(), overview_row(1, now, exchange, answer))
        moments = {"created_at": now, "updated_at": now}
        connection.execute(conversations.insert(), {"id": "cnv_1", "title": asked[-22:], **moments})
        comment = {"answer_id": answer["id"], "rating": "down", "comment": "护照e a 1 2 3 4 5 6 7"}
        connection.execute(ratings.insert(), {**comment, "created_at": now})
        made = {"answer_id": answer["id"], "row_id": "r", "created_at": now}
        written = json.dumps({"turns": [asked], "note": ""}, ensure_ascii=False)
        connection.execute(made_rows.insert(), {**made, "row": written})
    engine.dispose()
    store = Store(database_url)
    kept, followed = store.conversations.transcript("cnv_1")
    assert kept.question == "加我微信嘛,[微信号],发Python3课表,电话是[手机号]"
    assert kept.answer.standalone_question == "[微信号],发Python3课表"
    assert kept.answer.missing == ("[微信号]",)
    clean = "给[微信号]：打12345，2020-10-22起用v2.10.3版，或写到[邮箱]。"
    assert (kept.answer.answer, kept.answer.sentences[0].text) == (clean, clean)
    assert followed.answer.standalone_question == "[微信号]问12345,[微信号],发Python3课表"
    with store.database.connect() as connection:
        short = connection.execute(select(overview)).one()
    assert (short.question, short.standalone) == (kept.question, kept.answer.standalone_question)
    store.database.empty_log()
    store.close()
    left = b"".join(path.read_bytes() for path in tmp_path.rglob("c*.sqlite*"))
    for private in ("mama_88", "Mama_88", "mama88", "1381234", "1 2 3 4 5 6 7"):
        assert private.encode() not in left


def test_a_row_that_cannot_be_read_keeps_nothing_from_being_masked(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    told = "打13812345678"
    answer = asdict(an_answer("cnv_1"))
    odd_answer = {name: value for name, value in asdict(an_answer("cnv_1")).items() if name != "missing"}
    file = tmp_path / "c.sqlite"
    engine = database_at(f"sqlite:///{file}", "0006")
    with engine.begin() as connection:
        broken = {**row("ans_1", told), "answer": json.dumps(answer)}
        odd = stored(asdict(an_exchange(told)), odd_answer)
        connection.execute(exchanges.insert(), [broken, odd, stored(asdict(an_exchange(told)), answer)])
        now = datetime(2026, 11, 1, tzinfo=UTC)
        moments = {"created_at": now, "updated_at": now}
        many = [{"id": f"cnv_{number}", "title": told, **moments} for number in range(1002)]
        connection.execute(conversations.insert(), many)
        texts = ("[", "{}", json.dumps({"turns": [told]}))
        made = [
            {"answer_id": f"ans_{number}", "row_id": f"r{number}", "created_at": now, "row": text}
            for number, text in enumerate(texts)
        ]
        connection.execute(made_rows.insert(), made)
    engine.dispose()
    database = Database(f"sqlite:///{file}")
    with database.connect() as connection:
        titles = connection.execute(select(conversations.c.title)).scalars()
        assert set(titles) == {"打[手机号]"}
        last = connection.execute(select(exchanges.c.exchange).order_by(exchanges.c.id.desc())).scalars()
        assert json.loads(next(iter(last)))["question"] == "打[手机号]"
        rows = connection.execute(select(made_rows.c.row).order_by(made_rows.c.answer_id)).scalars().all()
    assert rows[:2] == ["[", "{}"]
    assert json.loads(rows[2])["turns"] == ["打[手机号]"]
    database.close()
    said = [record.getMessage() for record in caplog.records if "left as it is" in record.getMessage()]
    assert [line.split(" is ")[0] for line in said] == [
        "exchanges: row 1",
        "exchanges: row 2",
        "made_rows: row ans_0",
        "made_rows: row ans_1",
    ]
    assert "1381" not in "".join(said)


def stored(exchange: dict[str, object], answer: dict[str, object]) -> dict[str, object]:
    """A row of an exchange as the program writes it."""
    told = [json.dumps(each, ensure_ascii=False) for each in (exchange, answer)]
    return {**row(str(answer["id"]), told[0]), "answer": told[1]}


def test_an_upgrade_that_fails_is_said_with_its_cause_and_not_run_again_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "c.sqlite"
    engine = database_at(f"sqlite:///{file}", "0004")
    with engine.begin() as connection:
        connection.execute(exchanges.insert(), row("ans_1", "["))  # which the next step cannot read
    engine.dispose()
    database = Database(f"sqlite:///{file}")
    caplog.set_level("INFO")
    for _ in range(3):
        with pytest.raises(StorageFault, match="没能升级") as caught:
            read(database)
        assert caught.value.cause is StorageCause.NOT_UPGRADED
    assert caplog.text.count("bringing the database from step 0004") == 1
    (failed,) = [record for record in caplog.records if "not brought to" in record.getMessage()]
    assert failed.exc_info is not None
    assert failed.exc_info[0] is json.JSONDecodeError
    monkeypatch.setattr("assistant.storage.database._RETRY_SECONDS", 0.0)
    with sqlite3.connect(file) as raw:
        raw.execute("DELETE FROM exchanges")
    raw.close()
    assert read(database) == []
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
