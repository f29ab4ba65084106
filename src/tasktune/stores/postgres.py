"""A store in a PostgreSQL database with pgvector, for what one machine or one writer cannot hold.

Tables lie in the schema `tasktune`. Words are rows of `postings`, from which BM25 is computed where they lie, by the formula of
`base`; vectors are pgvector's and all compared, unless the database's owner makes an index of them (see docs/stores.md). A
file is written in one transaction; those who write to the same collection wait for each other, those who read for nobody.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from hashlib import blake2b
from threading import RLock
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np

from tasktune.core import InputError
from tasktune.passages import Hit, Passage
from tasktune.stores.base import K1, MAIN, B, Facts, Store, Where, several
from tasktune.stores.postgres_database import connected
from tasktune.stores.vectors import PLACES, fitting, unit
from tasktune.stores.words import counted, words

if TYPE_CHECKING:
    from psycopg import Connection

    from tasktune.stores.base import Floats

_COLUMNS: Final = 'p.source, p.start, p."end", p.text, p.titles, p.page, p.metadata'
_ID: Final = """(p.source || ':' || p.start || '-' || p."end")"""
_LONGEST: Final = 500  # characters of a word
_OF: Final = "(SELECT id FROM tasktune.collections WHERE name = %(collection)s)"
_BY_WORDS: Final = f"""
WITH c AS (SELECT * FROM tasktune.collections WHERE name = %(collection)s),
found AS (
    SELECT t.*, a.repeats, count(*) OVER (PARTITION BY t.word) AS holders
    FROM unnest(%(asked)s::text[], %(repeats)s::int[]) AS a (word, repeats)
    JOIN tasktune.postings t ON t.word = a.word AND t.collection = (SELECT id FROM c)),
scores AS (
    SELECT passage, sum(repeats * ln(1 + (c.passages - holders + 0.5::float8) / (holders + 0.5::float8)) * times
        / (times + {K1}::float8 * (1 - {B}::float8 + {B}::float8 * found.words * c.passages / c.words)) ORDER BY word) AS score
    FROM found, c GROUP BY passage)
