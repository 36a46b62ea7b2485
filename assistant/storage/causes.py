"""What is the matter with a database, by what its driver says."""

import sqlite3

from sqlalchemy.exc import (
    DatabaseError,
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    ProgrammingError,
)

from assistant.errors import StorageCause

_SQLITE_CAUSES = {
    sqlite3.SQLITE_FULL: StorageCause.FULL,
    sqlite3.SQLITE_READONLY: StorageCause.READ_ONLY,
    sqlite3.SQLITE_CORRUPT: StorageCause.CORRUPT,
    sqlite3.SQLITE_NOTADB: StorageCause.CORRUPT,
    sqlite3.SQLITE_BUSY: StorageCause.BUSY,
    sqlite3.SQLITE_LOCKED: StorageCause.BUSY,
}


def cause_of(error: Exception) -> StorageCause:
    """The cause of a fault that SQLAlchemy, a driver or the system raised."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(origin, sqlite3.Error):
        code = getattr(origin, "sqlite_errorcode", 0) & 0xFF
        return _SQLITE_CAUSES.get(code, StorageCause.UNREACHABLE)
    if isinstance(origin, OSError):
        return {28: StorageCause.FULL, 30: StorageCause.READ_ONLY, 13: StorageCause.READ_ONLY}.get(
            origin.errno or 0, StorageCause.UNREACHABLE
        )
    from psycopg import errors

    if isinstance(origin, errors.DiskFull):
        return StorageCause.FULL
    return (
        StorageCause.READ_ONLY
        if isinstance(origin, errors.ReadOnlySqlTransaction)
        else StorageCause.UNREACHABLE
    )


def is_fault(error: DBAPIError) -> bool:
    """Whether the database is at fault, and not the statement."""
    return isinstance(error, DatabaseError | InterfaceError) and not isinstance(
        error, DataError | IntegrityError | ProgrammingError
    )
