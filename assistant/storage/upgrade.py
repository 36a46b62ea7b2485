"""An older database brought to today's form when it is opened.

Several processes may open one at once: on SQLite each takes the write lock for the whole upgrade, and who
does not get it in time says that it is being upgraded; on PostgreSQL they wait for an advisory lock. A
database of a newer version than this program is left alone.
"""

import logging
import threading
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import OperationalError

from assistant.errors import StorageCause, StorageFault
from assistant.storage.causes import cause_of

HEAD = "0007"
"""The step that today's tables are at."""
_FIRST = "0001"
_LOCK = 7_402_191
"""Number of the advisory lock, of no other meaning."""
_FOLDER = Path(__file__).parent / "migrations"
_STEPPING = threading.Lock()
"""Alembic keeps the upgrade that is under way in its modules: one at a time in a process."""
_log = logging.getLogger(__name__)


def upgrade(engine: Engine) -> None:
    """Bring the database of `engine` to today's form. Raises StorageFault for a newer program's."""
    with engine.connect() as connection:
        if version_of(connection) == HEAD:
            return
    if engine.dialect.name == "sqlite":
        _upgrade_sqlite(engine)
        return
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        _run(connection)


def version_of(connection: Connection) -> str | None:
    """The step that a database is at; None for an empty one, `0001` for one from before there were steps."""
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return _FIRST if "exchanges" in tables else None


def _upgrade_sqlite(engine: Engine) -> None:
    """Python's driver begins no transaction before statements that make tables: begin one by hand."""
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        before = raw.isolation_level  # type: ignore[union-attr]
        raw.isolation_level = None  # type: ignore[union-attr]
        try:
            _begin_alone(connection)
            try:
                _run(connection)
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")
        finally:
            raw.isolation_level = before  # type: ignore[union-attr]


def _begin_alone(connection: Connection) -> None:
    """Take the write lock. Who holds that of an old database for longer than is waited is upgrading it."""
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except OperationalError as error:
        if cause_of(error) is not StorageCause.BUSY:
            raise
        raise StorageFault(StorageCause.UPGRADING) from error


def _run(connection: Connection) -> None:
    """The missing steps, on a connection that holds the lock."""
    version = version_of(connection)
    if version == HEAD:
        return  # another process was first
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {each.revision for each in ScriptDirectory.from_config(config).walk_revisions()}
    if version is not None and version not in known:
        raise StorageFault(StorageCause.NEWER)
    if version is not None and "alembic_version" not in inspect(connection).get_table_names():
        with _STEPPING:
            command.stamp(config, version)
    if version is not None:
        _log.info("bringing the database from step %s to %s; it can take minutes", version, HEAD)
    with _STEPPING:
        command.upgrade(config, "head")
    if version is not None:
        _log.info("the database is at step %s", HEAD)
