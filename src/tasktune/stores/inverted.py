"""Which passages have a word: what BM25 is counted from, beside the passages in their SQLite file.

What is new is counted at each search, up to 1024 passages; then it becomes a segment, a table from words to all that have them.
Sixteen segments of a size become one of the next, so that a search looks in few (O'Neil et al. 1996, "The log-structured
merge-tree"). What was removed stays in its segment and is passed over, until a quarter is such and all is counted anew. All of
that is part of the transaction that writes a file.

SQLite's own full-text search, FTS5, ranks a word and a passage at a time; see benchmarks/STORES.md for what that took instead.
"""

from __future__ import annotations

import heapq
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count, groupby
from math import log
from operator import itemgetter
from typing import TYPE_CHECKING, Final

import numpy as np

from tasktune.stores.base import K1, B
from tasktune.stores.sqlite_rows import moment, words_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

POSTING: Final = np.dtype([("passage", "<u4"), ("times", "<u2"), ("length", "<u2")])
_TAIL: Final = 1024
_FAN: Final = 16
_MOST: Final = 2**16 - 1  # that `times` and `length` can say


def inverted(passages: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[str, bytes]]:
    """Words in their order, each with the `POSTING`s of the passages that have it, given the words of each passage."""
    known: defaultdict[str, int] = defaultdict(count().__next__)  # a number for each word that comes
    words, numbers, times, lengths, sizes = list[int](), list[int](), list[int](), list[int](), list[int]()
    for number, found in passages:
        counts = Counter(found)
        words += map(known.__getitem__, counts)
        times += counts.values()
        numbers.append(number)
        lengths.append(len(found))
        sizes.append(len(counts))
    postings = np.empty(len(words), POSTING)
    postings["passage"], postings["length"] = np.repeat(numbers, sizes), np.minimum(np.repeat(lengths, sizes), _MOST)
    postings["times"] = np.minimum(times, _MOST)
    of = np.array(words, np.int64)
    ends = np.cumsum(np.bincount(of, minlength=len(known)))
    postings = postings[np.argsort(of, kind="stable")]
    for word in sorted(known):
        k = known[word]
        yield word, postings[ends[k - 1] if k else 0 : ends[k]].tobytes()


# ---- writing, within a transaction


def settle(file: sqlite3.Connection, collection: int) -> None:
    """Make segments of what is new in a collection, where that is enough for one."""
    new = "SELECT count(*) FROM passages p JOIN collections c ON p.collection = c.id WHERE c.id = ? AND p.id > c.settled"
    while file.execute(new, (collection,)).fetchone()[0] >= _TAIL:
        fresh = words_of(file, collection, _TAIL)
        _segment(file, collection, 0, inverted(fresh))
        file.execute("UPDATE collections SET settled = ? WHERE id = ?", (fresh[-1][0], collection))
        for level in range(64):
            same = _segments(file, collection, level)
            if len(same) < _FAN:
                break
            _segment(file, collection, level + 1, _together(file, same))
            _remove(file, same)


