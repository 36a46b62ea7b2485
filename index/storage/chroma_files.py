"""Chroma's directory as files: what SQLite and the names of its folders say, without Chroma itself.

Asking Chroma for the number of entries of a thousand collections takes half a minute, since it loads the
graph of each; its tables say it in some milliseconds. Nothing but this module depends on their shape.
"""

import os
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

_DATABASE = "chroma.sqlite3"
_DESCRIPTION = "index_metadata.pickle"
"""Beside a graph that is loaded as it lies on disk."""
_COUNTS = """
    SELECT c.name, count(e.id) FROM collections c
    JOIN segments s ON s.collection = c.id AND s.scope = 'METADATA'
    LEFT JOIN embeddings e ON e.segment_id = s.id
    GROUP BY c.id
"""
_GRAPHS = """
    SELECT c.name, s.id FROM collections c
    JOIN segments s ON s.collection = c.id AND s.scope = 'VECTOR'
    WHERE c.name LIKE ?
"""


def collection_sizes(directory: Path) -> Mapping[str, int]:
    """How many entries each collection has, by name. Raises sqlite3.Error."""
    with closing(_connect(directory)) as database:
        return {str(name): int(count) for name, count in database.execute(_COUNTS)}


def graph_files(directory: Path, beginning: str = "") -> Mapping[str, list[Path]]:
    """The files of the graphs of collections whose names begin so, by the part of the name before its last
    hyphen. A graph without a description is left out: it is made anew when it is loaded.

    Raises OSError or sqlite3.Error.
    """
    found: dict[str, list[Path]] = {}
    with closing(_connect(directory)) as database:
        rows = database.execute(_GRAPHS, (f"{beginning}%",)).fetchall()
    for name, identifier in sorted(rows):
        folder = directory / identifier
        if (folder / _DESCRIPTION).exists():
            files = sorted(Path(each.path) for each in os.scandir(folder))
            found.setdefault(name.rpartition("-")[0], []).extend(files)
    return found


def remove_forgotten_graphs(directory: Path) -> None:
    """Remove the folders that Chroma leaves behind of collections that are gone. Raises sqlite3.Error."""
    with closing(_connect(directory)) as database:
        used = {row[0] for row in database.execute("SELECT id FROM segments")}
    for path in directory.iterdir():
        if path.is_dir() and path.name not in used:
            shutil.rmtree(path, ignore_errors=True)


def is_readable(directory: Path) -> bool:
    """Whether SQLite finds the database whole. Raises sqlite3.OperationalError where it is locked."""
    try:
        with closing(_connect(directory)) as database:
            whole = bool(database.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
            database.execute(_COUNTS)
            return whole
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise
        return False
    except sqlite3.DatabaseError:
        return False


def _connect(directory: Path) -> sqlite3.Connection:
    """The database in `directory`, which must exist. Raises sqlite3.OperationalError."""
    return sqlite3.connect(f"file:{(directory / _DATABASE).absolute()}?mode=rw", uri=True, timeout=30)
