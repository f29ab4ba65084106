"""The database of a PostgreSQL store: its tables, how it is reached, and what is said where it cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tasktune.core import InputError

if TYPE_CHECKING:
    from psycopg import Connection

_VERSION: Final = 1
_TABLES: Final = f"""
CREATE EXTENSION IF NOT EXISTS vector;
CREATE SCHEMA tasktune;
CREATE TABLE tasktune.store (version int NOT NULL, facts jsonb);
INSERT INTO tasktune.store VALUES ({_VERSION}, NULL);
CREATE TABLE tasktune.collections (
    id serial PRIMARY KEY, name text NOT NULL UNIQUE, passages bigint NOT NULL DEFAULT 0, words bigint NOT NULL DEFAULT 0);
CREATE TABLE tasktune.files (
    id bigserial PRIMARY KEY, collection int NOT NULL REFERENCES tasktune.collections, name text NOT NULL, digest text NOT NULL,
    path text NOT NULL DEFAULT '', UNIQUE (collection, name));
CREATE TABLE tasktune.passages (
    id bigserial PRIMARY KEY, file bigint NOT NULL REFERENCES tasktune.files ON DELETE CASCADE, collection int NOT NULL,
    words int NOT NULL, source text COLLATE "C" NOT NULL, start int NOT NULL, "end" int NOT NULL, text text NOT NULL,
    titles jsonb NOT NULL, page int, metadata jsonb NOT NULL, vector vector);
CREATE INDEX ON tasktune.passages (file);
CREATE INDEX ON tasktune.passages (collection, source, start, "end");
CREATE INDEX ON tasktune.passages USING gin (metadata jsonb_path_ops);
CREATE TABLE tasktune.postings (
    collection int NOT NULL, word text COLLATE "C" NOT NULL,
    passage bigint NOT NULL REFERENCES tasktune.passages ON DELETE CASCADE, times int NOT NULL, words int NOT NULL,
    PRIMARY KEY (collection, word, passage));
CREATE INDEX ON tasktune.postings (passage);
"""
_COLUMN: Final = (
    "SELECT 1 FROM pg_attribute WHERE attrelid = 'tasktune.files'::regclass AND attname = 'path' AND NOT attisdropped"
)


def connected(address: str, *, writable: bool) -> tuple[Connection[Any], str]:
    """A connection, and what to call it, without its password."""
    try:
        import psycopg
    except ImportError as error:
        raise InputError("a store in PostgreSQL needs psycopg: pip install 'tasktune[postgres]'") from error
    try:
        connection = psycopg.connect(address, autocommit=True, connect_timeout=10)
    except (psycopg.OperationalError, psycopg.ProgrammingError) as error:
        raise InputError(f"PostgreSQL cannot be reached: {str(error).strip()}") from error
    try:
        where = f"postgresql://{connection.info.host}:{connection.info.port}/{connection.info.dbname}"
        with connection.transaction():
            if writable:
                connection.execute("SELECT pg_advisory_xact_lock(%s)", (0x7474_6B62,))
            there = connection.execute("SELECT to_regclass('tasktune.store') IS NOT NULL").fetchone() == (True,)
            if writable and not there:
                connection.execute(_TABLES)
            elif not there:
                raise InputError(f"there is no store in {where}; make one with: tasktune index DOCUMENTS --into {where}")
            (version,) = connection.execute("SELECT version FROM tasktune.store").fetchone() or (0,)
            if version != _VERSION:
                raise InputError(f"{where} was written by another tasktune (format {version}, this one reads {_VERSION})")
            if writable and connection.execute(_COLUMN).fetchone() is None:  # stores of before have it not
                connection.execute("ALTER TABLE tasktune.files ADD COLUMN path text NOT NULL DEFAULT ''")
    except psycopg.Error as error:
        connection.close()
        raise InputError(
            f"{where}: {str(error).strip()}; a store needs the extension pgvector, and a user who may make tables"
        ) from error
    except InputError:
        connection.close()
        raise
    return connection, where
