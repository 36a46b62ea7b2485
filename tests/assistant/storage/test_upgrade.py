"""An older database is brought to today's form when it is opened: once, whole, and with its words masked."""

import json
import shutil
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine, create_engine, inspect, select

from assistant.errors import StorageCause, StorageFault
from assistant.storage.conversations import conversation_of
from assistant.storage.database import Database
from assistant.storage.overview import overview_row
from assistant.storage.store import Store
from assistant.storage.tables import (
    conversations,
    counters,
    exchanges,
    made_rows,
    overview,
    ratings,
)
from assistant.storage.upgrade import upgrade
from tests.assistant.storage.test_conversations import an_answer, an_exchange
from tests.assistant.storage.test_database import read, row

if TYPE_CHECKING:
    pass


SAMPLES = Path(__file__).parents[2] / "samples"


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
    monkeypatch.setattr("assistant.storage.database._RETRY_SECONDS", 3600.0)
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
