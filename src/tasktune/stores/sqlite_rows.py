"""Passages as rows of SQLite, what is asked of them as conditions, and their vectors read into memory."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tasktune.passages import Passage, Value
from tasktune.stores.base import Where, several
from tasktune.stores.words import counted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tasktune.stores.base import Floats

COLUMNS: Final = "p.id, p.source, p.start, p.end, p.text, p.titles, p.page, p.metadata"


def to_row(passage: Passage) -> tuple[object, ...]:
    """The columns of a passage, without its number."""
    titles, metadata = (json.dumps(each, ensure_ascii=False) for each in (passage.titles, dict(passage.metadata)))
    return passage.source, passage.start, passage.end, passage.text, titles, passage.page, metadata


def from_row(row: Sequence[Any]) -> Passage:
    """The passage of a row of `COLUMNS`."""
    _, source, start, end, text, titles, page, metadata = row
    return Passage(source, start, end, text, tuple(json.loads(titles)), page, json.loads(metadata))


def moment(file: sqlite3.Connection) -> tuple[int, int]:
    """Two numbers that tell apart moments between which something was written, by others or by this connection."""
    (version,) = file.execute("PRAGMA data_version").fetchone()
    return version, file.total_changes


def words_of(file: sqlite3.Connection, collection: int, most: int) -> list[tuple[int, list[str]]]:
    """The words of the first passages that are in no segment yet, by the passages' numbers, ascending."""
    sql = f"""SELECT {COLUMNS} FROM passages p JOIN collections c ON p.collection = c.id
        WHERE c.id = ? AND p.id > c.settled ORDER BY p.id LIMIT ?"""
    return [(row[0], counted(from_row(row))) for row in file.execute(sql, (collection, most))]


def condition(where: Where | None) -> tuple[str, list[Value]]:
    """SQL that says of a passage `p` whether it is what is asked for, and the values that stand in it as question marks."""
    conditions, values = ["true"], list[Value]()
    for key, wanted in (where or {}).items():
        some = several(wanted)
        if key in ("source", "page"):
            conditions.append(f"p.{key} IN ({', '.join('?' * len(some))})")
        else:
            tests = " OR ".join(_LIKE[isinstance(each, bool)] for each in some) or "false"
            conditions.append(f"EXISTS (SELECT 1 FROM json_each(p.metadata) m WHERE m.key = ? AND ({tests}))")
            values.append(key)
        values += map(_bound, some)
    return " AND ".join(conditions), values


def _bound(value: Value) -> Value:
    """A value as it is compared: true by its name, a number of more than 64 bits as SQLite reads it in JSON."""
    match value:
        case bool():
            return str(value).lower()
        case int() if value.bit_length() > 63:
            return float(str(value))
    return value


_LIKE: Final = ("(m.atom = ? AND m.type NOT IN ('true', 'false'))", "m.type = ?")
"""How a value, and how a truth value is found: JSON's true is SQLite's 1, but no number."""


@dataclass(frozen=True, slots=True)
class Held:
    """The vectors of a collection in memory: (passages, dimension), and the passages' numbers, ascending.

    `places` says of each blob at which row it begins, by the blob's number, which no other will ever have. `state` is
    the `moment` they are of.
    """

    state: tuple[int, int]
    places: Mapping[int, int]
    rows: NDArray[np.int64]
    matrix: Floats


def held(file: sqlite3.Connection, collection: int, before: Held | None) -> Held:
    """All vectors of a collection. Of those that were held `before` only what is new is read."""
    state = moment(file)
    if before and before.state == state:
        return before
    sql = "SELECT v.id, v.first, v.count FROM vectors v JOIN files f ON f.id = v.file WHERE f.collection = ? ORDER BY v.first"
    blobs = file.execute(sql, (collection,)).fetchall()
    if before and before.places.keys() == {blob for blob, *_ in blobs}:
        return Held(state, before.places, before.rows, before.matrix)
    rows = np.concatenate([np.arange(first, first + count) for _, first, count in blobs] or [np.empty(0, np.int64)])
    places, matrix, at = dict[int, int](), np.empty((0, 0), np.float32), 0
    for blob, _, count in blobs:
        if before and blob in before.places:
            numbers = before.matrix[before.places[blob] :][:count]
        else:
            (data,) = file.execute("SELECT numbers FROM vectors WHERE id = ?", (blob,)).fetchone()
            numbers = np.frombuffer(data, np.float32).reshape(count, -1)
        if not at:
            matrix = np.empty((len(rows), numbers.shape[1]), np.float32)
        matrix[at : at + count] = numbers
        places[blob], at = at, at + count
    return Held(state, places, rows, matrix)
