"""What is learnt from and what is measured by."""

from __future__ import annotations

import pytest

import tasktune as tt
from tasktune.recipe import Recipe
from tasktune.tasks.embedding import Embedding
from tasktune.tasks.reranking import Reranking
from tasktune.verbs.material import material


def test_queries_set_aside_search_all_documents_of_a_collection() -> None:
    documents = [Embedding(text=f"text {k}", id=f"d{k}", answer=()) for k in range(50)]
    queries = [Embedding(text=f"query {k}", id=f"q{k}", answer=((f"d{k}", 1),)) for k in range(20)]
    given = material(tt.task("embedding"), [*documents, *queries], None, Recipe(), None, None)
    assert [record for record in given.held_out if record.answer == ()] == documents
    assert len(given.held_out) == 52
    assert {*given.learnt}.isdisjoint(given.held_out)
    assert len(given.learnt) == 18


def test_passages_of_one_query_are_not_parted() -> None:
    pairs = [Reranking(query=f"query {k % 20}", passage=f"text {k}", answer=float(k < 20)) for k in range(80)]
    given = material(tt.task("reranking"), pairs, None, Recipe(), None, None)
    assert {record.query for record in given.learnt}.isdisjoint(record.query for record in given.held_out)  # type: ignore[attr-defined]
    assert (len(given.learnt), len(given.held_out)) == (72, 8)
    with pytest.raises(tt.InputError, match="the passages of one query count as one"):
        material(tt.task("reranking"), pairs[::20], None, Recipe(), None, None)
