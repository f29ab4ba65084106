"""A store by its place: a path is SQLite's; a server is named by an address."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from tasktune.stores.base import Store


def open_store(where: Path | str, mode: Literal["read", "write"] = "read") -> Store:
    """The store at `where`, to be searched, or to be written too; the latter makes it where there is none.

    A path names a file (kb.db). Raises `InputError` where there is no store, or something else.
    """
    from tasktune.stores.sqlite import SQLiteStore

    return SQLiteStore(Path(where), writable=mode == "write")
