"""A store by its place: a path is SQLite's; a server is named by an address."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from tasktune.core import InputError
from tasktune.stores.base import Store

_POSTGRES = ("postgresql://", "postgres://")
_QDRANT = ("qdrant:", "qdrant+")


def is_store(named: str) -> bool:
    """Whether this names a store as `open_store` takes it, the address of a server or a file, and no folder and nothing else."""
    return "://" in named or named.startswith(_QDRANT) or Path(named).is_file()


def open_store(where: Path | str, mode: Literal["read", "write"] = "read") -> Store:
    """The store at `where`, to be searched, or to be written too; the latter makes it where there is none.

    kb.db                              a file, by SQLite
    postgresql://user@host/database    PostgreSQL with pgvector
    qdrant+http://host:6333            Qdrant
    qdrant:FOLDER                      Qdrant without a server, for trying

    Raises `InputError` where there is no store, or something else, or where what it needs is not installed.
    """
    writable = mode == "write"
    if str(where).startswith(_POSTGRES):
        from tasktune.stores.postgres import PostgresStore

        return PostgresStore(str(where), writable=writable)
    if str(where).startswith(_QDRANT):
        from tasktune.stores.qdrant import QdrantStore

        return QdrantStore(str(where), writable=writable)
    if "://" in str(where):
        raise InputError(
            f"{where} is the address of no store; there are postgresql://user@host/database and qdrant+http://host:6333, or give "
            "a file, as kb.db"
        )
    from tasktune.stores.sqlite import SQLiteStore

    return SQLiteStore(Path(where), writable=writable)