SELECT {_COLUMNS}, s.score FROM scores s JOIN tasktune.passages p ON p.id = s.passage WHERE {{condition}}
ORDER BY round(s.score::numeric, 9) DESC, {_ID} COLLATE "C" LIMIT %(k)s
"""
_BY_VECTOR: Final = f"""
SELECT {_COLUMNS}, -(p.vector <#> %(query)s) FROM tasktune.passages p
WHERE p.collection = {_OF} AND p.vector IS NOT NULL AND {{condition}} ORDER BY p.vector <#> %(query)s LIMIT %(k)s
"""  # an order that an index can give


@final
class PostgresStore(Store):
    """The store in the database at `address`, as libpq has them: postgresql://user@host/database. `writable` makes its tables."""

    def __init__(self, address: str, *, writable: bool) -> None:
        self._lock = RLock()  # those who use one connection take turns
        self._begun: Facts | None = None
        self._connection, self._where = connected(address, writable=writable)

    @contextmanager
    def _transaction(self) -> Iterator[Connection[Any]]:
        import psycopg

        try:
            with self._lock, self._connection.transaction():
                yield self._connection
        except psycopg.OperationalError as error:
            raise InputError(f"{self._where}: {str(error).strip()}; what was not whole was not written") from error

    # ---- what it is of

    def facts(self) -> Facts | None:
        """What the store was begun with."""
        with self._transaction() as db:
            (facts,) = db.execute("SELECT facts FROM tasktune.store").fetchone() or (None,)
        return Facts(**facts) if facts else None

    def begin(self, facts: Facts) -> None:
        """Say what will be written."""
        with self._transaction() as db:
            db.execute("SELECT 1 FROM tasktune.store FOR UPDATE")
            known = self.facts()
            if known is None:
                db.execute("UPDATE tasktune.store SET facts = %s", (json.dumps(asdict(facts)),))
            else:
                known.agree(facts, self._where)
        self._begun = facts

    def renew(self, facts: Facts) -> None:
        """Begin again with other facts."""
        with self._transaction() as db:
            db.execute("UPDATE tasktune.store SET facts = NULL")
            db.execute("UPDATE tasktune.passages SET vector = NULL")
            db.execute("UPDATE tasktune.files SET digest = ''")
            self.begin(facts)

    def collections(self) -> list[str]:
        """The names of the collections, sorted."""
        with self._transaction() as db:
            return sorted(name for (name,) in db.execute("SELECT name FROM tasktune.collections"))

    def digests(self, collection: str = MAIN) -> dict[str, str]:
        """The digest of each file that was put."""
        with self._transaction() as db:
            sql = f"SELECT name, digest FROM tasktune.files WHERE collection = {_OF}"
            return dict(db.execute(sql, {"collection": collection}).fetchall())

    def paths(self, collection: str = MAIN) -> dict[str, str]:
        """Where each file that was put lay."""
        with self._transaction() as db:
            sql = f"SELECT name, path FROM tasktune.files WHERE collection = {_OF}"
            return dict(db.execute(sql, {"collection": collection}).fetchall())

    def count(self, collection: str = MAIN) -> int:
        """How many passages a collection has."""
        with self._transaction() as db:
            row = db.execute("SELECT passages FROM tasktune.collections WHERE name = %s", (collection,)).fetchone()
        return int(row[0]) if row else 0

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

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
        found = [counted(passage) for passage in passages]
        with self._transaction() as db:
            unit_vectors = fitting(vectors, len(passages), self.facts(), self._begun, self._where)
            insert = "INSERT INTO tasktune.collections (name) VALUES (%s) ON CONFLICT (name) DO NOTHING"
            db.execute(insert, (collection,))
            number = self._alone(collection)
            self._remove(file, number)
            insert = "INSERT INTO tasktune.files (collection, name, digest, path) VALUES (%s, %s, %s, %s) RETURNING id"
            (owner,) = db.execute(insert, (number, file, digest, path)).fetchone() or (0,)
            take = "SELECT nextval('tasktune.passages_id_seq') FROM generate_series(1, %s)"
            ids = [each for (each,) in db.execute(take, (len(passages),))]
            with db.cursor().copy("COPY tasktune.passages FROM STDIN") as copy:
                for k, (passage, its) in enumerate(zip(passages, found, strict=True)):
                    vector = _text(unit_vectors[k]) if len(unit_vectors) else None
                    copy.write_row((ids[k], owner, number, len(its), *_row(passage), vector))
            with db.cursor().copy("COPY tasktune.postings FROM STDIN") as copy:
                for each, its in zip(ids, found, strict=True):
                    for word, times in Counter(map(_key, its)).items():
                        copy.write_row((number, word, each, times, len(its)))
            self._count(number, len(passages), sum(map(len, found)))

    def move(self, paths: Mapping[str, str], collection: str = MAIN) -> None:
        """Write where files lie now."""
        with self._transaction() as db:
            sql, number = "UPDATE tasktune.files SET path = %s WHERE collection = %s AND name = %s", self._alone(collection)
            db.cursor().executemany(sql, [(path, number, name) for name, path in paths.items()])

    def drop(self, file: str, collection: str = MAIN) -> int:
        """Remove a file and all that is of it."""
        with self._transaction():
            number = self._alone(collection)
            return self._remove(file, number) if number else 0

    def _alone(self, collection: str) -> int:
        """The number of a collection, which nobody else writes to until the transaction ends; 0 where there is none."""
        sql = "SELECT id FROM tasktune.collections WHERE name = %s FOR UPDATE"
        row = self._connection.execute(sql, (collection,)).fetchone()
        return int(row[0]) if row else 0

    def _remove(self, file: str, number: int) -> int:
        sql = """SELECT count(*), coalesce(sum(p.words), 0) FROM tasktune.passages p JOIN tasktune.files f ON f.id = p.file
            WHERE f.collection = %s AND f.name = %s"""
        passages, length = self._connection.execute(sql, (number, file)).fetchone() or (0, 0)
        self._connection.execute("DELETE FROM tasktune.files WHERE collection = %s AND name = %s", (number, file))
        self._count(number, -passages, -int(length))
        return int(passages)

    def _count(self, number: int, passages: int, length: int) -> None:
        change = "UPDATE tasktune.collections SET passages = passages + %s, words = words + %s WHERE id = %s"
        self._connection.execute(change, (passages, length, number))

    # ---- searching

    def by_words(self, query: str, k: int, collection: str = MAIN, where: Where | None = None) -> list[Hit]:
        """The `k` passages of the highest BM25."""
        asked = Counter(map(_key, words(query)))
        return self._hits(_BY_WORDS, k, collection, where, {"asked": list(asked), "repeats": list(asked.values())})

    def by_vectors(self, queries: Floats, k: int, collection: str = MAIN, where: Where | None = None) -> list[list[Hit]]:
        """The `k` passages of the highest cosine for each of `queries`."""
        return [self._nearest(_text(row), k, collection, where) for row in unit(queries, self._where)]

    def _nearest(self, query: str, k: int, collection: str, where: Where | None) -> list[Hit]:
        """As many as are asked for and some behind them, until one has less: all that tie with the last are among them."""
        limit = k + 16
        while True:
            found = self._hits(_BY_VECTOR, limit, collection, where, {"query": query})
            hits = [Hit(hit.passage, round(hit.score, PLACES)) for hit in found]
            if k < 1 or len(hits) < limit or hits[-1].score < hits[k - 1].score:
                return sorted(hits, key=lambda hit: (-hit.score, hit.passage.id))[: max(0, k)]
            limit *= 4

    def _hits(self, sql: str, k: int, collection: str, where: Where | None, given: dict[str, Any]) -> list[Hit]:
        passing, values = _condition(where)
        named = {**given, **values, "k": max(0, k), "collection": collection}
        with self._transaction() as db:
            rows = db.execute(sql.format(condition=passing).encode(), named).fetchall()
        return [Hit(_passage(row), float(f"{row[-1]:.9g}")) for row in rows]

    def vectors_of(self, hits: Sequence[Hit], collection: str = MAIN) -> Floats:
        """The vectors of passages that were found, each of length 1."""
        sql = f"""SELECT vector FROM tasktune.passages
            WHERE collection = {_OF} AND source = %(source)s AND start = %(start)s AND "end" = %(end)s AND vector IS NOT NULL"""
        rows = []
        with self._transaction() as db:
            for hit in hits:
                place = {"source": hit.passage.source, "start": hit.passage.start, "end": hit.passage.end}
                row = db.execute(sql, {"collection": collection, **place}).fetchone()
                if row is None:
                    raise InputError(f"{self._where} has no vectors of some of these passages")
                rows.append(np.array(row[0].strip("[]").split(","), np.float32))
        return np.stack(rows) if rows else np.empty((0, 0), np.float32)

    def around(self, passage: Passage, before: int, after: int, collection: str = MAIN) -> list[Passage]:
        """A passage between those that stand before and after it in its document."""
        beside = f"""SELECT {_COLUMNS} FROM tasktune.passages p
            WHERE p.collection = {_OF} AND p.source = %(source)s AND (p.start, p."end") """
        given = {"collection": collection, "source": passage.source, "start": passage.start, "end": passage.end}
        given |= {"before": before, "after": after}
        with self._transaction() as db:
            sql = f'{beside} < (%(start)s, %(end)s) ORDER BY p.start DESC, p."end" DESC LIMIT %(before)s'
            earlier = db.execute(sql.encode(), given).fetchall()
            sql = f'{beside} > (%(start)s, %(end)s) ORDER BY p.start, p."end" LIMIT %(after)s'
            later = db.execute(sql.encode(), given).fetchall()
        return [*map(_passage, reversed(earlier)), passage, *map(_passage, later)]

    def passages(self, collection: str = MAIN, where: Where | None = None) -> Iterator[Passage]:
        """All passages of a collection that are as asked for, a file after the other."""
        last = 0
        passing, values = _condition(where)
        sql = f"""SELECT {_COLUMNS}, p.id FROM tasktune.passages p
            WHERE p.collection = {_OF} AND p.id > %(last)s AND {passing} ORDER BY p.id LIMIT 1000"""
        while True:
            with self._transaction() as db:
                rows = db.execute(sql.encode(), {**values, "collection": collection, "last": last}).fetchall()
            if not rows:
                return
            yield from map(_passage, rows)
            last = rows[-1][-1]


def _key(word: str) -> str:
    """What stands for a word in `postings`: an index takes 2,704 bytes, and runs of letters can be longer, as of hexadecimals."""
    return word if len(word) <= _LONGEST else blake2b(word.encode(), digest_size=32).hexdigest()


def _text(vector: Floats) -> str:
    """A vector as pgvector reads it; nine digits are all that float32 has."""
    return "[" + ",".join(f"{number:.9g}" for number in vector.tolist()) + "]"


def _row(passage: Passage) -> tuple[Any, ...]:
    """PostgreSQL has no character 0 in texts: it becomes the sign for what cannot be shown, which is as long."""
    titles, metadata = (json.dumps(each).replace("\\u0000", "\\ufffd") for each in (passage.titles, dict(passage.metadata)))
    text = passage.text.replace("\0", "\ufffd")
    return passage.source, passage.start, passage.end, text, titles, passage.page, metadata


def _passage(row: Sequence[Any]) -> Passage:
    source, start, end, text, titles, page, metadata, *_ = row
    return Passage(source, start, end, text, tuple(titles), page, metadata)


def _condition(where: Where | None) -> tuple[str, dict[str, Any]]:
    """SQL that says of a passage `p` whether it is what is asked for, and the values it names."""
    conditions, values = ["true"], dict[str, Any]()
    for place, (key, wanted) in enumerate((where or {}).items()):
        name = f"where{place}"
        if key in ("source", "page"):
            conditions.append(f"p.{key}::text = ANY(%({name})s::text[])")
            values[name] = [str(each) for each in several(wanted)]
        else:
            conditions.append(f"p.metadata @> ANY(%({name})s::jsonb[])")
            values[name] = [json.dumps({key: each}) for each in several(wanted)]
    return " AND ".join(conditions), values
