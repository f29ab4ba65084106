"""What is PostgreSQL's alone."""

from __future__ import annotations

import numpy as np
import pytest

from tasktune.core import InputError
from tasktune.passages import Passage
from tasktune.stores import Facts, open_store


@pytest.fixture
def empty(postgres: str) -> str:
    import psycopg

    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("SET client_min_messages = warning; DROP SCHEMA IF EXISTS tasktune CASCADE")
    return postgres


def test_an_index_is_used_where_one_is_made(empty: str) -> None:
    import psycopg

    vectors = np.random.default_rng(0).normal(size=(200, 8)).astype(np.float32)
    with open_store(empty, "write") as store:
        store.begin(Facts("m", "w", 8))
        store.put("a", "", [Passage("a", k, k + 1, "x") for k in range(200)], vectors)
        exact = store.by_vector(vectors[0], 10)
        with psycopg.connect(empty, autocommit=True) as owner:
            owner.execute("ALTER TABLE tasktune.passages ALTER COLUMN vector TYPE vector(8)")
            owner.execute("CREATE INDEX by_vector ON tasktune.passages USING hnsw (vector vector_ip_ops)")
            owner.execute("SET enable_seqscan = off; SET enable_sort = off; SET enable_bitmapscan = off")
            sql = "EXPLAIN SELECT id FROM tasktune.passages WHERE vector IS NOT NULL ORDER BY vector <#> %s LIMIT 26"
            assert "by_vector" in str(owner.execute(sql, (str(vectors[0].tolist()),)).fetchall())
        assert [hit.passage for hit in store.by_vector(vectors[0], 10)] == [hit.passage for hit in exact]
        store.put("b", "", [Passage("b", 0, 1, "x")], vectors[:1])
        assert [hit.passage.source for hit in store.by_vector(vectors[0], 2)] == ["a", "b"]


def test_a_store_of_before_which_knows_no_paths_is_written(empty: str) -> None:
    import psycopg

    open_store(empty, "write").close()
    with psycopg.connect(empty, autocommit=True) as owner:
        owner.execute("ALTER TABLE tasktune.files DROP COLUMN path")
    with open_store(empty, "write") as store:
        store.begin(Facts())
        store.put("a", "", [Passage("a", 0, 1, "x")], path="/a")
        assert store.paths() == {"a": "/a"}


def test_a_store_of_another_format_is_told_as_such_and_left_as_it_is(empty: str) -> None:
    import psycopg

    open_store(empty, "write").close()
    with psycopg.connect(empty, autocommit=True) as owner:
        owner.execute("ALTER TABLE tasktune.files RENAME TO documents")
        owner.execute("UPDATE tasktune.store SET version = 99")
    with pytest.raises(InputError, match=r"written by another tasktune \(format 99"):
        open_store(empty, "write")


def test_where_there_is_no_store_or_no_server(empty: str) -> None:
    with pytest.raises(InputError, match=r"there is no store .*tasktune index"):
        open_store(empty)
    with pytest.raises(InputError, match="cannot be reached"):
        open_store("postgresql://me:secret@/none?host=/nowhere", "write")


def test_a_character_0_does_not_stop_a_document(empty: str) -> None:
    with open_store(empty, "write") as store:
        store.begin(Facts())
        store.put("a", "", [Passage("a", 0, 5, "a\0b c", ("t\0",), None, {"k": "\0"})])
        assert next(store.passages()) == Passage("a", 0, 5, "a\ufffdb c", ("t\ufffd",), None, {"k": "\ufffd"})