def forget(file: sqlite3.Connection, collection: int, gone: Iterable[int]) -> None:
    """Pass over passages that are `gone` from now on; count all anew, where they are many."""
    (settled,) = file.execute("SELECT settled FROM collections WHERE id = ?", (collection,)).fetchone()
    file.executemany("INSERT INTO graves VALUES (?, ?)", ((collection, number) for number in gone if number <= settled))
    (graves,) = file.execute("SELECT count(*) FROM graves WHERE collection = ?", (collection,)).fetchone()
    (passages,) = file.execute("SELECT passages FROM collections WHERE id = ?", (collection,)).fetchone()
    if graves > max(_TAIL, passages // 4):
        _remove(file, _segments(file, collection))
        file.execute("DELETE FROM graves WHERE collection = ?", (collection,))
        file.execute("UPDATE collections SET settled = 0 WHERE id = ?", (collection,))


def _segments(file: sqlite3.Connection, collection: int, level: int | None = None) -> list[int]:
    sql = "SELECT id FROM segments WHERE collection = ? AND level = coalesce(?, level) ORDER BY id"
    return [number for (number,) in file.execute(sql, (collection, level))]


def _segment(file: sqlite3.Connection, collection: int, level: int, rows: Iterable[tuple[str, bytes]]) -> None:
    number = file.execute("INSERT INTO segments (collection, level) VALUES (?, ?)", (collection, level)).lastrowid
    file.execute(f"CREATE TABLE segment_{number} (word TEXT PRIMARY KEY, postings BLOB NOT NULL) WITHOUT ROWID")
    file.executemany(f"INSERT INTO segment_{number} VALUES (?, ?)", rows)


def _together(file: sqlite3.Connection, segments: list[int]) -> Iterator[tuple[str, bytes]]:
    """The rows of several segments, those of a word as one."""
    rows = heapq.merge(*(file.execute(f"SELECT * FROM segment_{each} ORDER BY word") for each in segments), key=itemgetter(0))
    for word, same in groupby(rows, itemgetter(0)):
        yield word, b"".join(postings for _, postings in same)


def _remove(file: sqlite3.Connection, segments: list[int]) -> None:
    for number in segments:
        file.execute(f"DROP TABLE segment_{number}")
        file.execute("DELETE FROM segments WHERE id = ?", (number,))


# ---- searching


@dataclass(frozen=True, slots=True)
class Index:
    """What a search has at hand: how many passages there are, their mean length, what is in no segment yet, and what is gone."""

    state: tuple[int, int]
    passages: int
    mean_length: float
    segments: list[int]
    tail: Mapping[str, bytes]
    graves: NDArray[np.uint32]


def indexed(file: sqlite3.Connection, collection: int, before: Index | None) -> Index:
    """The index of a collection; that of `before` where nothing was written since."""
    state = moment(file)
    if before and before.state == state:
        return before
    sql = "SELECT passages, words FROM collections WHERE id = ?"
    passages, words = file.execute(sql, (collection,)).fetchone() or (0, 0)
    gone = file.execute("SELECT passage FROM graves WHERE collection = ? ORDER BY passage", (collection,)).fetchall()
    tail = dict(inverted(words_of(file, collection, _TAIL)))
    mean = words / max(1, passages)
    return Index(state, passages, mean, _segments(file, collection), tail, np.array(gone, np.uint32).ravel())


def scored(file: sqlite3.Connection, index: Index, query: Iterable[str]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The passages that have one of the query's words, by their numbers, ascending, and their BM25."""
    found = [(repeats, _postings(file, index, word)) for word, repeats in Counter(query).items()]
    found = [(repeats, postings) for repeats, postings in found if len(postings)]
    if not found:
        return np.empty(0, np.int64), np.empty(0)
    first = min(int(postings["passage"].min()) for _, postings in found)
    last = max(int(postings["passage"].max()) for _, postings in found)
    scores = np.zeros(last - first + 1)
    for repeats, postings in found:
        weight = repeats * log(1 + (index.passages - len(postings) + 0.5) / (len(postings) + 0.5))
        times = postings["times"].astype(np.float64)
        lengths = postings["length"] * (K1 * B / index.mean_length)
        scores[postings["passage"] - np.uint32(first)] += weight * times / (times + lengths + K1 * (1 - B))
    places = np.flatnonzero(scores)
    return places + first, scores[places]


def _postings(file: sqlite3.Connection, index: Index, word: str) -> NDArray[np.void]:
    """A word's, of passages that are still there."""
    parts = [file.execute(f"SELECT postings FROM segment_{each} WHERE word = ?", (word,)).fetchone() for each in index.segments]
    found = np.frombuffer(b"".join([*(part[0] for part in parts if part), index.tail.get(word, b"")]), POSTING)
    return found[~np.isin(found["passage"], index.graves)] if len(index.graves) else found
