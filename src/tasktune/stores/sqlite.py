"""A store in one file, by SQLite: words by an inverted index, vectors as blobs that numpy compares.

Each write is a transaction of a write-ahead log: readers go on reading what was there before, a second writer waits, and a
process that is killed leaves each file of the collection whole or absent. (Power loss may take the last files with it, not the
store.) Vectors are read into memory at the first search of a collection by them, four bytes a number; later searches only read
what has changed since, so that a server sees what others write.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Final, final

import numpy as np

from tasktune.core import InputError
from tasktune.passages import Hit, Passage
from tasktune.stores.base import MAIN, Facts, Store, Where
from tasktune.stores.inverted import Index, forget, indexed, scored, settle
from tasktune.stores.sqlite_file import discard, opened, told, transaction
from tasktune.stores.sqlite_rows import COLUMNS, Held, condition, from_row, held, to_row
from tasktune.stores.vectors import fitting, nearest, unit
from tasktune.stores.words import counted, words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tasktune.stores.base import Floats

_MANY: Final = 1024  # rows that are read or written at once
_EXACT: Final = 1e-9  # of a score; what is nearer is a tie, since its last digits depend on the order of summation


@final
class SQLiteStore(Store):
    """The store in the file at `path`. `writable` makes it where there is none."""

    def __init__(self, path: Path, *, writable: bool) -> None:
        self._where, self._path, self._new = str(path), path.absolute(), writable and not path.exists()
        self._lock = RLock()  # those who use one connection take turns
        self._begun: Facts | None = None
        self._held: dict[int, Held] = {}
        self._indices: dict[int, Index] = {}
        self._file = opened(path, writable=writable)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """What is read within is of one moment."""
        with self._lock, told(self._where), transaction(self._file, "DEFERRED") as file:
            yield file

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        if not self._path.exists():  # what SQLite wrote now would be nobody's
            raise InputError(f"{self._where} was removed or moved away while it was written to; index the documents again")
        with self._lock, told(self._where), transaction(self._file, "IMMEDIATE") as file:
            yield file

    # ---- what it is of

    def facts(self) -> Facts | None:
        """What the store was begun with."""
        with self._reading() as file:
            row = file.execute("SELECT facts FROM store").fetchone()
        return Facts(**json.loads(row[0])) if row else None

    def begin(self, facts: Facts) -> None:
        """Say what will be written."""
        with self._writing() as file:
            known = self.facts()
            if known is None:
                file.execute("INSERT INTO store (facts) VALUES (?)", (json.dumps(asdict(facts)),))
            else:
                known.agree(facts, self._where)
        self._begun = facts

    def renew(self, facts: Facts) -> None:
        """Begin again with other facts."""
        with self._writing() as file:
            file.execute("DELETE FROM vectors")
            file.execute("UPDATE files SET digest = ''")
            file.execute("DELETE FROM store")
            self.begin(facts)

    def collections(self) -> list[str]:
        """The names of the collections, sorted."""
        with self._reading() as file:
            return [name for (name,) in file.execute("SELECT name FROM collections ORDER BY name")]

    def digests(self, collection: str = MAIN) -> dict[str, str]:
        """The digest of each file that was put."""
        with self._reading() as file:
            return dict(file.execute("SELECT name, digest FROM files WHERE collection = ?", (self._number(collection),)))

    def paths(self, collection: str = MAIN) -> dict[str, str]:
        """Where each file that was put lay."""
        with self._reading() as file:
            return dict(file.execute("SELECT name, path FROM files WHERE collection = ?", (self._number(collection),)))

    def count(self, collection: str = MAIN) -> int:
        """How many passages a collection has."""
        with self._reading() as file:
            row = file.execute("SELECT passages FROM collections WHERE name = ?", (collection,)).fetchone()
        return int(row[0]) if row else 0

    def close(self) -> None:
        """Give back the file, and the memory that vectors take."""
        with self._lock:
            self._held.clear()
            self._indices.clear()
            self._file.close()

    def __exit__(self, *exception: object) -> None:
        """Close it. What fails before anything lies in a new file leaves none."""
        self.close()
        if self._new and exception[0] is not None:
            discard(self._path)

    # ---- writing

    def put(
        self,
        file: str,
        digest: str,
        passages: Sequence[Passage],
        vectors: Floats | None = None,
        collection: str = MAIN,
        path: str = "",
    ) -> None:
        """Write what a file holds, in place of all that was of it."""
        lengths = [len(counted(passage)) for passage in passages]
        rows = [(length, *to_row(passage)) for length, passage in zip(lengths, passages, strict=True)]
        with self._writing() as db:
            numbers = fitting(vectors, len(passages), self.facts(), self._begun, self._where)
            number = self._number(collection)
            if not number:
                number = db.execute("INSERT INTO collections (name) VALUES (?)", (collection,)).lastrowid or 0
            self._remove(file, number)
            insert = "INSERT INTO files (collection, name, digest, path) VALUES (?, ?, ?, ?)"
            owner = db.execute(insert, (number, file, digest, path)).lastrowid
            (first,) = db.execute("SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence WHERE name = 'passages'").fetchone()
            insert = "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            db.executemany(insert, ((k, owner, number, *row) for k, row in enumerate(rows, first)))
            for start in range(0, len(numbers), _MANY):
                some = numbers[start : start + _MANY]
                insert = "INSERT INTO vectors (file, first, count, numbers) VALUES (?, ?, ?, ?)"
                db.execute(insert, (owner, first + start, len(some), some.tobytes()))
            self._count(number, len(rows), sum(lengths))
            settle(db, number)

    def move(self, paths: Mapping[str, str], collection: str = MAIN) -> None:
        """Write where files lie now."""
        with self._writing() as db:
            rows = [(path, self._number(collection), name) for name, path in paths.items()]
            db.executemany("UPDATE files SET path = ? WHERE collection = ? AND name = ?", rows)

    def drop(self, file: str, collection: str = MAIN) -> int:
        """Remove a file and all that is of it."""
        with self._writing() as db:
            number = self._number(collection)
            removed = self._remove(file, number) if number else 0
            settle(db, number)
            return removed

    def _count(self, collection: int, passages: int, words: int) -> None:
        change = "UPDATE collections SET passages = passages + ?, words = words + ? WHERE id = ?"
        self._file.execute(change, (passages, words, collection))

    def _remove(self, file: str, number: int) -> int:
        of = "FROM passages WHERE file = (SELECT id FROM files WHERE collection = ? AND name = ?)"
        gone = self._file.execute(f"SELECT id, words {of}", (number, file)).fetchall()
        self._file.execute("DELETE FROM files WHERE collection = ? AND name = ?", (number, file))
        self._count(number, -len(gone), -sum(words for _, words in gone))
        forget(self._file, number, (passage for passage, _ in gone))
        return len(gone)

    # ---- searching

    def by_words(self, query: str, k: int, collection: str = MAIN, where: Where | None = None) -> list[Hit]:
        """The `k` passages of the highest BM25."""
        with self._reading() as file:
            number = self._number(collection)
            index = self._indices[number] = indexed(file, number, self._indices.get(number))
            passages, scores = scored(file, index, words(query))
            if where:
                kept = np.isin(passages, self._passing(number, where), assume_unique=True)
                passages, scores = passages[kept], scores[kept]
            if len(scores) > k > 0:
                kept = scores >= np.partition(scores, -k)[-k] * (1 - _EXACT)
                passages, scores = passages[kept], scores[kept]
            return self._hits(passages, [float(f"{score:.9g}") for score in scores], k)

    def by_vectors(self, queries: Floats, k: int, collection: str = MAIN, where: Where | None = None) -> list[list[Hit]]:
        """The `k` passages of the highest cosine for each of `queries`."""
        with self._reading():
            held = self._vectors(collection)
            if not len(held.rows) or k < 1:
                return [[] for _ in queries]
            passing = np.isin(held.rows, self._passing(self._number(collection), where), assume_unique=True) if where else None
            best = nearest(held.matrix, unit(queries, self._where), k, passing)
            return [self._hits(held.rows[rows], scores.tolist(), k) for rows, scores in best]

    def vectors_of(self, hits: Sequence[Hit], collection: str = MAIN) -> Floats:
        """The vectors of passages that were found, each of length 1."""
        with self._reading() as file:
            sql = "SELECT id FROM passages WHERE collection = ? AND source = ? AND start = ? AND end = ?"
            of = ((self._number(collection), hit.passage.source, hit.passage.start, hit.passage.end) for hit in hits)
            found = np.array([file.execute(sql, each).fetchone() or (0,) for each in of], np.int64).ravel()
            held = self._vectors(collection)
            places = np.searchsorted(held.rows, found)
            if (np.append(held.rows, -1)[places] != found).any():
                raise InputError(f"{self._where} has no vectors of some of these passages")
            return held.matrix[places]

    def around(self, passage: Passage, before: int, after: int, collection: str = MAIN) -> list[Passage]:
        """A passage between those that stand before and after it in its document."""
        beside = f"SELECT {COLUMNS} FROM passages p WHERE p.collection = ? AND p.source = ? AND (p.start, p.end)"
        with self._reading() as file:
            of = (self._number(collection), passage.source, passage.start, passage.end)
            earlier = file.execute(f"{beside} < (?, ?) ORDER BY p.start DESC, p.end DESC LIMIT ?", (*of, before)).fetchall()
            later = file.execute(f"{beside} > (?, ?) ORDER BY p.start, p.end LIMIT ?", (*of, after)).fetchall()
        return [*map(from_row, reversed(earlier)), passage, *map(from_row, later)]

    def passages(self, collection: str = MAIN, where: Where | None = None) -> Iterator[Passage]:
        """All passages of a collection that are as asked for, a file after the other."""
        passing, values = condition(where)
        sql = f"SELECT {COLUMNS} FROM passages p WHERE p.collection = ? AND p.id > ? AND {passing} ORDER BY p.id LIMIT ?"
        last = 0
        while True:
            with self._reading() as file:
                rows = file.execute(sql, (self._number(collection), last, *values, _MANY)).fetchall()
            if not rows:
                return
            yield from map(from_row, rows)
            last = rows[-1][0]

    # ---- within a transaction

    def _number(self, collection: str) -> int:
        """The collection's; 0 where there is none."""
        row = self._file.execute("SELECT id FROM collections WHERE name = ?", (collection,)).fetchone()
        return int(row[0]) if row else 0

    def _vectors(self, collection: str) -> Held:
        number = self._number(collection)
        self._held[number] = held(self._file, number, self._held.get(number))
        return self._held[number]

    def _passing(self, collection: int, where: Where) -> NDArray[np.int64]:
        """The numbers of passages that are as asked for."""
        passing, values = condition(where)
        sql = f"SELECT p.id FROM passages p WHERE p.collection = ? AND {passing}"
        return np.array(self._file.execute(sql, (collection, *values)).fetchall(), np.int64).ravel()

    def _hits(self, numbers: NDArray[np.int64], scores: Sequence[float], k: int) -> list[Hit]:
        """The first k of some passages, by their scores and ids."""
        of, hits = dict(zip(numbers.tolist(), scores, strict=True)), list[Hit]()
        for start in range(0, len(of), _MANY):
            some = numbers[start : start + _MANY].tolist()
            sql = f"SELECT {COLUMNS} FROM passages p WHERE p.id IN ({', '.join('?' * len(some))})"
            hits += [Hit(from_row(row), of[row[0]]) for row in self._file.execute(sql, some)]
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage.id))[: max(0, k)]
