"""The file of a SQLite store: its tables, how it is opened, and what is said where it cannot be used."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import quote

from tasktune.core import InputError

_APPLICATION: Final = 0x7474_6B62  # "ttkb", which tells our files from others'
_VERSION: Final = 1  # of the tables below and of what `words` takes for a word
BESIDE: Final = ("-wal", "-shm", "-journal")
"""The ends of the names that SQLite keeps beside a file."""
_PATIENCE: Final = 60.0  # seconds that one waits for another who writes
_TABLES: Final = (
    "CREATE TABLE store (facts TEXT NOT NULL)",
    """CREATE TABLE collections (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
        passages INTEGER NOT NULL DEFAULT 0, words INTEGER NOT NULL DEFAULT 0, settled INTEGER NOT NULL DEFAULT 0)""",
    """CREATE TABLE files (
        id INTEGER PRIMARY KEY, collection INTEGER NOT NULL REFERENCES collections, name TEXT NOT NULL, digest TEXT NOT NULL,
        path TEXT NOT NULL DEFAULT '', UNIQUE (collection, name))""",
    """CREATE TABLE passages (
        id INTEGER PRIMARY KEY AUTOINCREMENT, file INTEGER NOT NULL REFERENCES files ON DELETE CASCADE,
        collection INTEGER NOT NULL REFERENCES collections, words INTEGER NOT NULL,
        source TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, text TEXT NOT NULL,
        titles TEXT NOT NULL, page INTEGER, metadata TEXT NOT NULL)""",
    "CREATE INDEX passages_of_collection ON passages (collection)",
    "CREATE INDEX passages_of_file ON passages (file)",
    "CREATE INDEX passages_of_source ON passages (source, start, end)",
    "CREATE TABLE segments (id INTEGER PRIMARY KEY AUTOINCREMENT, collection INTEGER NOT NULL, level INTEGER NOT NULL)",
    "CREATE TABLE graves (collection INTEGER, passage INTEGER, PRIMARY KEY (collection, passage)) WITHOUT ROWID",
    """CREATE TABLE vectors (
        id INTEGER PRIMARY KEY AUTOINCREMENT, file INTEGER NOT NULL REFERENCES files ON DELETE CASCADE,
        first INTEGER NOT NULL, count INTEGER NOT NULL, numbers BLOB NOT NULL)""",
    "CREATE INDEX vectors_of_file ON vectors (file)",
    f"PRAGMA application_id = {_APPLICATION}",
    f"PRAGMA user_version = {_VERSION}",
)


def opened(path: Path, *, writable: bool) -> sqlite3.Connection:
    """A connection to the store at `path`; it is made where there is none, if it is to be written."""
    if path.is_dir():
        raise InputError(f"{path} is a folder; a store is a file, as kb.db")
    if not writable and not path.is_file():
        raise InputError(f"there is no store {path}; make one with: tasktune index DOCUMENTS --into {path}")
    if writable and not path.parent.is_dir():
        raise InputError(f"there is no folder {path.parent} to write the store {path.name} to")
    new = not path.exists()
    with told(path):
        connection = _connected(path, "rwc" if writable else "ro")
        try:
            if writable:
                _made(connection, path)
            _known(connection, path)
            if writable:
                _grown(connection)
        except BaseException:
            connection.close()
            if new:
                discard(path)
            raise
    return connection


def discard(path: Path) -> None:
    """Remove a store in which no passage is, unless somebody else has it open."""
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # refused where another has it open
        begun = connection.execute("PRAGMA schema_version").fetchone() != (0,)
        if not begun or connection.execute("SELECT 1 FROM passages LIMIT 1").fetchone() is None:
            for end in ("", *BESIDE):
                path.with_name(path.name + end).unlink(missing_ok=True)


def _connected(path: Path, mode: str) -> sqlite3.Connection:
    """Where readers may not write beside the file, what is in the log of a writer cannot be seen: it is read as it stands."""
    log = path.with_name(path.name + "-wal")
    alone = "&immutable=1" if mode == "ro" and not os.access(path.parent, os.W_OK) and not log.exists() else ""
    uri = f"file:{quote(str(path.absolute()))}?mode={mode}{alone}"
    connection = sqlite3.connect(uri, uri=True, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA cache_size = -65536")  # KiB
    return connection


def _made(connection: sqlite3.Connection, path: Path) -> None:
    """The tables, in a file that has nothing."""
    if connection.execute("PRAGMA schema_version").fetchone() == (0,):
        connection.execute("PRAGMA page_size = 8192")
        connection.execute("PRAGMA journal_mode = WAL")
        with transaction(connection, "IMMEDIATE"):
            if connection.execute("PRAGMA schema_version").fetchone() == (0,):  # nobody was quicker
                for statement in _TABLES:
                    connection.execute(statement)
    connection.execute("PRAGMA synchronous = NORMAL")


def _known(connection: sqlite3.Connection, path: Path) -> None:
    application, version = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
    if application != _APPLICATION:
        kind = "a SQLite file" if path.stat().st_size else "empty"
        raise InputError(f"{path} is {kind}, and no store of tasktune's; give another name")
    if version != _VERSION:
        age, advice = ("newer", "update tasktune") if version > _VERSION else ("older", "index the documents into a new file")
        raise InputError(f"{path} was written by {age} tasktune (format {version}, this one reads {_VERSION}); {advice}")


def _grown(connection: sqlite3.Connection) -> None:
    """A column that files have not in stores of before."""
    with transaction(connection, "DEFERRED"):
        if not connection.execute("SELECT 1 FROM pragma_table_info('files') WHERE name = 'path'").fetchone():
            connection.execute("ALTER TABLE files ADD COLUMN path TEXT NOT NULL DEFAULT ''")


@contextmanager
def transaction(connection: sqlite3.Connection, kind: str) -> Iterator[sqlite3.Connection]:
    """All or nothing of what is done within; part of the transaction around it, where there is one."""
    if connection.in_transaction:
        yield connection
        return
    connection.execute(f"BEGIN {kind}")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()  # nothing, where SQLite has gone back by itself
        raise


@contextmanager
def told(path: Path | str) -> Iterator[None]:
    """What SQLite says of files, disks and other processes, as an `InputError`; what is wrong in our statements as it is."""
    try:
        yield
    except sqlite3.OperationalError as error:
        said = str(error)
        if "locked" in said:
            raise InputError(f"{path}: another process has been writing to it for {_PATIENCE:.0f} s; try again later") from error
        if "readonly" in said:
            raise InputError(f"{path} may only be read") from error
        if "open" in said:
            raise InputError(f"{path} cannot be opened ({said}): may you read it, and write to its folder?") from error
        if "full" in said or "I/O" in said:
            raise InputError(f"{path}: {said}; what was not whole was not written. Is there room?") from error
        raise
    except sqlite3.DatabaseError as error:
        if "not a database" in str(error) or "malformed" in str(error):
            raise InputError(f"{path}: {error}; it is no store, or was damaged. Index the documents into a new file") from error
        raise
